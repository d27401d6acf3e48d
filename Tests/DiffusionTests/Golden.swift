import Diffusion
import Foundation
import Torch

/// Numbers of the article's own code and of `Tests/Fixtures/diffusion/golden.py`.
enum Golden {
  /// A number that is not where it should be in a fixture.
  struct Missing: Error { let path: [String] }

  private static let fixtures = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../Fixtures/diffusion")

  /// The folder with the networks of the article's code, where there is one.
  static let networks: URL? = {
    let beside = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../../shared/data").standardizedFileURL.path
    let data = ProcessInfo.processInfo.environment["TOUCHSTONE_DATA"] ?? beside
    let folder = URL(filePath: data).deletingLastPathComponent().appending(path: "golden")
    return FileManager.default.fileExists(atPath: folder.path) ? folder : nil
  }()

  /// What lies in a fixture under some keys.
  static func value<Value>(_ path: String..., in file: String = "edm_golden.json") throws -> Value {
    let url = fixtures.appending(path: file)
    var found: Any? = try JSONSerialization.jsonObject(with: Data(contentsOf: url))
    for key in path { found = (found as? [String: Any])?[key] }
    guard let value = found as? Value else { throw Missing(path: path) }
    return value
  }

  /// The noise from which trajectories start, `[4, 2, 1, 1]`.
  static func latents() throws -> Tensor {
    Tensor(try value("sampler", "latents") as [Double], shape: [4, 2, 1, 1])
  }

  /// The mean of a Gaussian given noisy points: `(s² x + σ² μ) / (s² + σ²)`.
  static func gaussian(mean: Tensor, deviation: Double) -> Denoiser {
    Denoiser { noisy, level in
      let (s, n) = (deviation * deviation, level * level)
      return (noisy * s + mean * n) / (s + n)
    }
  }

  /// The mean of a mixture of points given noisy ones: weights are softmaxes.
  static func mixture(points: [[Double]], prior: [Double]) -> Denoiser {
    let places = Tensor(points.flatMap { $0 }, shape: [points.count, 2])
    let logPrior = Tensor(prior).log()
    return Denoiser { noisy, level in
      let flat = noisy.reshaped([-1, 1, 2])
      let distances = (flat - places.unsqueezed(0)).squared().sum(along: 2)
      let weights = (logPrior - distances / (2 * level * level)).softmax(along: 1)
      return weights.matmul(places).reshaped(noisy.shape)
    }
  }
}

/// The largest difference between two lists of numbers.
func largestDifference(_ left: [Double], _ right: [Double]) -> Double {
  guard left.count == right.count else { return .infinity }
  return zip(left, right).map { abs($0 - $1) }.max() ?? 0
}

/// The largest relative difference.
func largestRatio(_ left: [Double], _ right: [Double]) -> Double {
  guard left.count == right.count else { return .infinity }
  return zip(left, right).map { abs($0 - $1) / max(1e-300, abs($1)) }.max() ?? 0
}
