/// What single precision can add to the exact result of a layer.
///
/// Certificates are computed in double precision, but the model that is used computes in single
/// precision, in an order nobody promises. A sum of `n` products differs from the exact one by at most
/// `γ(n) Σ |aᵢ bᵢ|` in any order (Higham, "Accuracy and stability of numerical algorithms", 2002,
/// section 3.1). Underflow and convolutions by transforms, which libtorch does not choose on
/// processors, are left out.
enum Rounding {
  /// Half the distance from 1 to the next number in single precision.
  static let unit = 0x1p-24

  /// `γ(n) = n u / (1 - n u)`.
  static func gamma(_ terms: Int) -> Double {
    let share = Double(terms) * unit
    return share < 0.5 ? share / (1 - share) : .infinity
  }
}
