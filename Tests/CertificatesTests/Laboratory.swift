import Certificates
import Foundation
import Networks
import Perturbations
import Torch

/// Small networks and examples that tests share.
enum Laboratory {
  static func generator(_ purpose: String, _ seed: Int = 0) -> Generator {
    Generator(seed: UInt64(seed), purpose: purpose)
  }

  /// A frozen network of one linear layer.
  static func linear(inputs: Int, classes: Int, seed: Int = 1) -> (FrozenNetwork, Linear) {
    let layer = Linear(inputs, classes, using: generator("weights", seed))
    return (FrozenNetwork(layer, inputShape: [inputs], classCount: classes), layer)
  }

  /// Examples in the unit box, with the labels that the model gives them, so that all are right.
  static func batch(_ count: Int, of model: any Classifier, seed: Int = 2) throws -> Batch {
    let inputs = Tensor.uniform([count] + model.inputShape, using: generator("inputs", seed))
    let labels = try model.logits(inputs).argmax(along: 1)
    return Batch(inputs: inputs, labels: labels, indices: Array(0..<count))
  }

  /// Running statistics and scales as training leaves them, not 0 and 1.
  static func shake(_ network: any Layer, seed: Int) {
    let generator = generator("shake", seed)
    for (name, buffer) in network.namedBuffers {
      let shape = buffer.wrappedValue.shape
      if name.hasSuffix("running_mean") {
        buffer.wrappedValue = .normal(shape, standardDeviation: 0.3, using: generator)
      } else if name.hasSuffix("running_var") {
        buffer.wrappedValue = .uniform(shape, in: 0.3...1.5, using: generator)
      }
    }
    for (_, parameter) in network.namedParameters where parameter.value.rank == 1 {
      let noise = Tensor.normal(
        parameter.value.shape, standardDeviation: 0.3, using: generator)
      parameter.replace(with: parameter.value.detached() + noise)
    }
  }

  /// A network for every kind of layer, with the shape of its inputs.
  static let networks: [(name: String, shape: [Int])] = [
    ("mlp", [3, 2, 2]), ("mlp-batch-norm", [12]), ("smooth", [8]), ("convolutions", [2, 7, 7]),
    ("pools", [3, 8, 8]), ("residual", [2, 6, 6]), ("small-vgg", [3, 8, 8]),
    ("lenet", [1, 28, 28]),
    ("small-cnn", [1, 8, 8]), ("wide-resnet", [3, 8, 8]), ("normalised", [2, 5, 5]),
    ("strided-cnn", [1, 8, 8]), ("no-head", [6]),
    ("lipschitz-mlp", [7]), ("lipschitz-cnn", [1, 8, 8]),
  ]

  static func network(_ name: String, _ shape: [Int], seed: Int = 3) -> FrozenNetwork {
    let generator = generator("weights", seed)
    let layer = layer(name, generator)
    shake(layer, seed: seed)
    return FrozenNetwork(layer, inputShape: shape, classCount: 3)
  }

  private static func layer(_ name: String, _ generator: Generator) -> any Layer {
    switch name {
    case "mlp": MLP(widths: [12, 20, 16, 3], dropout: 0.5, noise: 0.1, using: generator)
    case "mlp-batch-norm": MLP(widths: [12, 16, 3], hasBatchNorm: true, using: generator)
    case "smooth": smooth(generator)
    case "convolutions": convolutions(generator)
    case "pools": pools(generator)
    case "residual": residual(generator)
    case "small-vgg": SmallVGG(classCount: 3, width: 4, using: generator)
    case "lenet": LeNet(classCount: 3, using: generator)
    case "small-cnn": SmallCNN(side: 8, classCount: 3, width: 4, hidden: 12, using: generator)
    case "strided-cnn": StridedCNN(side: 8, classCount: 3, width: 4, hidden: 10, using: generator)
    case "wide-resnet":
      WideResNet(depth: 10, widen: 1, classCount: 3, dropout: 0.2, slope: 0.1, using: generator)
    case "lipschitz-mlp": LipschitzMLP(widths: [7, 12, 12, 3], using: generator)
    case "lipschitz-cnn":
      LipschitzCNN(side: 8, outputs: 3, width: 4, hidden: 8, using: generator)
    case "normalised": normalised(generator)
    default:
      Sequential {
        Linear(6, 10, using: generator)
        Activation.relu()
        Linear(10, 3, using: generator)
        Activation.tanh()
      }
    }
  }

  private static func smooth(_ generator: Generator) -> any Layer {
    let activations: [Activation] = [
      .tanh(), .sigmoid(), .silu(), .gelu(), .softplus(), .elu(), .leakyReLU(slope: -0.3),
    ]
    return Sequential {
      for activation in activations {
        Linear(8, 8, using: generator)
        activation
      }
      Linear(8, 3, using: generator)
    }
  }

  private static func convolutions(_ generator: Generator) -> any Layer {
    Sequential {
      Conv2D(2, 4, kernel: 3, stride: 2, padding: 1, using: generator)
      Activation.relu()
      Conv2D(4, 6, kernel: 3, padding: 2, dilation: 2, groups: 2, using: generator)
      Activation.relu()
      Conv2D(6, 4, kernel: 2, hasBias: false, using: generator)
      Flatten()
      Linear(36, 3, using: generator)
    }
  }

  private static func pools(_ generator: Generator) -> any Layer {
    Sequential {
      Conv2D(3, 4, kernel: 3, padding: 1, using: generator)
      MaxPool2D(3, stride: 2, padding: 1)
      Activation.leakyReLU()
      AveragePool2D(2, stride: 1)
      BatchNorm(4)
      GlobalAveragePool()
      Linear(4, 3, using: generator)
    }
  }

  private static func residual(_ generator: Generator) -> any Layer {
    Sequential {
      Residual(
        Sequential {
          Conv2D(2, 2, kernel: 3, padding: 1, using: generator)
          Activation.relu()
        })
      Residual(
        Conv2D(2, 4, kernel: 3, stride: 2, padding: 1, using: generator),
        shortcut: Conv2D(2, 4, kernel: 1, stride: 2, using: generator))
      Flatten()
      Linear(36, 3, using: generator)
    }
  }

  private static func normalised(_ generator: Generator) -> any Layer {
    Sequential {
      Normalise(mean: [0.3, 0.6], standardDeviation: [0.2, 0.4])
      Conv2D(2, 4, kernel: 3, padding: 1, using: generator)
      Activation.relu()
      Flatten()
      Linear(100, 3, using: generator)
    }
  }
}
