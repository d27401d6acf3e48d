import Audit
import Datasets
import Foundation
import Networks
import Perturbations
import Reports
import Testing
import Torch

/// Each check on a model of which is known that it must be caught, and on one that must not.
@Suite("Flags")
struct FlagTests {
  /// A linear classifier of points in [0, 1]², with something done to inputs or outputs.
  struct Model: Classifier {
    var classCount = 2
    let inputShape = [2]
    var output: @Sendable (Tensor) throws -> Tensor = { $0 }
    var input: @Sendable (Tensor) throws -> Tensor = { $0 }
    var weights: @Sendable () -> [String: Tensor]? = { nil }

    func logits(_ inputs: Tensor) throws -> Tensor {
      let score = try (input(inputs) - 0.5).matmul(Tensor([Float(6), 8]))
      return try output(Tensor.stacked([score * -0.5, score * 0.5], along: 1))
    }

    func state() -> [String: Tensor]? { weights() }
  }

  static func data(range: ClosedRange<Float> = 0...1) throws -> Dataset {
    var stream = RandomStream(seed: 8, purpose: "points")
    let points = (0..<120).map { _ in Float(stream.uniform()) }
    let inputs = Tensor(points, shape: [60, 2])
    let labels = (inputs - 0.5).matmul(Tensor([Float(6), 8])).greater(than: 0).to(.int64)
    return try Dataset(
      name: "points", inputs: inputs, labels: labels, classNames: ["no", "yes"], range: range)
  }

  static func settings() -> AuditSettings {
    var settings = AuditSettings(.quick)
    (settings.attackedCount, settings.resamples, settings.queries) = (40, 100, 20)
    (settings.probedCount, settings.probeDraws, settings.adaptiveSteps) = (20, 20, 10)
    settings.radii = [.init(norm: "linf", radii: [0.05, 0.1])]
    return settings
  }

  static func flags(
    _ model: any Classifier, data: Dataset? = nil, probes: [any Probe] = Probes.all,
    change: (inout AuditSettings) -> Void = { _ in }
  ) throws -> [String: Flag] {
    var settings = settings()
    change(&settings)
    let subject = try Subject(
      name: "model", classifier: model, data: data ?? Self.data(), settings: settings,
      context: Context(seed: 4, workers: 2))
    let report = try Audit(probes: probes).run(on: subject).report
    return Dictionary(uniqueKeysWithValues: report.flags.map { ($0.id.text, $0) })
  }

  static func raised(_ flags: [String: Flag]) -> Set<String> {
    Set(flags.values.filter(\.raised).compactMap(\.check))
  }

  @Test("a linear model raises nothing, and every check is there")
  func sound() throws {
    let flags = try Self.flags(Model())
    #expect(flags.values.filter(\.raised).map(\.id.text) == [])
    let checks = Set(flags.values.compactMap(\.check))
    let expected =
      (1...5).map { "A\($0)" } + (1...7).map { "B\($0)" } + (1...13).map { "C\($0)" }
      + ["D1", "D2", "D3", "D4", "D7"] + (1...8).map { "E\($0)" }
    #expect(checks == Set(expected))
    // What cannot be measured says so.
    #expect(flags["model.moves"]?.state == "not measured")
    #expect(flags["attack.transfer_fails.linf"]?.state == "not measured")
    #expect(flags["model.optimises"]?.value == 0)
    // Noise and single steps do as well on a linear model, so no share is left to gradients.
    #expect(flags["attack.black_box_wins.linf"]?.value == 0)
  }

  @Test("A1 and A4: a cross-entropy that is flat, with a margin that is not")
  func saturated() throws {
    let flags = try Self.flags(Model(output: { $0 * 1e4 }), probes: [GradientHealthProbe()])
    #expect(flags["gradients.zero"]?.raised == true)
    #expect(flags["gradients.zero_margin"]?.raised == false)
    #expect(flags["outputs.saturated"]?.raised == true)
    #expect(flags["gradients.masked"]?.raised == true)
  }

