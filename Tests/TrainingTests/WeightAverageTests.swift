import Datasets
import Foundation
import Networks
import Testing
import Torch
import Training

@Suite("Weight averages")
struct WeightAverageTests {
  /// ½ ‖w - (1, …)‖² by gradient descent: every step's weights are known.
  private func pull() -> Objective {
    Objective { WeightTerm { ($0.weight - 1).squared().sum() * 0.5 } }
  }

  /// The weights after every step, and those that the run ends with.
  private func run(
    _ model: Weights, steps: Int, change: (inout TrainerSettings) -> Void
  ) throws -> (path: [[Double]], final: [Double]) {
    let run = try ToyRun()
    defer { run.remove() }
    let trainer = try run.trainer(model, steps: steps, objective: pull()) {
      $0.optimiser = OptimiserSettings(rule: .sgd)
      change(&$0)
    }
    var path: [[Double]] = []
    _ = try trainer.run { _ in path.append(model.weight.values(as: Double.self)) }
    let final = trainer.withFinalWeights { model.weight.values(as: Double.self) }
    #expect(model.weight.values(as: Double.self) == path.last)
    return (path, final)
  }

  private func mean(_ rows: [[Double]]) -> [Double] {
    (0..<rows[0].count).map { column in
      rows.map { $0[column] }.reduce(0, +) / Double(rows.count)
    }
  }

  @Test("the moving average is the mean of start and students while n ≤ a / (1 - a)")
  func runningMean() throws {
    let start = [3.0, -2, 0.5]
    for steps in 1...9 {
      let (path, final) = try run(Weights(start), steps: steps) { $0.emaDecay = 0.9 }
      for (mine, theirs) in zip(final, mean([start] + path)) { #expect(abs(mine - theirs) < 1e-12) }
    }
    let (path, final) = try run(Weights(start), steps: 10) { $0.emaDecay = 0.9 }
    #expect(abs(final[0] - mean([start] + path)[0]) > 1e-6)
  }

  @Test("what terms learn is averaged like weights, and resumed")
  func termParameters() throws {
    final class Point: Term {
      let name = "point"
      let isBoundedBelowByZero = true
      let own = Parameter(wrappedValue: Tensor([4.0]))
      var parameters: [Parameter] { [own] }
      func value(in step: StepContext) throws -> Tensor { own.value.squared().sum() * 0.5 }
    }
    func ends(stopAfter: Int?) throws -> (path: [Double], final: Double) {
      let run = try ToyRun()
      defer { run.remove() }
      var path: [Double] = []
      var final = 0.0
      for stop in [stopAfter, nil].suffix(stopAfter == nil ? 1 : 2) {
        let (point, signal) = (Point(), StopSignal())
        let trainer = try run.trainer(
          Weights([1]), steps: 6, objective: Objective { point }, stop: signal
        ) {
          $0.optimiser = OptimiserSettings(rule: .sgd)
          $0.emaDecay = 0.9
        }
        _ = try trainer.run {
          path.append(point.own.value.item)
          if $0.step == stop { signal.request() }
        }
        final = trainer.withFinalWeights { point.own.value.item }
        #expect(point.own.value.item == path.last)
      }
      return (path, final)
    }
    let straight = try ends(stopAfter: nil)
    #expect(abs(straight.final - mean([[4.0]] + straight.path.map { [$0] })[0]) < 1e-12)
    #expect(try ends(stopAfter: 3).final == straight.final)
  }

  @Test("with a constant student the distance shrinks as 1 / (n + 1), then geometrically")
  func constantStudent() {
    let student = Parameter(wrappedValue: Tensor([5.0]))
    var average = ExponentialMovingAverage(of: [student], decay: 0.9)
    student.replace(with: Tensor([1.0]))
    var distance = 4.0
    for n in 1...60 {
      average.update()
      // a / (1 - a) is 9.
      distance = n <= 9 ? 4 / Double(n + 1) : distance * 0.9
      #expect(abs(average.averages[0].item - 1 - distance) < 1e-12)
    }
  }

  @Test("stochastic weight averaging ends with the mean of its snapshots, the last step among them")
  func snapshots() throws {
    let start = [3.0, -2, 0.5]
    // 12 steps of 4 an epoch; from half the run on, that is after steps 8 and 12.
    let (path, final) = try run(Weights(start), steps: 12) { $0.swaStart = 0.5 }
    for (mine, theirs) in zip(final, mean([path[7], path[11]])) {
      #expect(abs(mine - theirs) < 1e-15)
    }
    let (every, last) = try run(Weights(start), steps: 12) {
      $0.swaStart = 0.25
      $0.swaEvery = 3
    }
    for (mine, theirs) in zip(last, mean([every[5], every[8], every[11]])) {
      #expect(abs(mine - theirs) < 1e-15)
    }
    // Fewer steps than lie between snapshots: the last weights are the only one.
    let (short, only) = try run(Weights(start), steps: 2) { $0.swaStart = 0.5 }
    #expect(only == short[1])
  }

  @Test(
    "a run with snapshots and sharpness-aware steps resumes byte for byte", arguments: [3, 10, 17])
  func resume(_ stopAfter: Int) throws {
    let straight = try ToyRun()
    let broken = try ToyRun()
    defer {
      straight.remove()
      broken.remove()
    }
    func trainer(_ run: ToyRun, _ model: any Layer, _ stop: StopSignal) throws -> Trainer {
      try run.trainer(model, steps: 20, stop: stop) {
        $0.swaStart = 0.4
        $0.swaEvery = 2
        $0.sharpness = SharpnessAware(radius: 0.05)
        $0.reestimatesStatistics = true
      }
    }
    _ = try trainer(straight, ToyRun.network(), StopSignal()).run()
    let stop = StopSignal()
    let outcome = try trainer(broken, ToyRun.network(), stop).run {
      if $0.step == stopAfter { stop.request() }
    }
    #expect(outcome == .interrupted)
    #expect(try trainer(broken, ToyRun.network(), StopSignal()).run() == .finished)
    for file in ["metrics.csv", "checkpoint-000000020.safetensors", "checkpoint-000000020.json"] {
      #expect(
        try Data(contentsOf: straight.folder.appending(path: file))
          == Data(contentsOf: broken.folder.appending(path: file)), "\(file)")
    }
  }

