import Datasets
import Torch

extension Prior {
  /// The standard deviation of the pixels of some images in [-1, 1], around their mean: what
  /// preconditioning is told of the data.
  ///
  /// - Throws: ``DiffusionError/images(name:shape:expected:)`` unless the data are images in [0, 1].
  public static func deviation(of data: Dataset) throws(DiffusionError) -> Double {
    guard data.inputShape.count == 3, data.range == 0...1 else {
      throw .images(name: data.name, shape: data.inputShape, expected: [1, 28, 28])
    }
    var (sum, squares, count) = (0.0, 0.0, 0.0)
    for start in stride(from: 0, to: data.count, by: 1000) {
      let batch = data.batch(Array(start..<min(start + 1000, data.count)))
      let images = PixelRange().scaled(batch.inputs).to(.float64)
      sum += images.sum().item
      squares += images.squared().sum().item
      count += Double(images.count)
    }
    let mean = sum / count
    return max(1e-3, squares / count - mean * mean).squareRoot()
  }
}
