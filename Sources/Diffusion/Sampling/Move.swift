import Foundation
import Torch

/// What a multistep solver remembers of the step before.
struct Memory {
  let level: Double
  let estimate: Tensor
}

/// One step between two noise levels, from an estimate at the first.
struct Move {
  /// The level at which the images are.
  let from: Double
  /// The level at which they shall be, lower; 0 at the end.
  let to: Double
  /// The noisy images.
  let images: Tensor
  /// The clean images as the denoiser sees them.
  let estimate: Tensor

  /// `dx/dσ = (x - D(x; σ)) / σ`, the probability flow (Karras et al., NeurIPS 2022, equation 1).
  private var slope: Tensor { (images - estimate) / from }

  /// Euler's step, corrected by the slope at its end unless that is at level 0.
  func heun(_ denoiser: Denoiser) throws -> Tensor {
    let slope = slope
    let reached = images + slope * (to - from)
    guard to > 0 else { return reached }
    let next = (reached - (try denoiser(reached, to))) / to
    return images + (slope + next) * ((to - from) / 2)
  }

  /// Euler's step to a level below the next one, and new noise up to it.
  func euler(eta: Double, noise: () throws -> Tensor) throws -> Tensor {
    let added = eta * to * max(0, 1 - (to / from) * (to / from)).squareRoot()
    let kept = max(0, to * to - added * added).squareRoot()
    let moved = images + slope * (kept - from)
    return added > 0 ? moved + (try noise()) * added : moved
  }

  /// DPM-Solver++(2M) and its stochastic form (Lu et al., 2022, algorithm 2 and section 3.4), where the
  /// new noise is that of `eta`: with `h = ln(σ/σ')` and the last step's `h₀`, the estimate is
  /// extrapolated by `h / 2h₀` of its last change.
  func dpmSolver(
    after last: Memory?, eta: Double, noise: () throws -> Tensor
  ) throws -> Tensor {
    guard to > 0 else { return estimate }
    let h = log(from / to)
    var direction = estimate
    if let last {
      let ratio = h / (2 * log(last.level / from))
      direction = estimate + (estimate - last.estimate) * ratio
    }
    let moved = images * (to / from * exp(-eta * h)) + direction * -expm1(-(1 + eta) * h)
    guard eta > 0 else { return moved }
    return moved + (try noise()) * (to * (-expm1(-2 * eta * h)).squareRoot())
  }
}
