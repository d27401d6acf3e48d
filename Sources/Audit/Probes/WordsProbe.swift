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
    let findings = try flips.map { count in
      let standing = result.distance.map { $0.map { $0 > Double(count) } ?? true }
      return try finding(
        "words.\(count)", "exchanged words: \(count)", standing,
        "HotFlip exchanges up to \(count) words, real ones of the vocabulary.")
    }
    let rest = subject.data.count - result.distance.count
    let column = result.distance.map { $0.map(Int.init) } + Array(repeating: nil, count: rest)
    return Evidence(
      findings: findings, columns: [.init("hotflip.broken_at", .integers(column))])
  }

  private func movements(_ subject: Subject) throws -> [Finding] {
    guard let embedding = subject.target.embedding else { return [] }
    let lengths = try withoutGradients {
      try embedding.embedding(of: subject.attackedBatch.inputs).flattened(from: 1)
        .norm(order: 2, along: [1]).mean().item
    }
    return try shares.map { share in
      // Two significant digits: radii are ids, and ids are read by people.
      let radius = Double(String(format: "%.1e", share * lengths)) ?? share * lengths
      let settings = subject.settings
      let result = try attack(
        subject, EmbeddingGradient(steps: settings.steps, restarts: settings.restarts),
        Ball(L2(), radius: radius))
      let text = FindingID.part(for: radius)
      return try finding(
        "embedding_l2.\(text)", "vectors moved by \(text)", result.success.map { !$0 },
        """
        Projected gradient ascent moves all vectors of a text together by up to \(text), which is \
        \(FindingID.part(for: share * 100)) % of their mean length.
        """)
    }
  }

  private func attack(
    _ subject: Subject, _ attack: any Attack, _ ball: Ball
  ) throws -> AttackResult {
    try subject.engine.run(
      attack, on: subject.target, subject.attackedBatch, within: ball, context: subject.context)
  }

  private func finding(
    _ id: String, _ title: String, _ standing: [Bool], _ detail: String
  ) throws -> Finding {
    let count = standing.filter { $0 }.count
    return try Finding(
      id: "evasion.robust_accuracy.\(id)", title: "Robust accuracy, \(title)",
      value: Double(count) / Double(standing.count), interval: Proportion(standing).wilson(),
      detail: """
        \(detail) \(count) of the first \(standing.count) examples stand; misclassified clean \
        examples count as broken.
        """)
  }
}
