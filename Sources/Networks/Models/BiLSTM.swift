import Torch

/// Long short-term memory in both directions, the mean of its states over the words, and a linear
/// layer (Graves and Schmidhuber, Neural Networks 2005).
///
/// Texts are tokens `[N, L]`, int64, filled up with 0. The second direction reads every text from its
/// own last word on, and padding has no part in the mean: logits do not depend on padding.
public final class BiLSTM: TextClassifier {
  /// The vectors of words.
  public let embedding: WordEmbedding
  private let forwards: LSTM
  private let backwards: LSTM
  private let dropout: Dropout
  private let classifier: Linear

  /// A network with random weights.
  ///
  /// - Parameters:
  ///   - embedding: the vectors of words, `[V, E]`.
  ///   - hidden: the number of states of each direction.
  ///   - dropout: the share of the mean states that is dropped while training.
  public init(
    embedding: WordEmbedding, hidden: Int = 128, dropout: Double = 0.5, classCount: Int,
    using generator: Generator
  ) {
    self.embedding = embedding
    forwards = LSTM(embedding.size, hidden, using: generator)
    backwards = LSTM(embedding.size, hidden, using: generator)
    self.dropout = Dropout(dropout)
    classifier = Linear(2 * hidden, classCount, using: generator)
  }

  /// The logits `[N, K]`.
  public func logits(ofWords vectors: Tensor, in texts: TokenMask, _ pass: Pass) -> Tensor {
    let reversed = vectors.gathering(reversal(texts).expanded(vectors.shape), along: 1)
    // A direction's states at words do not depend on what comes after them, so padding at the end
    // is left out by leaving out its own states; the mean is the same in either order.
    let states = Tensor.concatenated(
      [forwards(vectors, pass), backwards(reversed, pass)], along: 2)
    let count = texts.mask.sum(along: 1).clamped(to: 1...)
    let mean = (states * texts.mask).sum(along: 1) / count
    return classifier(dropout(mean, pass), pass)
  }

  /// Where the words of each text come from when it is read backwards, `[N, L, 1]`; padding stays.
  private func reversal(_ texts: TokenMask) -> Tensor {
    let isWord = texts.tokens.notEqual(to: 0)
    let positions = Tensor.range(0..<texts.length).to(texts.tokens.device).unsqueezed(0)
    // Past the last word; gaps inside a text are read as they stand.
    let ends = (positions + 1) * isWord.to(.int64)
    let count = ends.max(along: 1, keepingDimensions: true)
    let mirrored = count - 1 - positions
    return mirrored.where(mirrored.greaterOrEqual(to: 0), else: positions).unsqueezed(2)
  }

  /// The network in TorchScript.
  public var scriptSource: String {
    """
    v = self.embedding.forward(x)
    w = torch.ne(x, 0)
    k = torch.unsqueeze(w, 2).to(v.dtype)
    p = torch.unsqueeze(torch.arange(x.size(1), device=x.device), 0)
    n = torch.amax((p + 1) * w.to(p.dtype), [1], True)
    q = n - 1 - p
    q = torch.unsqueeze(torch.where(q >= 0, q, p + torch.zeros_like(q)), 2)
    r = torch.gather(v, 1, q.expand(v.size()))
    s = torch.cat([self.forwards.forward(v), self.backwards.forward(r)], 2)
    c = torch.clamp_min(torch.sum(k, [1]), 1.0)
    return self.classifier.forward(torch.sum(s * k, [1]) / c)
    """
  }
}
