import Torch

/// Long short-term memory that reads sequences from left to right: `[N, L, in]` to `[N, L, H]`.
///
/// Weights have the names and shapes of PyTorch's `nn.LSTM` with one layer and `batch_first`.
public final class LSTM: Layer {
  @Parameter private var weightIhL0: Tensor
  @Parameter private var weightHhL0: Tensor
  @Parameter private var biasIhL0: Tensor
  @Parameter private var biasHhL0: Tensor

  /// A layer with PyTorch's random weights, uniform in ±1/√hidden.
  public init(_ inputs: Int, _ hidden: Int, using generator: Generator) {
    let bound = 1 / Double(max(1, hidden)).squareRoot()
    func draw(_ shape: [Int]) -> Parameter {
      Parameter(wrappedValue: .uniform(shape, in: -bound...bound, using: generator))
    }
    _weightIhL0 = draw([4 * hidden, inputs])
    _weightHhL0 = draw([4 * hidden, hidden])
    _biasIhL0 = draw([4 * hidden])
    _biasHhL0 = draw([4 * hidden])
  }

  /// The hidden states at every position.
  public func callAsFunction(_ input: Tensor, _ pass: Pass) -> Tensor {
    input.longShortTermMemory(
      inputWeight: weightIhL0, hiddenWeight: weightHhL0, inputBias: biasIhL0,
      hiddenBias: biasHhL0)
  }

  /// The layer in TorchScript.
  public var scriptSource: String {
    """
    h = torch.zeros([1, x.size(0), self.weight_hh_l0.size(1)], dtype=x.dtype, device=x.device)
    w = [self.weight_ih_l0, self.weight_hh_l0, self.bias_ih_l0, self.bias_hh_l0]
    return torch.lstm(x, [h, h], w, True, 1, 0.0, False, False, True)[0]
    """
  }
}
