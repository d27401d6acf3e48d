import Torch

/// A wide residual network with pre-activation (Zagoruyko and Komodakis, BMVC 2016).
public final class WideResNet: Chain {
  private let stem: Conv2D
  private let blocks: [WideBlock]
  private let norm: BatchNorm
  private let classifier: Linear
  private let slope: Double

  /// A network with random weights.
  ///
  /// - Parameters:
  ///   - depth: `6 n + 4` for n blocks a stage.
  ///   - widen: how many times as many channels as 16, 32, 64.
  ///   - slope: of the leaky rectified units; 0 for plain ones.
  public init(
    depth: Int = 28, widen: Int = 2, channels: Int = 3, classCount: Int = 10,
    dropout: Double = 0, momentum: Double = 0.1, slope: Double = 0, using generator: Generator
  ) {
    precondition(depth >= 10 && (depth - 4) % 6 == 0, "the depth \(depth) is not 6 n + 4")
    stem = Conv2D(
      channels, 16, kernel: 3, padding: 1, hasBias: false, initialiser: .kaimingNormal,
      using: generator)
    var blocks: [WideBlock] = []
    var inputs = 16
    for (stage, outputs) in [16 * widen, 32 * widen, 64 * widen].enumerated() {
      for index in 0..<(depth - 4) / 6 {
        blocks.append(
          WideBlock(
            inputs, outputs, stride: stage > 0 && index == 0 ? 2 : 1, dropout: dropout,
            momentum: momentum, slope: slope, using: generator))
        inputs = outputs
      }
    }
    self.blocks = blocks
    norm = BatchNorm(inputs, momentum: momentum)
    classifier = Linear(inputs, classCount, using: generator)
    self.slope = slope
  }

  /// Logits `[N, K]` of images `[N, C, S, S]`.
  public func callAsFunction(_ input: Tensor, _ pass: Pass) -> Tensor {
    let features = blocks.reduce(stem(input, pass)) { $1($0, pass) }
    return classifier(norm(features, pass).leakyRelu(slope: slope).mean(along: 2, 3), pass)
  }

  /// The network as a chain.
  public var stages: [any Layer] {
    [stem] + blocks + [norm, Activation.leakyReLU(slope: slope), GlobalAveragePool(), classifier]
  }

  /// The network in TorchScript.
  public var scriptSource: String {
    let body = blocks.indices.map { "x = getattr(self.blocks, \"\($0)\").forward(x)\n" }.joined()
    return """
      x = self.stem.forward(x)
      \(body)x = self.norm.forward(x)
      x = torch.where(x > 0, x, x * \(slope))
      return self.classifier.forward(torch.mean(x, [2, 3]))
      """
  }
}

/// Two 3x3 convolutions, each after normalisation and activation, around a shortcut.
final class WideBlock: Chain {
  private let norm1: BatchNorm
  private let conv1: Conv2D
  private let norm2: BatchNorm
  private let dropout: Dropout
  private let conv2: Conv2D
  private let shortcut: Conv2D?
  private let slope: Double

  init(
    _ inputs: Int, _ outputs: Int, stride: Int, dropout: Double, momentum: Double, slope: Double,
    using generator: Generator
  ) {
    norm1 = BatchNorm(inputs, momentum: momentum)
    conv1 = Conv2D(
      inputs, outputs, kernel: 3, stride: stride, padding: 1, hasBias: false,
      initialiser: .kaimingNormal, using: generator)
    norm2 = BatchNorm(outputs, momentum: momentum)
    self.dropout = Dropout(dropout)
    conv2 = Conv2D(
      outputs, outputs, kernel: 3, padding: 1, hasBias: false, initialiser: .kaimingNormal,
      using: generator)
    shortcut =
      inputs == outputs && stride == 1
      ? nil
      : Conv2D(
        inputs, outputs, kernel: 1, stride: stride, hasBias: false, initialiser: .kaimingNormal,
        using: generator)
    self.slope = slope
  }

  func callAsFunction(_ input: Tensor, _ pass: Pass) -> Tensor {
    let active = norm1(input, pass).leakyRelu(slope: slope)
    let hidden = norm2(conv1(active, pass), pass).leakyRelu(slope: slope)
    return conv2(dropout(hidden, pass), pass) + (shortcut?(active, pass) ?? input)
  }

  var stages: [any Layer] {
    let activate: [any Layer] = [norm1, Activation.leakyReLU(slope: slope)]
    let body: [any Layer] = [
      conv1, norm2, Activation.leakyReLU(slope: slope), dropout, conv2,
    ]
    // A block that changes the shape activates before it branches, one that does not after.
    return shortcut == nil
      ? [Residual(Sequential(activate + body))]
      : activate + [Residual(Sequential(body), shortcut: shortcut)]
  }

  var scriptSource: String {
    """
    a = self.norm1.forward(x)
    a = torch.where(a > 0, a, a * \(slope))
    h = self.norm2.forward(self.conv1.forward(a))
    h = torch.where(h > 0, h, h * \(slope))
    return self.conv2.forward(h) + \(shortcut == nil ? "x" : "self.shortcut.forward(a)")
    """
  }
}
