/// How often a convolution sees one pixel.
///
/// A convolution is a matrix that multiplies patches. Cutting an image into patches lengthens it by at
/// most the square root of the largest number of patches that a pixel enters, counted as often as it enters:
/// that, and no average, makes a bound (Cisse et al., "Parseval networks", ICML 2017, for any padding).
public enum PatchMultiplicity {
  /// The largest number of times one of `size` pixels in a row enters a patch.
  ///
  /// - Returns: `nil` where the row is too short to be padded so, or for the kernel.
  public static func largest(
    size: Int, kernel: Int, stride: Int, padding: Int, mode: ConvolutionPadding, dilation: Int = 1
  ) -> Int? {
    let span = dilation * (kernel - 1) + 1
    guard size >= mode.leastSize(padding), size + 2 * padding >= span else { return nil }
    var counts = [Int](repeating: 0, count: size)
    for start in Swift.stride(from: -padding, through: size + padding - span, by: stride) {
      for place in 0..<kernel {
        let seen = mode.source(of: start + place * dilation, size: size)
        if let seen { counts[seen] += 1 }
      }
    }
    return counts.max()
  }

  /// The shortest row whose two edges know nothing of one another; any row where nothing is seen beyond
  /// an edge.
  public static func leastSize(kernel: Int, padding: Int, mode: ConvolutionPadding) -> Int {
    padding == 0 || mode == .zeros ? 1 : max(kernel, 2 * padding + 2)
  }

  /// The largest number for rows of at least ``leastSize(kernel:padding:mode:)``, of which the remainder by
  /// the stride matters alone.
  public static func largest(
    kernel: Int, stride: Int, padding: Int, mode: ConvolutionPadding
  ) -> Int {
    let least = leastSize(kernel: kernel, padding: padding, mode: mode)
    let counts = (least...(least + 2 * (kernel + stride + padding))).compactMap {
      largest(size: $0, kernel: kernel, stride: stride, padding: padding, mode: mode)
    }
    return counts.max() ?? 1
  }

  /// The factor by which cutting images into patches can lengthen them: rows and columns multiply.
  ///
  /// - Parameter imageSize: height and width; any that are at least
  ///   ``leastSize(kernel:padding:mode:)`` when `nil`.
  public static func factor(
    kernel: Int, stride: Int, padding: Int, mode: ConvolutionPadding, imageSize: [Int]? = nil
  ) -> Double {
    let all = largest(kernel: kernel, stride: stride, padding: padding, mode: mode)
    guard let imageSize else { return Double(all) }
    let counts = imageSize.map {
      largest(size: $0, kernel: kernel, stride: stride, padding: padding, mode: mode) ?? all
    }
    return counts.reduce(1.0) { $0 * Double($1) }.squareRoot()
  }
}
