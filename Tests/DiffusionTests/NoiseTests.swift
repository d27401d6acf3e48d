import Diffusion
import Foundation
import Testing
import Torch

@Suite("Noise levels, preconditioning and loss")
struct NoiseTests {
  @Test("coefficients are those of the article's code, to 1e-6")
  func coefficients() throws {
    let rows: [[String: Double]] = try Golden.value("precond")
    #expect(rows.count == 11)
    let level = Tensor(rows.map { $0["sigma"] ?? 0 })
    let preconditioning = Preconditioning(dataDeviation: 0.5)
    for (name, mine) in [
      ("c_in", preconditioning.input(level)), ("c_noise", preconditioning.noise(level)),
      ("c_out", preconditioning.output(level)), ("loss_weight", preconditioning.weight(level)),
    ] {
      let difference = largestRatio(mine.values(), rows.map { $0[name] ?? 0 })
      #expect(difference < 1e-6, "\(name): \(difference)")
    }
    // The fixture has c_skip by subtraction, so it is compared absolutely.
    #expect(
      largestDifference(preconditioning.skip(level).values(), rows.map { $0["c_skip"] ?? 0 })
        < 1e-4)
    let identity = preconditioning.weight(level) * preconditioning.output(level).squared()
    #expect(largestDifference(identity.values(), Array(repeating: 1, count: 11)) < 1e-12)
  }

  @Test("noise levels are those of the article's code, to 1e-12", arguments: [5, 10, 18, 40])
  func levels(_ steps: Int) throws {
    let golden: [Double] = try Golden.value("t_steps", "\(steps)")
    let mine = NoiseLevels(steps: steps).values
    #expect(mine.last == 0)
    #expect(largestRatio(Array(mine.dropLast()), Array(golden.dropLast())) < 1e-12)
  }

  @Test("one step goes from the highest level to zero, a restart from where it is told")
  func cornerLevels() {
    #expect(NoiseLevels(steps: 1).values == [80, 0])
    let restart = NoiseLevels(steps: 6).starting(at: 0.34).values
    #expect(restart.count == 7 && restart.first.map { abs($0 - 0.34) < 1e-15 } == true)
    #expect(zip(restart, restart.dropFirst()).allSatisfy { $0 > $1 })
  }

  @Test("training levels have the quantiles of the article's code")
  func distribution() throws {
    let golden: [String: Double] = try Golden.value("sigma_distribution", "quantiles")
    let distribution = NoiseDistribution()
    for (share, level) in golden {
      let share = try #require(Double(share))
      let mine = distribution.levels(atQuantiles: Tensor([share])).item
      #expect(abs(mine / level - 1) < 1e-9)
      #expect(abs(distribution.quantiles(of: Tensor([level])).item - share) < 1e-9)
    }
  }

  @Test("loss and gradients are those of the article's code, to 1e-6")
  func loss() throws {
    func tensor(_ key: String, _ shape: [Int]) throws -> Tensor {
      Tensor(try Golden.value("loss", key) as [Double], shape: shape)
    }
    let shape = [2, 3, 4, 4]
    let (images, noise) = (try tensor("images", shape), try tensor("noise", shape))
    let level = NoiseDistribution().levels(ofNormals: try tensor("rnd_normal", [2]))
    let golden: [Double] = try Golden.value("loss", "sigma")
    #expect(largestRatio(level.values(), golden) < 1e-6)
    let (a, b) = (Tensor(Float(0.7)).variable(), Tensor(Float(-0.1)).variable())
    let preconditioning = Preconditioning()
    let estimate = preconditioning.denoised(
      images + noise * level.reshaped([2, 1, 1, 1]), level: level
    ) { scaled, noise in scaled * a + b * noise.reshaped([2, 1, 1, 1]) }
    let losses = DenoisingLoss.values(
      estimate: estimate, clean: images, level: level, preconditioning: preconditioning,
      reduction: .sum)
    let sums: [Double] = try Golden.value("loss", "per_sample_sum")
    #expect(largestRatio(losses.values(), sums) < 1e-6)
    let total = losses.mean()
    let objective: Double = try Golden.value("loss", "objective_sum_over_pixels_mean_over_batch")
    #expect(abs(total.item / objective - 1) < 1e-6)
    let slopes = gradients(of: total, withRespectTo: [a, b]).map(\.item)
    let expected: [Double] = [
      try Golden.value("loss", "grad_a"), try Golden.value("loss", "grad_b"),
    ]
    #expect(largestRatio(slopes, expected) < 1e-6)
    // The mean over pixels is the sum divided by their number, whatever the size of the images.
    let means = DenoisingLoss.values(
      estimate: estimate, clean: images, level: level, preconditioning: preconditioning)
    #expect(largestRatio((means * 48).values(), losses.values()) < 1e-12)
  }

  @Test("high times of a discrete diffusion are high noise")
  func discreteTimes() throws {
    let times = try DDPMTime()
    for (time, level) in [
      (1000, 157.0), (800, 25.5), (500, 3.42), (200, 0.72), (100, 0.339), (50, 0.17),
    ] {
      #expect(abs(try times.level(at: time) / level - 1) < 0.02, "\(time)")
    }
    #expect(try times.level(at: 0) == 0)
    #expect(zip(times.levels, times.levels.dropFirst()).allSatisfy { $0 < $1 })
    for time in [1, 7, 333, 1000] {
      #expect(times.time(nearestTo: try times.level(at: time)) == time)
    }
    #expect(times.time(nearestTo: 1e9) == 1000 && times.time(nearestTo: 1e-9) == 1)
    #expect(throws: DiffusionError.self) { try times.level(at: 1001) }
    #expect(throws: DiffusionError.self) { try DDPMTime(count: 1) }
    #expect(throws: DiffusionError.self) { try DDPMTime(lastVariance: 1) }
  }

  @Test("settings that cannot be are refused")
  func refusals() {
    for levels in [
      NoiseLevels(steps: 0), NoiseLevels(minimum: 0), NoiseLevels(maximum: 0.001),
      NoiseLevels(rho: .nan),
    ] {
      #expect(throws: DiffusionError.self) { try levels.validate() }
    }
    for sampler in [
      Sampler(.heun, eta: 1), Sampler(.euler, eta: 1.5), Sampler(.euler, eta: .nan),
      Sampler(.dpmSolver, churn: Churn(1)), Sampler(.euler, churn: Churn(1), eta: 0.5),
      Sampler(.heun, churn: Churn(-1)), Sampler(.heun, churn: Churn(1, minimum: 2, maximum: 1)),
    ] {
      #expect(throws: DiffusionError.self) { try sampler.validate() }
    }
  }
}
