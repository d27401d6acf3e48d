/// Where each row and each column of a picture comes from; nil is black.
///
/// Shifts, flips and crops act on rows and columns separately, so any chain of them is one such map
/// and the pixels are copied once.
struct PixelMap: Equatable {
  var rows: [Int?]
  var columns: [Int?]

  /// Part of a list that goes on beyond its ends as `padding` says.
  static func window(
    _ list: [Int?], from start: Int, count: Int, _ padding: Augmentation.Padding
  ) -> [Int?] {
    (start..<(start + count)).map { position in
      if list.indices.contains(position) { return list[position] }
      guard padding == .reflect else { return nil }
      let mirrored = position < 0 ? -position : 2 * (list.count - 1) - position
      return list.indices.contains(mirrored) ? list[mirrored] : nil
    }
  }

  /// Copies a picture of `channels` planes.
  func copy(
    _ source: UnsafeBufferPointer<Float>, channels: Int, height: Int, width: Int,
    into target: UnsafeMutableBufferPointer<Float>
  ) {
    let columns = columns.map { $0 ?? -1 }
    var position = 0
    for channel in 0..<channels {
      for row in rows {
        let start = (channel * height + (row ?? 0)) * width
        for column in columns {
          let value = row == nil || column < 0 ? 0 : source[start + column]
          target.initializeElement(at: position, to: value)
          position += 1
        }
      }
    }
  }
}
