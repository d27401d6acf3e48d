import Testing
import Torch

/// float64 takes libtorch's own kernels, float32 those of the shim where they pay.
@Suite("Convolutions")
struct ConvolutionTests {
  private let generator = Generator(seed: 5, purpose: "convolution")

  struct Geometry: CustomTestStringConvertible, Sendable {
    var channels = 1
    var outputs = 4
    var size = [9, 9]
    var kernel = [3, 3]
    var stride = [1, 1]
    var padding = [0, 0]
    var testDescription: String {
      "\(channels) to \(outputs) channels of \(size), kernel \(kernel), stride \(stride), padding \(padding)"
    }
  }

  static let geometries: [Geometry] = [
    Geometry(), Geometry(kernel: [5, 5], padding: [2, 2]), Geometry(channels: 3, padding: [1, 1]),
    Geometry(size: [8, 8], kernel: [4, 4], stride: [2, 2], padding: [1, 1]),
    Geometry(channels: 16, size: [8, 8], kernel: [4, 4], stride: [2, 2], padding: [1, 1]),
    Geometry(channels: 9, size: [7, 10], kernel: [3, 2], stride: [2, 1], padding: [0, 1]),
    Geometry(channels: 2, size: [11, 6], kernel: [5, 3], stride: [3, 2], padding: [2, 0]),
    // Strides that leave pixels out, at the edge and between the patches.
    Geometry(size: [10, 10], kernel: [3, 3], stride: [4, 4]),
    Geometry(channels: 2, size: [9, 9], kernel: [1, 1], stride: [2, 2]),
    // Padding wider than the kernel.
    Geometry(channels: 3, size: [4, 5], kernel: [2, 2], padding: [3, 3]),
    Geometry(channels: 12, size: [5, 5], kernel: [5, 5], stride: [2, 2], padding: [4, 4]),
    // By fewer multiplications: even and odd sizes, several blocks, channels that fill one and three vectors.
    Geometry(channels: 32, outputs: 32, size: [8, 8], padding: [1, 1]),
    Geometry(channels: 48, outputs: 16, size: [7, 12], padding: [0, 2]),
    Geometry(channels: 16, outputs: 80, size: [19, 20], padding: [1, 0]),
    Geometry(channels: 32, outputs: 16, size: [1, 2], padding: [1, 1]),
    Geometry(channels: 256, outputs: 32, size: [4, 3], padding: [2, 1]),
  ]

  /// Output, gradients, and gradients of the gradients' squares, with respect to images and weights.
  private func derivatives(
    _ geometry: Geometry, _ parts: [Tensor], dtype: DType, channelsLast: Bool
  ) -> [Tensor] {
    let variables = parts.map { $0.to(dtype).variable() }
    let images = channelsLast ? variables[0].channelsLast() : variables[0]
    let output = images.convolved2D(
      variables[1], bias: variables[2], stride: geometry.stride, padding: geometry.padding)
    let first = gradients(of: output.pow(3).sum(), withRespectTo: variables, createGraph: true)
    let second = gradients(
      of: first.map { $0.squared().sum() }.reduce(Tensor(0.0).to(dtype)) { $0 + $1 },
      withRespectTo: variables)
    return ([output] + first + second).map { $0.detached().to(.float64) }
  }

  @Test(
    "gradients agree with float64, to the second order, in either layout", arguments: geometries,
    [true, false])
  func agreesWithFloat64(geometry: Geometry, channelsLast: Bool) {
    let parts = [
      Tensor.normal([3, geometry.channels] + geometry.size, using: generator),
      Tensor.normal([geometry.outputs, geometry.channels] + geometry.kernel, using: generator)
        * 0.3,
      Tensor.normal([geometry.outputs], using: generator),
    ]
    let single = derivatives(geometry, parts, dtype: .float32, channelsLast: channelsLast)
    let double = derivatives(geometry, parts, dtype: .float64, channelsLast: false)
    #expect(single.map(\.shape) == double.map(\.shape))
    for (a, b) in zip(single, double) {
      #expect((a - b).abs().max().item <= 2e-5 * b.abs().max().item)
    }
  }

