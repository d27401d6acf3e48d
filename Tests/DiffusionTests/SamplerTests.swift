import Diffusion
import Foundation
import Testing
import Torch

@Suite("Samplers")
struct SamplerTests {
  init() { IntraOperatorThreads.set(1) }

  private struct Evaluation {
    let level: Double
    let values: [Double]
  }

  /// Samples from the latents of the fixture and notes every evaluation.
  private func run(
    _ sampler: Sampler, _ denoiser: Denoiser, noise: [[Double]] = []
  ) throws -> (final: [Double], evaluations: [Evaluation]) {
    var evaluations: [Evaluation] = []
    let observed = Denoiser { noisy, level in
      evaluations.append(Evaluation(level: level, values: noisy.values()))
      return try denoiser(noisy, level)
    }
    let start = try Golden.latents() * (sampler.levels.values[0])
    let final = try sampler.sample(observed, from: start) { step in
      Tensor(noise[step], shape: [4, 2, 1, 1])
    }
    return (final.values(), evaluations)
  }

  private func gaussian() -> Denoiser {
    Golden.gaussian(mean: Tensor([0.3, -0.2], shape: [1, 2, 1, 1]), deviation: 0.5)
  }

  private func mixture() throws -> Denoiser {
    Golden.mixture(
      points: try Golden.value("sampler", "deltas", "points"),
      prior: try Golden.value("sampler", "deltas", "prior"))
  }

  @Test(
    "every evaluation of a trajectory is that of the article's code, to 1e-10",
    arguments: [
      ("gaussian", "det5"), ("gaussian", "det18"), ("deltas", "det18"), ("deltas", "churn18"),
    ])
  func golden(_ task: String, _ run: String) throws {
    let steps: Int = try Golden.value("sampler", task, run, "num_steps")
    let churned = run == "churn18"
    let sampler = Sampler(
      levels: NoiseLevels(steps: steps),
      churn: churned ? Churn(10, minimum: 0.05, maximum: 50, noise: 1.003) : nil)
    let result = try self.run(
      sampler, task == "gaussian" ? gaussian() : mixture(),
      noise: churned ? Golden.value("sampler", task, run, "noise") : [])
    let evaluations: [[String: Any]] = try Golden.value("sampler", task, run, "evaluations")
    #expect(result.evaluations.count == evaluations.count)
    #expect(sampler.evaluationCount == evaluations.count)
    for (mine, golden) in zip(result.evaluations, evaluations) {
      let level = try #require(golden["sigma"] as? Double)
      #expect(abs(mine.level - level) < 1e-10)
      #expect(largestDifference(mine.values, golden["x"] as? [Double] ?? []) < 1e-10)
    }
    let final: [Double] = try Golden.value("sampler", task, run, "final")
    #expect(largestDifference(result.final, final) < 1e-10)
  }

  /// The exact flow of a Gaussian ends at `μ + (x - μ) s / √(s² + σ²)`.
  private func error(_ sampler: Sampler) throws -> Double {
    let exact: [Double] = try Golden.value("sampler", "gaussian", "exact_final")
    return largestDifference(try run(sampler, gaussian()).final, exact)
  }

