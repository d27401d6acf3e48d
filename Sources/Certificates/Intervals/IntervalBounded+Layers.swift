import Networks
import Torch

extension Linear: IntervalBounded {
  /// Centre and half width go through the weights and their absolute values.
  public func intervals(_ inputs: Intervals) -> Intervals {
    let weight = weight.detached().to(.float64)
    let magnitude = weight.abs()
    return inputs.mapped(
      terms: weight.size(1), { $0.linear(weight) }, absolute: { $0.linear(magnitude) },
      bias: bias?.value.detached().to(.float64))
  }
}

extension Conv2D: IntervalBounded {
  /// Centre and half width go through the weights and their absolute values.
  public func intervals(_ inputs: Intervals) -> Intervals {
    let weight = weight.detached().to(.float64)
    let magnitude = weight.abs()
    func convolved(_ input: Tensor, _ kernel: Tensor) -> Tensor {
      input.convolved2D(
        kernel, stride: [stride, stride], padding: [padding, padding],
        dilation: [dilation, dilation], groups: groups)
    }
    return inputs.mapped(
      terms: weight.count / weight.size(0), { convolved($0, weight) },
      absolute: { convolved($0, magnitude) },
      bias: bias?.value.detached().to(.float64).perChannel(rank: 4))
  }
}

extension BatchNorm: IntervalBounded {
  /// A scale and an offset for every channel.
  public func intervals(_ inputs: Intervals) -> Intervals {
    let affine = affine
    let rank = inputs.lower.rank
    let scale = affine.scale.perChannel(rank: rank)
    let magnitude = scale.abs()
    return inputs.mapped(
      terms: 1, { $0 * scale }, absolute: { $0 * magnitude },
      bias: affine.offset.perChannel(rank: rank),
      biasMagnitude: affine.offsetMagnitude.perChannel(rank: rank))
  }
}

extension Normalise: IntervalBounded {
  /// A positive scale and an offset for every channel.
  public func intervals(_ inputs: Intervals) -> Intervals {
    let scale = 1 / std.to(.float64)
    let magnitude = scale.abs()
    return inputs.mapped(
      terms: 1, { $0 * scale }, absolute: { $0 * magnitude }, bias: mean.to(.float64) * -scale)
  }
}

extension AveragePool2D: IntervalBounded {
  /// Means keep order.
  public func intervals(_ inputs: Intervals) -> Intervals {
    func pooled(_ input: Tensor) -> Tensor { input.averagePooled2D(size: size, stride: stride) }
    return inputs.mapped(terms: size * size, pooled, absolute: pooled)
  }
}

extension GlobalAveragePool: IntervalBounded {
  /// Means keep order.
  public func intervals(_ inputs: Intervals) -> Intervals {
    let places = inputs.lower.shape.dropFirst(2).reduce(1, *)
    func pooled(_ input: Tensor) -> Tensor { input.mean(along: 2, 3) }
    return inputs.mapped(terms: places, pooled, absolute: pooled)
  }
}

extension MaxPool2D: IntervalBounded {
  /// Maxima keep order and are not rounded.
  public func intervals(_ inputs: Intervals) -> Intervals {
    inputs.map { $0.maxPooled2D(size: size, stride: stride, padding: padding) }
  }
}

extension Activation: IntervalBounded {
  /// A function that falls up to a place and then rises is lowest where the interval comes nearest to
  /// that place, and highest at one of its ends. Of a function of which nothing is known nothing is
  /// said: all numbers.
  public func intervals(_ inputs: Intervals) -> Intervals {
    guard let curve else {
      let nothing = Tensor.full(like: inputs.lower, .infinity)
      return Intervals(lower: -nothing, upper: nothing)
    }
    let ends = inputs.map { self($0) }
    guard curve.turningPoint.isFinite else { return ends.rounded(absolute: 0) }
    let lowest = self(
      Tensor.full(like: inputs.lower, curve.turningPoint)
        .clamped(from: inputs.lower, through: inputs.upper))
    return Intervals(lower: lowest, upper: ends.lower.maximum(ends.upper)).rounded(absolute: 1)
  }
}

extension Intervals {
  /// Room for what libtorch's functions are wrong by: a few units of the last place, of the value
  /// itself and, where it is a difference that cancels, of numbers around `absolute`.
  fileprivate func rounded(absolute: Double) -> Intervals {
    widened(by: (lower.abs().maximum(upper.abs()) + absolute) * (16 * Rounding.unit))
  }
}

extension Flatten: IntervalBounded {
  /// The same intervals.
  public func intervals(_ inputs: Intervals) -> Intervals { inputs.map { $0.flattened(from: 1) } }
}

extension Dropout: IntervalBounded {
  /// The same intervals: a finished network drops nothing.
  public func intervals(_ inputs: Intervals) -> Intervals { inputs }
}

extension GaussianNoiseLayer: IntervalBounded {
  /// The same intervals: a finished network adds nothing.
  public func intervals(_ inputs: Intervals) -> Intervals { inputs }
}
