import Datasets
import Foundation
import Networks
import Perturbations
import Reports
import Torch

/// Whether the model behaves as attacks suppose: the same answer every time, nothing that moves or is
/// optimised while it answers, inputs that count to the last digit (checks B1 and B3 to B7).
///
/// Croce and Hein, `checks.py` of AutoAttack, and Athalye et al., ICML 2018, section 3.
public struct ModelBehaviourProbe: Probe {
  private let forwardPasses = 5

  /// The probe.
  public init() {}

  /// `behaviour`.
  public var name: String { "behaviour" }

  /// Asks the model the same several times, and things that are nearly the same.
  public func run(on subject: Subject) throws -> Evidence {
    let batch = subject.attackedBatch
    let before = try subject.classifier.state()?.mapValues { $0.copy() }
    let answers = try (0..<forwardPasses).map { _ in try logits(subject, batch) }
    return Evidence(flags: [
      try random(answers, batch), try moving(subject, before), try optimising(subject, batch),
      try quantised(subject, batch, answers[0]), try classCount(subject),
      try range(subject, batch),
    ])
  }

  private func logits(_ subject: Subject, _ batch: Batch) throws -> Tensor {
    try subject.engine.logits(of: Target(subject.classifier), batch, context: subject.context)
      .to(.float64)
  }

  /// B1: any change of the number of correct answers, or of the direction of an output.
  private func random(_ answers: [Tensor], _ batch: Batch) throws -> Flag {
    let labels = batch.labels.to(.cpu)
    let correct = answers.map { Target.isCorrect($0, labels).to(.float64).sum().item }
    let units = answers.map { $0.where($0.isFinite, else: 0) }.map { L2().steepest($0) }
    var largest = 0.0
    for (number, unit) in units.enumerated() {
      for other in units[..<number] {
        largest = max(largest, L2().length(of: unit - other).max().item)
      }
    }
    let changes = (correct.max() ?? 0) - (correct.min() ?? 0)
    return try Flag(
      id: "outputs.random", check: "B1", raised: changes > 0 || largest > 1e-4, value: largest,
      threshold: 1e-4,
      meaning: """
        The same inputs get different answers: attacks succeed by luck and fail by noise. The value is \
        the largest distance of normalised outputs in \(forwardPasses) passes, in which the number of \
        correct answers changed by \(Int(changes)).
        """,
      remedy: "Attack the mean over 20 passes of every answer (audit --heal) and compare seeds.")
  }

  /// B3: weights or buffers that an answer moves.
  private func moving(_ subject: Subject, _ before: [String: Tensor]?) throws -> Flag {
    let after = try subject.classifier.state()
    let moved = before.map { before in
      before.filter { name, tensor in
        guard let now = after?[name], now.shape == tensor.shape else { return true }
        let differs = now.notEqual(to: tensor)
        // A number that is none differs from itself.
        return differs.and(now.equal(to: now).or(tensor.equal(to: tensor))).any
      }.keys.sorted()
    }
    return try Flag(
      id: "model.moves", check: "B3", raised: !(moved ?? []).isEmpty,
      value: moved.map { Double($0.count) }, threshold: 0,
      meaning: moved == nil
        ? "Weights and buffers of this model cannot be read, so whether answers move them is unknown."
        : """
        Answers move \(moved?.first ?? "weights or buffers"): the model is in training mode, and every \
        answer depends on those before.
        """,
      remedy: "Call eval() before the export, so that statistics stand still.")
  }

  /// B4: gradients taken inside of a forward pass.
  private func optimising(_ subject: Subject, _ batch: Batch) throws -> Flag {
    // A TorchScript module differentiates inside of libtorch, where nothing counts.
    guard !(subject.classifier is ScriptClassifier) else {
      return try Flag(
        id: "model.optimises", check: "B4", raised: false, value: nil, threshold: 0,
        meaning:
          "Whether a TorchScript model optimises while it answers cannot be seen from outside.",
        remedy: "Search the model's source for autograd calls in forward.")
    }
    let first = batch.slice(0..<min(2, batch.count), on: subject.context.device)
    let before = gradientCallCount
    _ = try attempt { try withoutGradients { try subject.classifier.logits(first.inputs) } }
    let count = gradientCallCount - before
    return try Flag(
      id: "model.optimises", check: "B4", raised: count > 0, value: Double(count), threshold: 0,
      meaning:
        "The model takes gradients while it answers: it optimises, and attacks see through it.",
      remedy: "Attack through the whole optimisation, or the model before it as a stand-in.")
  }

