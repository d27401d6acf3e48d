import Torch

/// A vector for every word: tokens `[N, L]` (int64) to `[N, L, E]`, zeros for padding, which is token 0.
///
/// The radius of a perturbation means something only beside the length of the vectors, and a network
/// can escape from any radius by making them longer. Normalised, every coordinate has mean 0 and
/// variance 1 over the words of the training texts, so that it cannot (Miyato et al., "Adversarial
/// training methods for semi-supervised text classification", ICLR 2017, section 3):
///
///     v̄ = (v - m) / √s,  m = Σ fⱼ vⱼ,  s = Σ fⱼ (vⱼ - m)²
public final class WordEmbedding: Layer {
  /// What is trained, `[V, E]`: the vectors before they are normalised.
  @Parameter public var weight: Tensor
  /// How frequent every word is, `[V, 1]`; vectors are not normalised without it.
  private let frequencies: Buffer?

  /// A layer with normal vectors.
  ///
  /// - Parameters:
  ///   - count: the number of words, padding included.
  ///   - frequencies: how frequent every word is, padding left out, `count` numbers whose sum is 1;
  ///     vectors are not normalised when `nil`. They are saved with the weights.
  public init(
    count: Int, size: Int, standardDeviation: Double = 1, frequencies: [Double]? = nil,
    using generator: Generator
  ) {
    precondition(frequencies.map(\.count) ?? count == count, "not a frequency for each word")
    _weight = Parameter(
      wrappedValue: .normal(
        [count, size], standardDeviation: standardDeviation, using: generator))
    self.frequencies = frequencies.map {
      Buffer(wrappedValue: Tensor($0, shape: [count, 1]).to(.float32))
    }
  }

  /// How many numbers a vector has.
  public var size: Int { weight.size(1) }

  /// The vectors of all words, `[V, E]`, with their history.
  public var vectors: Tensor {
    guard let frequencies = frequencies?.wrappedValue else { return weight }
    let centred = weight - (weight * frequencies).sum(along: 0)
    let variance = (centred.squared() * frequencies).sum(along: 0)
    // Published code adds as much, lest a coordinate that is the same for all words divides by zero.
    return centred / (variance + 1e-6).sqrt()
  }

  /// Looks up.
  public func callAsFunction(_ input: Tensor, _ pass: Pass) -> Tensor {
    vectors.embedding(input) * mask(of: input)
  }

  /// One for a word and zero for padding, `[N, L, 1]`.
  public func mask(of input: Tensor) -> Tensor {
    TokenMask.mask(input, dtype: weight.dtype)
  }

  /// The layer in TorchScript.
  public var scriptSource: String {
    let vectors =
      frequencies == nil
      ? "w = self.weight"
      : """
      c = self.weight - torch.sum(self.weight * self.frequencies, [0])
      w = c / torch.sqrt(torch.sum(c * c * self.frequencies, [0]) + 1e-6)
      """
    return """
      \(vectors)
      return torch.embedding(w, x) * torch.unsqueeze(torch.ne(x, 0), 2).to(w.dtype)
      """
  }
}