  @Test(
    "statistics that are computed anew are the means over the batches, and are judged with",
    arguments: [nil, 1])
  func reestimated(patience: Int?) throws {
    let run = try ToyRun()
    defer { run.remove() }
    let generator = Generator(seed: 6, purpose: "weights")
    let model = Sequential {
      BatchNorm(6)
      Linear(6, 2, using: generator)
    }
    let trainer = try run.trainer(model, steps: 12) {
      $0.swaStart = 0.5
      $0.reestimatesStatistics = true
      $0.patience = patience
      // Too slow to improve: the run ends before its last step.
      if patience != nil { $0.learningRate = LearningRate(1e-12) }
    }
    var logged: Double?
    let outcome = try trainer.run { if let accuracy = $0.accuracy { logged = accuracy } }
    #expect(outcome == (patience == nil ? .finished : .stoppedEarly))
    // Four batches of thirty, in the order of the data; the layer is the first, so that the weights
    // have no part in what it sees.
    let rows = try ToyRun.data().inputs.to(.float64)
    let batches = (0..<4).map { rows[$0 * 30..<($0 + 1) * 30] }
    let state = model.state()
    for (name, parts) in [
      ("0.running_mean", batches.map { $0.mean(along: 0) }),
      (
        "0.running_var",
        batches.map { batch in
          (batch - batch.mean(along: 0, keepingDimensions: true)).squared().sum(along: 0) / 29
        }
      ),
    ] {
      let expected = Tensor.stacked(parts).mean(along: 0)
      let mine = try #require(state[name]).to(.float64)
      #expect((mine - expected).abs().max().item < 1e-6, "\(name)")
    }
    if patience == nil { #expect(try logged == trainer.evaluate()) }
  }
}
