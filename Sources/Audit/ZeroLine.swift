import Reports

/// Where a function on a grid is zero, as straight pieces (marching squares; Lorensen and Cline 1987 in
/// the plane): exact for a function that is linear.
package enum ZeroLine {
  /// The pieces.
  ///
  /// - Parameters:
  ///   - values: one list a row, one value a column; squares with one that is not finite are left out.
  ///   - x: the places of the columns, ascending.
  ///   - y: the places of the rows, ascending.
  package static func pieces(
    of values: [[Double]], x: [Double], y: [Double]
  ) -> [Plot.Plane.Segment] {
    var pieces: [Plot.Plane.Segment] = []
    for row in y.indices.dropLast() {
      for column in x.indices.dropLast() {
        // Round the square: the edge between two neighbours of this list is one of its sides.
        let corners = [(0, 0), (0, 1), (1, 1), (1, 0)].map { up, right in
          (
            place: SIMD2(x[column + right], y[row + up]), value: values[row + up][column + right]
          )
        }
        guard corners.allSatisfy(\.value.isFinite) else { continue }
        pieces += Self.pieces(of: corners)
      }
    }
    return pieces
  }

  private typealias Corner = (place: SIMD2<Double>, value: Double)

  private static func pieces(of corners: [Corner]) -> [Plot.Plane.Segment] {
    let crossings = (0..<4).compactMap { side -> SIMD2<Double>? in
      let ends = (corners[side], corners[(side + 1) % 4])
      guard (ends.0.value < 0) != (ends.1.value < 0) else { return nil }
      // From the same end in both squares of an edge, so that pieces meet to the last bit.
      let (a, b) = ends.0.value < 0 ? ends : (ends.1, ends.0)
      return a.place + (b.place - a.place) * (a.value / (a.value - b.value))
    }
    switch crossings.count {
    case 2: return [.init(from: crossings[0], to: crossings[1])]
    case 4:
      // A saddle: the middle says which opposite corners are joined.
      let middle = corners.reduce(0) { $0 + $1.value } / 4
      let joined = (middle < 0) == (corners[0].value < 0) ? [(0, 1), (2, 3)] : [(3, 0), (1, 2)]
      return joined.map { .init(from: crossings[$0.0], to: crossings[$0.1]) }
    default: return []
    }
  }
}
