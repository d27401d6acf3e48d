import Torch

extension Prior {
  /// Images are sampled in chunks of so many, whatever the number of workers, so that the answer
  /// does not depend on it.
  private static let chunkSize = 32

  /// Samples images on the workers of a context, from random streams of every image.
  ///
  /// - Throws: ``DiffusionError`` for requests that do not fit the prior, and what the guide throws.
  public func samples(
    _ request: SampleRequest, by sampler: Sampler = Sampler(), context: Context
  ) throws -> Samples {
    try sampler.validate()
    try validate(request)
    guard context.pool.count == 1 || network.isReadOnly else { throw DiffusionError.oneThread }
    let starts = Array(stride(from: 0, to: request.count, by: Self.chunkSize))
    let chunks = try context.pool.map(starts.count) { index in
      let chunk = starts[index]..<min(starts[index] + Self.chunkSize, request.count)
      return try withoutGradients { try self.chunk(chunk, of: request, by: sampler, context) }
    }
    func joined(_ part: (Samples) -> Tensor) -> Tensor { .concatenated(chunks.map(part)) }
    let frames = (0..<(chunks.first?.trajectory.count ?? 0)).map { step in
      Samples.Frame(
        level: chunks[0].trajectory[step].level, noisy: joined { $0.trajectory[step].noisy },
        estimate: joined { $0.trajectory[step].estimate })
    }
    return Samples(images: joined(\.images), trajectory: frames)
  }

  private func validate(_ request: SampleRequest) throws(DiffusionError) {
    try DiffusionError.require(request.count >= 1, "count", request.count, "at least 1")
    try DiffusionError.require(
      request.guidance.isFinite, "guidance", request.guidance, "a finite number")
    let expected = [request.count, network.conditionWidth]
    if let condition = request.condition, condition.shape != expected || expected[1] == 0 {
      throw .condition(shape: condition.shape, expected: expected)
    }
    let shape = [request.count] + description.imageShape
    if let images = request.restart, images.shape != shape {
      throw .images(name: "the restart", shape: images.shape, expected: shape)
    }
  }

  private func chunk(
    _ range: Range<Int>, of request: SampleRequest, by sampler: Sampler, _ context: Context
  ) throws -> Samples {
    let (shape, pixels) = (description.imageShape, description.range)
    func normals(_ purpose: String) -> Tensor {
      var streams = context.streams(purpose, examples: Array(range))
      return .normal(shape, dtype: .float64, perExample: &streams)
    }
    let plain = network.denoiser(
      condition: request.condition.map { $0[range] }, guidance: request.guidance)
    let denoiser = request.guide.map { $0(plain, range) } ?? plain
    let noise = normals("sample.start") * (sampler.levels.values.first ?? 0)
    let start = request.restart.map { noise + pixels.scaled($0[range].to(.float64)) } ?? noise
    var frames: [Samples.Frame] = []
    let images = try sampler.sample(denoiser, from: start) {
      normals("sample.noise.\($0)")
    } observe: {
      guard request.keepsTrajectory else { return }
      frames.append(
        .init(
          level: $0.level, noisy: pixels.pictures($0.noisy), estimate: pixels.pictures($0.estimate))
      )
    }
    guard images.isFinite.all else { throw DiffusionError.notFinite }
    let final = pixels.pictures(images)
    if request.keepsTrajectory { frames.append(.init(level: 0, noisy: final, estimate: final)) }
    return Samples(images: final, trajectory: frames)
  }
}
