extension Plot.Plane {
  /// The boundary as curves: pieces that share an end are joined, so that dashes do not begin anew at every
  /// piece.
  package var curves: [[SIMD2<Double>]] {
    let pieces = boundary.compactMap { piece -> [SIMD2<Double>]? in
      guard piece.x.count == 2, piece.y.count == 2, (piece.x + piece.y).allSatisfy(\.isFinite)
      else { return nil }
      return [SIMD2(piece.x[0], piece.y[0]), SIMD2(piece.x[1], piece.y[1])]
    }
    var neighbours: [SIMD2<Double>: [Int]] = [:]
    for (index, piece) in pieces.enumerated() {
      for end in piece { neighbours[end, default: []].append(index) }
    }
    var isUsed = [Bool](repeating: false, count: pieces.count)
    /// Goes on from the last place of a curve for as long as exactly one piece leads on.
    func extended(_ curve: [SIMD2<Double>]) -> [SIMD2<Double>] {
      var curve = curve
      while let last = curve.last, let around = neighbours[last], around.count == 2,
        let next = around.first(where: { !isUsed[$0] })
      {
        isUsed[next] = true
        curve.append(pieces[next][0] == last ? pieces[next][1] : pieces[next][0])
      }
      return curve
    }
    return pieces.indices.compactMap { index in
      guard !isUsed[index] else { return nil }
      isUsed[index] = true
      return extended(extended(pieces[index]).reversed())
    }
  }
}
