import CTorch

extension Tensor {
  /// Zeros.
  public static func zeros(
    _ shape: [Int], dtype: DType = .float32, device: Device = .cpu
  ) -> Tensor {
    Operator.zeros(shape, dtype, Int?.none, device)
  }
  /// Ones.
  public static func ones(
    _ shape: [Int], dtype: DType = .float32, device: Device = .cpu
  ) -> Tensor {
    Operator.ones(shape, dtype, Int?.none, device)
  }
  /// One number everywhere.
  public static func full(
    _ shape: [Int], _ value: Double, dtype: DType = .float32, device: Device = .cpu
  ) -> Tensor {
    Operator.full(shape, value, dtype, Int?.none, device)
  }
  /// Zeros of the shape, type and device of another tensor.
  public static func zeros(like other: Tensor) -> Tensor { Operator.zerosLike(other) }
  /// Ones of the shape, type and device of another tensor.
  public static func ones(like other: Tensor) -> Tensor { Operator.onesLike(other) }
  /// One number, in the shape, type and device of another tensor.
  public static func full(like other: Tensor, _ value: Double) -> Tensor {
    Operator.fullLike(other, value)
  }
  /// The integers of a range, int64.
  public static func range(_ range: Range<Int>) -> Tensor {
    Operator.arange(range.lowerBound, range.upperBound, 1, DType.int64)
  }
  /// `count` equally spaced numbers from one end of a range to the other.
  public static func linspace(
    _ range: ClosedRange<Double>, count: Int, dtype: DType = .float32
  ) -> Tensor {
    Operator.linspace(range.lowerBound, range.upperBound, count, dtype)
  }
  /// The identity matrix.
  public static func identity(_ size: Int, dtype: DType = .float32) -> Tensor {
    Operator.eye(size, dtype)
  }

  // MARK: Random numbers

  /// Numbers drawn uniformly from a range.
  public static func uniform(
    _ shape: [Int], in range: ClosedRange<Double> = 0...1, dtype: DType = .float32,
    using generator: Generator
  ) -> Tensor {
    let width = range.upperBound - range.lowerBound
    return Operator.rand(shape, generator, dtype) * width + range.lowerBound
  }
  /// Numbers drawn from a normal distribution.
  public static func normal(
    _ shape: [Int], mean: Double = 0, standardDeviation: Double = 1, dtype: DType = .float32,
    using generator: Generator
  ) -> Tensor {
    Operator.randn(shape, generator, dtype) * standardDeviation + mean
  }
  /// Standard normal numbers `[streams.count] + shape`, float32, of which every row is what ``Generator`` with
  /// the same seed, purpose and index draws; many small rows at once are several times faster so.
  ///
  /// - Parameter streams: fresh streams, one a row.
  package static func normal(_ shape: [Int], rows streams: [RandomStream]) -> Tensor {
    let seeds = streams.map { stream in
      var stream = stream
      return stream.next()
    }
    var result: OpaquePointer?
    let message = ct_normal_rows(
      seeds, Int64(seeds.count), shape.map(Int64.init), Int64(shape.count), &result)
    if let error = TorchError(taking: message, in: "normal") { FailureBox.report(error) }
    return result.map(Tensor.init(owning:)) ?? .placeholder
  }
  /// Integers drawn uniformly from a range, int64.
  public static func integers(
    _ shape: [Int], in range: Range<Int>, using generator: Generator
  ) -> Tensor {
    Operator.randint(range.lowerBound, range.upperBound, shape, generator)
  }
  /// A random order of `0..<count`, int64.
  public static func permutation(_ count: Int, using generator: Generator) -> Tensor {
    Operator.randperm(count, generator)
  }
  /// Ones with a probability, zeros otherwise, in the shape and type of another tensor.
  public static func bernoulli(
    like other: Tensor, probability: Double, using generator: Generator
  ) -> Tensor {
    Operator.bernoulliP(other, probability, generator)
  }

  /// One tensor `[streams.count] + shape` whose examples come from streams of their own, so that
  /// they do not depend on the batch they are drawn in.
  public static func uniform(
    _ shape: [Int], in range: ClosedRange<Double> = 0...1, dtype: DType = .float32,
    perExample streams: inout [RandomStream]
  ) -> Tensor {
    let width = range.upperBound - range.lowerBound
    return drawn(shape, dtype, from: &streams) { $0.uniform() * width + range.lowerBound }
  }
  /// One tensor `[streams.count] + shape` of normal numbers whose examples come from streams of
  /// their own.
  public static func normal(
    _ shape: [Int], dtype: DType = .float32, perExample streams: inout [RandomStream]
  ) -> Tensor {
    let size = shape.reduce(1, *)
    guard size % 2 == 0, !streams.contains(where: \.hasSpareNormal) else {
      return drawn(shape, dtype, from: &streams) { $0.normal() }
    }
    // The logarithms and sines of all pairs at once: several times faster than one by one.
    let pairs = drawn([size / 2, 2], .float64, from: &streams) { $0.uniform() }
    let radius = ((1 - pairs.select(0, along: 2)).log() * -2).sqrt()
    let angle = pairs.select(1, along: 2) * (2 * Double.pi)
    let normals = Tensor.stacked([radius * angle.cos(), radius * angle.sin()], along: 2)
    return normals.reshaped([streams.count] + shape).to(dtype)
  }

  private static func drawn(
    _ shape: [Int], _ dtype: DType, from streams: inout [RandomStream],
    _ draw: (inout RandomStream) -> Double
  ) -> Tensor {
    let size = shape.reduce(1, *)
    var values = [Double](repeating: 0, count: streams.count * size)
    for example in streams.indices {
      // Drawing from a copy is faster than from within the array.
      var stream = streams[example]
      for i in 0..<size { values[example * size + i] = draw(&stream) }
      streams[example] = stream
    }
    return Tensor(values, shape: [streams.count] + shape).to(dtype)
  }
}
