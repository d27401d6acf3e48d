import Foundation
import Torch

/// The lower triangular L with L L^T = A, for a symmetric, positive definite A.
struct CholeskyFactor: Sendable {
  private let rows: [[Double]]

  var dimension: Int { rows.count }

  /// `nil` when the matrix is not square, symmetric, finite and positive definite.
  init?(of matrix: [[Double]]) {
    let size = matrix.count
    guard size > 0, matrix.allSatisfy({ $0.count == size && $0.allSatisfy(\.isFinite) }) else {
      return nil
    }
    var rows = [[Double]](repeating: [Double](repeating: 0, count: size), count: size)
    for i in 0..<size {
      for j in 0...i {
        let scale = max(abs(matrix[i][i]), abs(matrix[j][j]))
        guard abs(matrix[i][j] - matrix[j][i]) <= 1e-12 * scale else { return nil }
        var value = matrix[i][j]
        for k in 0..<j { value -= rows[i][k] * rows[j][k] }
        if i == j {
          guard value > 0 else { return nil }
          rows[i][i] = value.squareRoot()
        } else {
          rows[i][j] = value / rows[j][j]
        }
      }
    }
    self.rows = rows
  }

  /// The logarithm of the determinant of A.
  var logDeterminant: Double {
    2 * rows.indices.reduce(0) { $0 + log(rows[$1][$1]) }
  }

  /// L v.
  func product(with vector: [Double]) -> [Double] {
    rows.indices.map { i in (0...i).reduce(0) { $0 + rows[i][$1] * vector[$1] } }
  }

  /// The x with L x = v.
  func solution(for vector: [Double]) -> [Double] {
    var x = vector
    for i in rows.indices {
      for j in 0..<i { x[i] -= rows[i][j] * x[j] }
      x[i] /= rows[i][i]
    }
    return x
  }
}

/// Orthonormal axes, evenly distributed: normal vectors made orthogonal one after the other.
func randomAxes(_ dimension: Int, _ stream: inout RandomStream) -> [[Double]] {
  var axes: [[Double]] = []
  while axes.count < dimension {
    var vector = (0..<dimension).map { _ in stream.normal() }
    // Twice is enough for orthogonality to the last bits.
    for _ in 0..<2 {
      for axis in axes {
        let share = zip(vector, axis).reduce(0) { $0 + $1.0 * $1.1 }
        for i in vector.indices { vector[i] -= share * axis[i] }
      }
    }
    let length = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
    if length > 1e-9 { axes.append(vector.map { $0 / length }) }
  }
  return axes
}

/// The covariance with these standard deviations along these axes (along the coordinates for `nil`).
func covariance(deviations: [Double], axes: [[Double]]?) -> [[Double]] {
  let size = deviations.count
  var matrix = [[Double]](repeating: [Double](repeating: 0, count: size), count: size)
  for k in 0..<size {
    let variance = deviations[k] * deviations[k]
    guard let axes else {
      matrix[k][k] = variance
      continue
    }
    for i in 0..<size {
      for j in 0..<size { matrix[i][j] += variance * (axes[k][i] * axes[k][j]) }
    }
  }
  return matrix
}