  /// B5: inputs that differ by less than a step of 8 bits and get the same output, bit for bit.
  private func quantised(_ subject: Subject, _ batch: Batch, _ clean: Tensor) throws -> Flag {
    let step = subject.unit / 512
    let shape = Array(batch.inputs.shape.dropFirst())
    // A few features at a time: of many that are rounded some always cross an edge. Not fewer than 64,
    // since a network may not look at some.
    let part = max(64, shape.reduce(1, *) / 16)
    let chosen = min(1, Double(part) / Double(max(1, shape.reduce(1, *))))
    let same = try (0..<4).map { draw in
      var streams = subject.context.streams("behaviour.quantised.\(draw)", examples: batch.indices)
      let draws = Tensor.uniform(shape, dtype: batch.inputs.dtype, perExample: &streams)
      let change =
        draws.less(than: chosen / 2).to(batch.inputs.dtype) * step
        - draws.greater(than: 1 - chosen / 2).to(batch.inputs.dtype) * step
      let moved = Batch(
        inputs: batch.inputs + change.to(batch.inputs.device), labels: batch.labels,
        indices: batch.indices)
      return try logits(subject, moved).equal(to: clean).all(along: 1).to(.float64).mean().item
    }
    let share = same.reduce(0, +) / Double(same.count)
    return try Flag(
      id: "inputs.quantised", check: "B5", raised: share > 0.01, value: share, threshold: 0.01,
      meaning: """
        Outputs stay the same, bit for bit, when a sixteenth of the features (at least 64) move by 1/512 of \
        their range: inputs are rounded before they count, and gradients stop there.
        """,
      remedy: "Attack through the rounding as if it were not there (BPDA), or without gradients.")
  }

  /// B6: classes that there must be for the losses of attacks.
  private func classCount(_ subject: Subject) throws -> Flag {
    let count = subject.classifier.classCount
    let isValid = count >= 2 && (subject.clean.labels.max() ?? 0) < count
    let fallback =
      switch count {
      case ..<3: " The difference of logits ratio needs 3 classes; the margin is climbed instead."
      case 3: " The targeted ratio needs 4 classes; it is taken without the fourth logit."
      default: ""
      }
    return try Flag(
      id: "outputs.class_count", check: "B6", raised: !isValid, value: Double(count), threshold: 2,
      meaning: "The model has fewer outputs than two, or than the data has classes.\(fallback)",
      remedy: "Export the model with one output for every class, two for a yes or no.")
  }

  private func range(_ subject: Subject, _ batch: Batch) throws -> Flag {
    try Self.range(of: batch.inputs, within: subject.box)
  }

  /// B7: inputs outside of the box that attacks keep to, or in other units than it.
  package static func range(of inputs: Tensor, within box: ClosedRange<Double>?) throws -> Flag {
    let isPicture = inputs.rank == 4
    // Pixels as bytes, as shares, or centred; anything else was normalised channel by channel.
    let isNormalised =
      isPicture && !(box.map { [0...1, 0...255, -1...1, -0.5...0.5].contains($0) } ?? false)
    guard let box, !isNormalised else {
      return try flag(
        isNormalised,
        isNormalised
          ? """
          Pictures with values that no pixels have are normalised already: radii are in other units than \
          pixels, and attacks leave what a picture can be.
          """
          : "The data declares no range, so radii cannot be compared with one.",
        value: isNormalised ? 1 : nil)
    }
    let outside = inputs.less(than: box.lowerBound).or(inputs.greater(than: box.upperBound))
      .examplesFlattened.any(along: 1).to(.float64).mean().item
    let filled = (inputs.max() - inputs.min()).item / (box.upperBound - box.lowerBound)
    if outside == 0, filled > 0, filled < 0.02 {
      return try flag(
        true,
        "Inputs fill \(String(format: "%.2g", filled * 100)) % of the declared range: divided twice?",
        value: outside)
    }
    return try flag(
      outside > 0,
      "Inputs lie outside of the declared range: radii are in other units than they seem.",
      value: outside)
  }

  private static func flag(_ raised: Bool, _ meaning: String, value: Double?) throws -> Flag {
    try Flag(
      id: "inputs.out_of_range", check: "B7", raised: raised, value: value, threshold: 0,
      meaning: meaning,
      remedy: "Give --mean and --std in place of data that are normalised already.")
  }
}