  @Test("strided convolutions of one pixel have gradients with any channels and threads")
  func picksPixels() {
    let threads = IntraOperatorThreads.count
    IntraOperatorThreads.set(3)
    defer { IntraOperatorThreads.set(threads) }
    for channels in [10, 12, 14] {
      let images = Tensor.normal([100, channels, 16, 16], using: generator)
      let weight = Tensor.normal([2 * channels, channels, 1, 1], using: generator)
      func gradients(_ dtype: DType) -> [Tensor] {
        let parts = [images, weight, .zeros([2 * channels])].map { $0.to(dtype).variable() }
        let output = parts[0].channelsLast().convolved2D(parts[1], bias: parts[2], stride: [2, 2])
        return Torch.gradients(of: output.squared().mean(), withRespectTo: parts)
      }
      for (a, b) in zip(gradients(.float32), gradients(.float64)) {
        #expect((a.to(.float64) - b).abs().max().item <= 2e-5 * b.abs().max().item)
      }
    }
  }

  @Test("an image's gradient is the same alone and among others")
  func batches() {
    let images = Tensor.normal([40, 1, 12, 12], using: generator).variable()
    let weights = Tensor.normal([6, 1, 4, 4], using: generator)
    func gradient(of images: Tensor) -> Tensor {
      Torch.gradient(
        of: images.convolved2D(weights, stride: [2, 2], padding: [1, 1]).tanh().sum(),
        withRespectTo: images)
    }
    let whole = gradient(of: images)
    for index in [0, 17, 39] {
      let alone = images.detached().narrowed(to: index..<index + 1, along: 0).variable()
      let part = whole.narrowed(to: index..<index + 1, along: 0)
      #expect((gradient(of: alone) - part).abs().max().item < 1e-5)
    }
  }

  @Test("convolutions by fewer multiplications depend neither on the batch nor on threads")
  func batchesAndThreads() {
    let threads = IntraOperatorThreads.count
    defer { IntraOperatorThreads.set(threads) }
    let weight = Tensor.normal([32, 32, 3, 3], using: generator).variable()
    let images = Tensor.normal([40, 32, 10, 10], using: generator)
    func answers(_ images: Tensor, threads: Int) -> [Tensor] {
      IntraOperatorThreads.set(threads)
      let variable = images.channelsLast().variable()
      let output = variable.convolved2D(weight, padding: [1, 1])
      return [output.detached()]
        + gradients(of: output.tanh().sum(), withRespectTo: [variable, weight])
    }
    let whole = answers(images, threads: 1)
    #expect(zip(whole, answers(images, threads: 3)).allSatisfy { ($0 - $1).abs().max().item == 0 })
    let part = answers(images.narrowed(to: 7..<9, along: 0), threads: 1)
    for (a, b) in zip(whole.prefix(2), part) {
      #expect((a.narrowed(to: 7..<9, along: 0) - b).abs().max().item == 0)
    }
  }

  @Test("rectifiers pass on gradients laid out in another order, to the second order")
  func rectifiers() {
    let start = Tensor.normal([3, 4, 5, 6], using: generator)
    let scale = Tensor.normal([3, 4, 5, 6], using: generator)
    func derivatives(_ input: Tensor) -> [Tensor] {
      let variable = input.variable()
      let hidden = (variable.channelsLast() * 2).relu()
      let first = gradient(
        of: (hidden * scale.to(input.dtype)).reshaped([3, -1]).pow(3).sum(),
        withRespectTo: variable, createGraph: true)
      let second = gradient(of: first.squared().sum(), withRespectTo: variable)
      return [first, second].map { $0.detached().to(.float64) }
    }
    for (a, b) in zip(derivatives(start), derivatives(start.to(.float64))) {
      #expect((a - b).abs().max().item <= 1e-5 * b.abs().max().item)
    }
  }
}