  @Test("A1, A5 and B5: rounding stops gradients, of the margin as well")
  func rounded() throws {
    let model = Model(input: { ($0 * 7).rounded() / 7 })
    let flags = try Self.flags(model, probes: [GradientHealthProbe(), ModelBehaviourProbe()])
    #expect(Self.raised(flags) == ["A1", "A5", "B5"])
    #expect(flags["gradients.zero_margin"]?.value == 1)
  }

  @Test("A2: an infinite slope")
  func infinite() throws {
    // The square root of zero: the value is right, its gradient is not finite.
    let model = Model(input: { $0 + ($0 - $0).sqrt() })
    let flags = try Self.flags(model, probes: [GradientHealthProbe()])
    #expect(flags["gradients.not_finite"]?.value == 1)
    #expect(flags["gradients.not_finite"]?.raised == true)
  }

  @Test("A3: a model that detaches its input is said to, and can be attacked all the same")
  func interrupted() throws {
    let flags = try Self.flags(Model(input: { $0.detached() }))
    #expect(flags["gradients.interrupted"]?.raised == true)
    #expect(Self.raised(flags).isSuperset(of: ["A1", "A3"]))
  }

  @Test("B1 and E4: a model that answers at random")
  func random() throws {
    let calls = Calls()
    let model = Model(input: { inputs in
      let generator = Generator(seed: 1, purpose: "noise", index: calls.next())
      return inputs + Tensor.normal(inputs.shape, using: generator) * 0.3
    })
    let flags = try Self.flags(model)
    #expect(Self.raised(flags).isSuperset(of: ["B1", "D3", "E4"]))
  }

  @Test("B3: a model whose buffers move while it answers")
  func moving() throws {
    let calls = Calls()
    let model = Model(
      input: { inputs in
        _ = calls.next()
        return inputs
      }, weights: { ["running_mean": Tensor([Double(calls.count)])] })
    let flags = try Self.flags(model, probes: [ModelBehaviourProbe()])
    #expect(Self.raised(flags) == ["B3"])
    let still = try Self.flags(
      Model(weights: { ["running_mean": Tensor([Double.nan])] }), probes: [ModelBehaviourProbe()])
    #expect(still["model.moves"]?.state == "clear")
  }

  @Test("B4: a model that climbs while it answers")
  func optimising() throws {
    let model = Model(input: { inputs in
      let slope = valueAndGradient(at: inputs) { ($0 - 0.5).squared().sum() }.gradient
      return inputs + slope * 1e-3
    })
    let flags = try Self.flags(model, probes: [ModelBehaviourProbe()])
    #expect(Self.raised(flags) == ["B4"])
  }

  @Test("B6 and B7: too few outputs, and inputs outside of their range")
  func shapes() throws {
    let one = Model(classCount: 1, output: { $0.narrowed(to: 1..<2, along: 1) })
    #expect(
      try Self.flags(one, probes: [ModelBehaviourProbe()])["outputs.class_count"]?.raised == true)
    let flags = try Self.flags(Model(), probes: [ModelBehaviourProbe()])
    #expect(flags["inputs.out_of_range"]?.value == 0)
    let free = try Self.flags(
      Model(), data: Self.data(range: Dataset.unbounded), probes: [ModelBehaviourProbe()])
    #expect(free["inputs.out_of_range"]?.state == "not measured")
  }

  @Test("outputs that are not finite for some inputs are said, and spoil no other example")
  func notFinite() throws {
    let spoiled = Model(output: {
      $0.where($0.select(1, along: 1).less(than: 2).unsqueezed(1), else: .nan)
    })
    let flags = try Self.flags(spoiled)
    #expect(flags["outputs.not_finite"]?.raised == true)
    #expect(flags["gradients.masked"]?.raised == false)
    #expect(flags["gradients.not_finite"]?.raised == false)
    #expect(flags["bookkeeping.out_of_bounds.linf"]?.raised == false)
  }
}

/// Counts calls from any worker.
private final class Calls: @unchecked Sendable {
  private let lock = NSLock()
  private(set) var count: UInt64 = 0

  func next() -> UInt64 {
    lock.withLock {
      count += 1
      return count
    }
  }
}
