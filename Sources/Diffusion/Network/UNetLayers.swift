import Networks
import Torch

/// Makes the layers of a U-Net with the initial weights of its layout.
///
/// DDPM++ draws from Glorot's uniform distribution without biases, ADM from PyTorch's; layers whose
/// outputs are added to others start at or near zero.
struct UNetLayers {
  /// What a layer does for the network.
  enum Role {
    case plain
    /// Its output is added to something.
    case added
    /// Makes queries, keys and values.
    case attention
  }

  let layout: UNetSettings.Layout
  let generator: Generator

  private var initialiser: Initialiser { layout == .song ? .xavierUniform : .torchDefault }

  private func gain(_ role: Role) -> Double {
    switch (layout, role) {
    case (_, .plain), (.adm, .attention): 1
    case (.song, .attention): 0.2.squareRoot()
    case (.song, .added): 1e-5
    case (.adm, .added): 0
    }
  }

  func convolution(_ inputs: Int, _ outputs: Int, kernel: Int, _ role: Role = .plain) -> Conv2D {
    let gain = gain(role)
    let weight = initialiser.weight([outputs, inputs, kernel, kernel], using: generator)
    let bias = initialiser.bias(outputs, fanIn: inputs * kernel * kernel, using: generator)
    return Conv2D(weight: weight * gain, bias: bias * gain, padding: kernel / 2)
  }

  func linear(_ inputs: Int, _ outputs: Int, hasBias: Bool = true) -> Linear {
    Linear(inputs, outputs, hasBias: hasBias, initialiser: initialiser, using: generator)
  }

  /// The map of conditions to embeddings: one linear layer, or two.
  func conditions(_ inputs: Int, hidden: Int?, _ outputs: Int) -> any Layer {
    if let hidden {
      return Sequential {
        linear(inputs, hidden)
        Activation.silu()
        linear(hidden, outputs)
      }
    }
    guard layout == .adm else { return linear(inputs, outputs) }
    // One-hot vectors have the length 1, whatever their width.
    let weight = Initialiser.lecunNormal.weight([outputs, inputs], using: generator)
    return Linear(weight: weight * Double(inputs).squareRoot(), bias: nil)
  }

  /// DDPM++ has an epsilon of its own.
  func norm(_ channels: Int) -> GroupNorm {
    GroupNorm(
      channels, groups: UNetPlan.groups(channels), epsilon: layout == .song ? 1e-6 : 1e-5)
  }
}
