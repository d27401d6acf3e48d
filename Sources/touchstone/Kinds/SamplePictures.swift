import Diffusion
import Foundation
import Reports
import Torch

/// Samples of a prior as pictures.
enum SamplePictures {
  /// Images in rows.
  ///
  /// - Parameter images: `[N, C, H, W]` in [0, 1].
  static func grid(
    _ images: Tensor, columns: Int, named name: String
  ) throws -> ReportFolder.File {
    let shape = images.shape
    let values = images.contiguous().values(as: Float.self)
    let size = shape[1] * shape[2] * shape[3]
    let pictures = (0..<shape[0]).map { Array(values[$0 * size..<($0 + 1) * size]) }
    let bitmap = try Bitmap.grid(
      pictures, shape: (shape[1], shape[2], shape[3]), columns: columns)
    return ReportFolder.File(name, try bitmap.png())
  }

  /// A row for every image: noisy at every step, and as it came out; below it what the denoiser took it
  /// for.
  static func trajectory(
    _ samples: Samples, first count: Int = .max, named name: String
  ) throws -> ReportFolder.File {
    let frames = samples.trajectory
    let rows = (0..<min(count, samples.images.size(0))).flatMap { image in
      frames.map { $0.noisy[image] } + frames.map { $0.estimate[image] }
    }
    return try grid(.stacked(rows), columns: frames.count, named: name)
  }
}
