import Datasets
import Foundation
import Networks
import Perturbations
import Reports
import Statistics
import Torch

/// How often a text model stays right when words are exchanged, and when their vectors are moved.
///
/// Exchanged words are found by HotFlip and judged as real words; how many an example stands is an
/// upper bound, since other exchanges, found by other means, may need fewer. They need not keep the
/// meaning. Moved vectors are no words: they measure how smooth the model is in their space.
public struct WordsProbe: Probe {
  private let flips = [1, 2, 3, 5]
  private let shares = [0.05, 0.1, 0.2]

  /// The probe.
  public init() {}

  /// `words`.
  public var name: String { "words" }

  /// Texts, of a network whose vectors can be reached.
  public func suits(_ subject: Subject) -> Bool {
    subject.data.vocabulary != nil && subject.target.embedding != nil
  }

  /// Exchanges words, then moves vectors.
  public func run(on subject: Subject) throws -> Evidence {
    var evidence = try exchanges(subject)
    evidence.findings += try movements(subject)
    return evidence
  }

  private func exchanges(_ subject: Subject) throws -> Evidence {
    let result = try attack(subject, HotFlip(flips: flips.max() ?? 1), Ball(L2(), radius: 0))
    // More flips extend fewer, so one attack answers for all numbers of them.
    let accuracies = flips.map { count in
      Proportion(result.distance.map { $0.map { $0 > Double(count) } ?? true })
    }
    let plot = try plot(
      subject, title: "Accuracy against exchanged words", axis: "words exchanged at most",
      Array(zip(flips.map(Double.init), accuracies)))
    let example = example(subject, result).map { " \($0)" } ?? ""
    let findings = try flips.indices.map { index in
      let (count, words) = (flips[index], flips[index] == 1 ? "word" : "words")
      return try finding(
        "words.\(count)", "exchanged words: \(count)", accuracies[index],
        "HotFlip exchanges up to \(count) \(words) for others of the vocabulary.",
        example: index == 0 ? example : "", plots: index == 0 ? [plot] : [])
    }
    let rest = subject.data.count - result.distance.count
    let column = result.distance.map { $0.map(Int.init) } + Array(repeating: nil, count: rest)
    let texts = texts(subject, result) + Array(repeating: nil, count: rest)
    return Evidence(
      findings: findings,
      columns: [
        .init("hotflip.broken_at", .integers(column)), .init("hotflip.text", .texts(texts)),
      ])
  }

  /// The text that broke each example which was right before, for the table of samples.
  private func texts(_ subject: Subject, _ result: AttackResult) -> [String?] {
    guard let vocabulary = subject.data.vocabulary else { return result.distance.map { _ in nil } }
    return result.distance.enumerated().map { row, distance in
      guard let distance, distance > 0 else { return nil }
      return vocabulary.text(of: result.adversarial[row].values(as: Int.self))
    }
  }

  /// The first example that one word breaks, in words.
  private func example(_ subject: Subject, _ result: AttackResult) -> String? {
    guard let vocabulary = subject.data.vocabulary,
      let row = result.distance.firstIndex(where: { $0 == 1 })
    else { return nil }
    let before = subject.attackedBatch.inputs[row].values(as: Int.self)
    let after = result.adversarial[row].values(as: Int.self)
    guard let place = zip(before, after).enumerated().first(where: { $1.0 != $1.1 })?.offset else {
      return nil
    }
    let (old, new) = (vocabulary.text(of: [before[place]]), vocabulary.text(of: [after[place]]))
    return "“\(new)” for “\(old)” is enough in example \(result.indices[row])."
  }

  private func movements(_ subject: Subject) throws -> [Finding] {
    guard let embedding = subject.target.embedding else { return [] }
    let lengths = try withoutGradients {
      try embedding.embedding(of: subject.attackedBatch.inputs).flattened(from: 1)
        .norm(order: 2, along: [1]).mean().item
    }
    let moved = try shares.map { share in
      // Two significant digits: radii are ids, and ids are read by people.
      let radius = Double(String(format: "%.1e", share * lengths)) ?? share * lengths
      let settings = subject.settings
      let result = try attack(
        subject, EmbeddingGradient(steps: settings.steps, restarts: settings.restarts),
        Ball(L2(), radius: radius))
      return (radius, Proportion(result.success.map { !$0 }))
    }
    let plot = try plot(
      subject, title: "Accuracy against how far vectors are moved",
      axis: "radius (l2, all vectors of a text together)", moved)
    return try zip(shares, moved).enumerated().map { index, entry in
      let (share, (radius, accuracy)) = entry
      let text = FindingID.part(for: radius)
      return try finding(
        "embedding_l2.\(text)", "vectors moved by \(text)", accuracy,
        """
        Projected gradient ascent moves all vectors of a text together by up to \(text), which is \
        \(FindingID.part(for: share * 100)) % of their mean length.
        """, plots: index == 0 ? [plot] : [])
    }
  }

  /// Accuracy of the attacked examples at several strengths, from the clean accuracy on.
  private func plot(
    _ subject: Subject, title: String, axis: String, _ attacked: [(Double, Proportion)]
  ) throws -> Plot {
    let clean = Proportion(subject.clean.correct.prefix(subject.attackedCount))
    return try .accuracy(
      title: title, against: axis, [("this model", [(0, clean)] + attacked)])
  }

  private func attack(
    _ subject: Subject, _ attack: any Attack, _ ball: Ball
  ) throws -> AttackResult {
    try subject.engine.run(
      attack, on: subject.target, subject.attackedBatch, within: ball, context: subject.context)
  }

  private func finding(
    _ id: String, _ title: String, _ accuracy: Proportion, _ detail: String, example: String = "",
    plots: [Plot] = []
  ) throws -> Finding {
    try Finding(
      id: "evasion.robust_accuracy.\(id)", title: "Robust accuracy, \(title)",
      value: accuracy.rate, interval: accuracy.wilson(),
      detail: """
        \(detail) \(accuracy.successes) of the first \(accuracy.trials) examples stand; \
        misclassified clean examples count as broken.\(example)
        """, plots: plots)
  }
}