  @Test("Heun's error on the Gaussian falls by 4 when steps double")
  func secondOrder() throws {
    let golden: [String: Double] = try Golden.value("sampler", "gaussian", "heun_max_abs_error")
    let errors = try [18, 36, 72, 144, 288].map { try error(Sampler(levels: .init(steps: $0))) }
    for (steps, mine) in zip([18, 36, 72, 144, 288], errors) {
      #expect(abs(mine - (golden["\(steps)"] ?? 0)) < 1e-10)
    }
    for (coarse, fine) in zip(errors, errors.dropFirst()) { #expect(3.9...4.6 ~= coarse / fine) }
  }

  @Test("the orders of the other solvers: Euler's error halves, DPM-Solver's falls by 4")
  func orders() throws {
    func ratio(_ solver: Sampler.Solver) throws -> Double {
      try error(Sampler(solver, levels: .init(steps: 200)))
        / error(Sampler(solver, levels: .init(steps: 400)))
    }
    let (euler, solver) = (try ratio(.euler), try ratio(.dpmSolver))
    #expect(1.9...2.1 ~= euler, "\(euler)")
    // Its last step is of first order, between the lowest level and zero: 2e-3, whatever the steps.
    #expect(3.5...4.5 ~= solver, "\(solver)")
    let coarse = try error(Sampler(.dpmSolver, levels: .init(steps: 18)))
    let euler18 = try error(Sampler(.euler))
    #expect(coarse < euler18)
  }

  @Test("any number of steps lands on the points of a mixture", arguments: [1, 2, 3, 7, 50])
  func anySteps(_ steps: Int) throws {
    for solver in Sampler.Solver.allCases {
      let final = try run(Sampler(solver, levels: .init(steps: steps)), mixture()).final
      #expect(final.allSatisfy { $0.isFinite })
      guard steps >= 7 else { continue }
      let points: [[Double]] = try Golden.value("sampler", "deltas", "points")
      for row in 0..<4 {
        let place = Array(final[2 * row..<2 * row + 2])
        #expect(points.contains { largestDifference($0, place) < 1e-6 }, "\(solver) \(place)")
      }
    }
  }

  @Test(
    "stochastic samples of a Gaussian have its mean and deviation",
    arguments: [
      Sampler(.heun, levels: .init(steps: 60), churn: Churn(20)),
      Sampler(.euler, levels: .init(steps: 300), eta: 1),
      Sampler(.euler, levels: .init(steps: 300), eta: 0.5),
      Sampler(.dpmSolver, levels: .init(steps: 80), eta: 1),
      Sampler(.dpmSolver, levels: .init(steps: 80), eta: 0.5),
    ])
  func moments(_ sampler: Sampler) throws {
    let count = 20_000
    let generator = Generator(seed: 3, purpose: "moments")
    func normals() -> Tensor { .normal([count, 1], dtype: .float64, using: generator) }
    let denoiser = Golden.gaussian(mean: Tensor([0.3]), deviation: 0.5)
    let samples = try sampler.sample(denoiser, from: normals() * 80) { _ in normals() }
    // Five standard errors, and what the steps leave.
    #expect(abs(samples.mean().item - 0.3) < 0.02)
    #expect(abs(samples.standardDeviation(along: [0]).item - 0.5) < 0.018)
    #expect(sampler.isStochastic && !Sampler().isStochastic)
  }

  @Test("guidance by a likelihood samples the posterior of a Gaussian")
  func guidance() throws {
    // Prior N(0.3, 0.25), observation y = 1 with variance 0.5: for noisy x, log p(y | x) is exact.
    let prior = Golden.gaussian(mean: Tensor([0.3]), deviation: 0.5)
    let guided = prior.guided { guess in
      let noise = guess.level * guess.level
      let variance = 0.25 * noise / (0.25 + noise) + 0.5
      return -(guess.estimate - 1).squared() / (2 * variance)
    }
    let count = 20_000
    let start = Tensor.normal(
      [count, 1], dtype: .float64, using: Generator(seed: 4, purpose: "guidance"))
    let samples = try Sampler(levels: .init(steps: 80)).sample(guided, from: start * 80) { _ in
      start
    }
    let posterior = (mean: (0.3 / 0.25 + 1 / 0.5) / (1 / 0.25 + 1 / 0.5), variance: 1 / 6.0)
    #expect(abs(samples.mean().item - posterior.mean) < 0.02)
    #expect(
      abs(samples.standardDeviation(along: [0]).item - posterior.variance.squareRoot()) < 0.02)
    // One evaluation, in closed form: D + σ² ∇ log p.
    let (x, level) = (Tensor([0.8, -1.0], shape: [2, 1]), 0.7)
    let plain = Golden.gaussian(mean: Tensor([0.0]), deviation: 1)
    let moved = try plain.guided(weight: 2) { -($0.noisy - 3).squared() / 2 }(x, level)
    let expected = [0.8, -1.0].map { $0 / 1.49 + 2 * 0.49 * (3 - $0) }
    #expect(largestDifference(moved.values(), expected) < 1e-12)
  }

  @Test("classifier-free guidance goes away from the unconditional estimate")
  func classifierFree() throws {
    let (near, far) = (Denoiser { x, _ in x * 0 + 1 }, Denoiser { x, _ in x * 0 + 4 })
    let x = Tensor([0.5, 2])
    for (weight, expected) in [(1.0, 1.0), (0, 4), (3, -5)] {
      let answer = try near.guided(weight: weight, awayFrom: far)(x, 1)
      #expect(largestDifference(answer.values(), [expected, expected]) < 1e-12)
    }
  }

  @Test("gradients go through samples where the denoiser records")
  func differentiable() throws {
    // The flow of a Gaussian moves its end as it moves its mean: by 1 - s / √(s² + σ²).
    let mean = Tensor([0.3]).variable()
    let sampler = Sampler(levels: .init(steps: 40))
    let final = try sampler.sample(
      Golden.gaussian(mean: mean, deviation: 0.5), from: Tensor([[20.0]].flatMap { $0 })
    ) { _ in Tensor([0.0]) }
    let slope = gradient(of: final.sum(), withRespectTo: mean).item
    #expect(abs(slope - (1 - 0.5 / (0.25 + 6400).squareRoot())) < 1e-3)
  }
}
