import Networks
import Torch

/// The gradients of every example's own loss, in one backward pass for the whole batch.
///
/// Of a linear map the gradient of an example is the product of its slopes at the outputs and its inputs, whose
/// length is the product of both lengths (Goodfellow, "Efficient per-example gradient computations", arXiv
/// 1510.01799); of a convolution it is a product of slopes and windows over places. Both are known from what the
/// layer sees and from the gradient at its outputs.
struct PerSampleGradients {
  /// The squared length of every example's gradient over all weights, `[N]`.
  let squaredLengths: Tensor
  private let parts: [Part]

  private struct Part {
    let weight: Parameter
    let bias: Parameter?
    let inputs: Tensor
    let slopes: Tensor
    /// The gradients themselves where they are not a product, `[N, out, in · k · k]`.
    let products: Tensor?
  }

  /// Whether all of some weights are those of linear maps of vectors and of convolutions without groups.
  static func isPossible(_ model: any Layer, _ parameters: [Parameter]) -> Bool {
    let known = model.flatStages.flatMap { stage -> [Parameter] in
      if let convolution = stage as? Conv2D {
        return convolution.groups == 1 ? stage.parameters : []
      }
      return stage is Linear ? stage.parameters : []
    }
    let boxes = Set(known.map(ObjectIdentifier.init))
    return parameters.allSatisfy { boxes.contains(ObjectIdentifier($0)) }
  }

  /// The gradients of a loss, a mean over the examples of a step of what depends on their own logits.
  ///
  /// - Parameters:
  ///   - step: a step whose logits nobody has asked for yet, so that they come from the activations.
  ///   - parameters: the weights that are trained.
  ///   - makeLoss: the loss of the step's logits.
  init(
    in step: StepContext, parameters: [Parameter], of makeLoss: () throws -> Tensor
  ) rethrows {
    let boxes = Set(parameters.map(ObjectIdentifier.init))
    let (stages, activations) = (step.model.flatStages, step.activations)
    let loss = try makeLoss()
    let trained = stages.indices.filter { index in
      stages[index].parameters.contains { boxes.contains(ObjectIdentifier($0)) }
    }
    let count = Double(step.batch.count)
    let slopes = gradients(of: loss, withRespectTo: trained.map { activations[$0] })
    var parts: [Part] = []
    var lengths = Tensor.zeros([step.batch.count])
    for (index, slope) in zip(trained, slopes) {
      let input = (index == 0 ? step.batch.inputs : activations[index - 1]).detached()
      guard let part = Self.part(stages[index], input, slope.detached() * count) else { continue }
      lengths = lengths + Self.squaredLengths(part)
      parts.append(part)
    }
    self.parts = parts
    squaredLengths = lengths
  }

  private static func part(_ stage: any Layer, _ input: Tensor, _ slopes: Tensor) -> Part? {
    if let linear = stage as? Linear {
      return Part(
        weight: linear.$weight, bias: linear.bias, inputs: input, slopes: slopes, products: nil)
    }
    guard let convolution = stage as? Conv2D else { return nil }
    let windows = windows(of: input, convolution)
    let flat = slopes.flattened(from: 2).contiguous()
    return Part(
      weight: convolution.$weight, bias: convolution.bias, inputs: input, slopes: flat,
      products: flat.matmul(windows))
  }

  /// What a kernel sees at every place, `[N, places, in · k · k]`.
  private static func windows(of input: Tensor, _ layer: Conv2D) -> Tensor {
    let kernel = layer.weight.size(2)
    let padding = layer.padding
    let reach = layer.dilation * (kernel - 1) + 1
    let padded =
      padding > 0 ? input.contiguous().padded([padding, padding, padding, padding]) : input
    let all = padded.windows(along: 2, size: reach, step: layer.stride)
      .windows(along: 3, size: reach, step: layer.stride)
    // [N, C, h, w, reach, reach], of which a dilated kernel sees some.
    let places = Tensor(Array(stride(from: 0, to: reach, by: layer.dilation))).to(input.device)
    let seen =
      layer.dilation == 1
      ? all : all.selecting(places, along: 4).selecting(places, along: 5)
    let (rows, height, width) = (seen.size(0), seen.size(2), seen.size(3))
    return seen.permuted(0, 2, 3, 1, 4, 5).reshaped(rows, height * width, -1)
  }

  private static func squaredLengths(_ part: Part) -> Tensor {
    if let products = part.products {
      let weights = products.squared().sum(along: 1, 2)
      return part.bias == nil
        ? weights : weights + part.slopes.sum(along: 2).squared().sum(along: 1)
    }
    let slopes = part.slopes.squared().sum(along: 1)
    let inputs = part.inputs.squared().sum(along: 1)
    return slopes * (part.bias == nil ? inputs : inputs + 1)
  }

  /// `Σ c_i g_i` for every weight.
  ///
  /// - Parameter factors: c, `[N]`.
  func sum(times factors: Tensor, for parameters: [Parameter]) -> [Tensor] {
    var sums: [ObjectIdentifier: Tensor] = [:]
    for part in parts {
      let shape = part.weight.value.shape
      if let products = part.products {
        let row = factors.unsqueezed(0)
        sums[ObjectIdentifier(part.weight)] =
          row.matmul(products.flattened(from: 1)).reshaped(shape)
        part.bias.map {
          sums[ObjectIdentifier($0)] = row.matmul(part.slopes.sum(along: 2)).squeezed(0)
        }
      } else {
        let slopes = part.slopes * factors.unsqueezed(1)
        sums[ObjectIdentifier(part.weight)] = slopes.transposed().matmul(part.inputs)
        part.bias.map { sums[ObjectIdentifier($0)] = slopes.sum(along: 0) }
      }
    }
    return parameters.map {
      sums[ObjectIdentifier($0)] ?? Tensor.zeros(like: $0.value.detached())
    }
  }
}
