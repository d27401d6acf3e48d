import Torch

/// Convolutions over words, each with its largest response, and a linear layer (Kim, "Convolutional
/// neural networks for sentence classification", EMNLP 2014, with vectors that begin at random).
///
/// Texts are tokens `[N, L]`, int64, filled up with 0. Every window that holds at least one word
/// counts, also where it reaches beyond an end, and no other: logits do not depend on padding.
public final class TextCNN: TextClassifier {
  /// The vectors of words.
  public let embedding: WordEmbedding
  private let convolutions: [Conv1D]
  private let dropout: Dropout
  private let classifier: Linear
  private let windows: [Int]

  /// A network with random weights.
  ///
  /// - Parameters:
  ///   - embedding: the vectors of words, `[V, E]`.
  ///   - windows: how many words each convolution sees.
  ///   - filters: how many responses each convolution has.
  ///   - dropout: the share of responses that is dropped while training.
  public init(
    embedding: WordEmbedding, windows: [Int] = [3, 4, 5], filters: Int = 100,
    dropout: Double = 0.5, classCount: Int, using generator: Generator
  ) {
    precondition(!windows.isEmpty && windows.allSatisfy { $0 > 0 }, "windows of \(windows)")
    self.embedding = embedding
    convolutions = windows.map {
      Conv1D(embedding.size, filters, kernel: $0, padding: $0 - 1, using: generator)
    }
    self.dropout = Dropout(dropout)
    classifier = Linear(windows.count * filters, classCount, using: generator)
    self.windows = windows
  }

  /// The logits `[N, K]`.
  public func logits(ofWords vectors: Tensor, in texts: TokenMask, _ pass: Pass) -> Tensor {
    let channels = vectors.transposed(1, 2)
    let words = texts.mask.transposed(1, 2)
    let responses = zip(windows, convolutions).map { size, convolution in
      let isUsed = words.padded([size - 1, size - 1]).maxPooled1D(size: size, stride: 1)
      // Responses are not negative, so a window without a word, at 0, is never larger than others.
      return (convolution(channels, pass).relu() * isUsed).max(along: 2)
    }
    return classifier(dropout(Tensor.concatenated(responses, along: 1), pass), pass)
  }

  /// The network in TorchScript.
  public var scriptSource: String {
    let branches = windows.enumerated().map { index, size in
      """
      u = torch.max_pool1d(torch.constant_pad_nd(m, [\(size - 1), \(size - 1)], 0.0), \
      [\(size)], [1], [0], [1], False)
      r\(index) = torch.amax(torch.relu(getattr(self.convolutions, "\(index)").forward(v)) * u, [2])

      """
    }
    let names = windows.indices.map { "r\($0)" }.joined(separator: ", ")
    return """
      e = self.embedding.forward(x)
      k = torch.unsqueeze(torch.ne(x, 0), 2).to(e.dtype)
      v = torch.transpose(e, 1, 2)
      m = torch.transpose(k, 1, 2)
      \(branches.joined())return self.classifier.forward(torch.cat([\(names)], 1))
      """
  }
}
