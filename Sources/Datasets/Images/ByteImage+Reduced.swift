import Foundation

extension ByteImage {
  /// The middle square of the picture, brought to `side` by `side` pixels.
  ///
  /// Samples are weighted by a triangle as wide as two pixels of the result, or of the picture where that is the
  /// smaller one: Pillow's `resize` with `BILINEAR`.
  func square(side: Int) -> ByteImage {
    let edge = min(width, height)
    let (left, top) = ((width - edge) / 2, (height - edge) / 2)
    let taps = ByteImage.taps(from: edge, to: side)
    // Rows first, then columns, each rounded to a byte, as Pillow does.
    var narrow = [UInt8](repeating: 0, count: edge * side * channels)
    for row in 0..<edge {
      for (column, tap) in taps.enumerated() {
        for channel in 0..<channels {
          let first = ((top + row) * width + left + tap.first) * channels + channel
          narrow[(row * side + column) * channels + channel] = tap.sum {
            pixels[first + $0 * channels]
          }
        }
      }
    }
    var result = [UInt8](repeating: 0, count: side * side * channels)
    let line = side * channels
    for (row, tap) in taps.enumerated() {
      for place in 0..<line {
        result[row * line + place] = tap.sum { narrow[(tap.first + $0) * line + place] }
      }
    }
    return ByteImage(checkedWidth: side, height: side, channels: channels, pixels: result)
  }

  /// The weights of neighbouring samples that make one sample of the result.
  private struct Tap {
    var first: Int
    var weights: [Float]

    func sum(_ sample: (Int) -> UInt8) -> UInt8 {
      var total: Float = 0
      for index in weights.indices { total += weights[index] * Float(sample(index)) }
      return UInt8(min(255, max(0, (total + 0.5).rounded(.down))))
    }
  }

  private static func taps(from length: Int, to side: Int) -> [Tap] {
    let scale = Double(length) / Double(side)
    let reach = max(1, scale)
    return (0..<side).map { place in
      let centre = (Double(place) + 0.5) * scale
      let first = max(0, Int(centre - reach + 0.5))
      let last = max(first + 1, min(length, Int(centre + reach + 0.5)))
      let raw = (first..<last).map { max(0, 1 - abs(Double($0) + 0.5 - centre) / reach) }
      let total = raw.reduce(0, +)
      return Tap(first: first, weights: raw.map { Float($0 / total) })
    }
  }
}
