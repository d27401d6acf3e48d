import Torch

/// Where texts have words, and where they are only filled up with token 0.
public struct TokenMask {
  /// The words' positions up to the last that any of the texts has, `[N, L']`, at least 1 of them.
  public let tokens: Tensor
  /// One for a word and zero for padding, `[N, L', 1]`.
  public let mask: Tensor

  /// The texts without the columns at the end that are padding for all of them.
  ///
  /// Whatever comes after cannot depend on how much padding there was, to the last bit.
  init(_ input: Tensor, dtype: DType) {
    let used = input.notEqual(to: 0).any(along: 0).values(as: Bool.self)
    let length = max(1, (used.lastIndex(of: true) ?? 0) + 1)
    tokens = input.narrowed(to: 0..<length, along: 1)
    mask = TokenMask.mask(tokens, dtype: dtype)
  }

  /// The number of positions that are left.
  public var length: Int { tokens.size(1) }

  /// One for a word and zero for padding, `[N, L, 1]`.
  static func mask(_ tokens: Tensor, dtype: DType) -> Tensor {
    tokens.notEqual(to: 0).to(dtype).unsqueezed(2)
  }
}
