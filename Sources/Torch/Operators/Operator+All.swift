extension Operator {
  /// Every operator that is declared; a test resolves them all.
  package static let all: [Operator] =
    arithmetic
    + comparison
    + reduction
    + shape
    + indexing
    + linearAlgebra
    + network
    + creation
    + inPlace
}
