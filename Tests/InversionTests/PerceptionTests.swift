import Foundation
import Networks
import Statistics
import Testing
import Torch

@testable import Inversion

/// The mean square of the difference of two images that lie beside each other.
private final class PairDistance: Layer {
  func callAsFunction(_ input: Tensor, _ pass: Pass) -> Tensor {
    (input.select(0, along: 1) - input.select(1, along: 1)).squared().mean(along: 1, 2, 3)
  }
  var scriptSource: String {
    """
    d = torch.select(x, 1, 0) - torch.select(x, 1, 1)
    return torch.mean(d * d, [1, 2, 3])
    """
  }
}

@Suite("Distances of images")
struct PerceptionTests {
  private let images = Laboratory.noise([3, 1, 16, 16])
  private let others = Tensor.uniform(
    [3, 1, 16, 16], using: Generator(seed: 8, purpose: "others"))

  @Test("values and gradients are PyTorch's, also where all channels are silent")
  func golden() throws {
    let golden = try LossGolden.load().perceptual
    func tensors(_ values: [[Double]]) -> [Tensor] {
      zip(values, golden.shapes).map { Tensor($0, shape: $1) }
    }
    let second = tensors(golden.second)
    let first = tensors(golden.first).map { $0.variable() }
    // What layers say is what it is told; which image is asked about is in its first pixel.
    let distance = try PerceptualDistance(name: "golden", weights: golden.weights) {
      $0.sum().item > 0 ? second : first
    }
    let found = try distance(.zeros([2, 1, 1, 1]), .ones([2, 1, 1, 1]))
    #expect(areClose(found.values(), golden.distances))
    let slopes = gradients(of: found.sum(), withRespectTo: first)
    for (slope, wanted) in zip(slopes, golden.gradients) {
      #expect(areClose(slope.values(), wanted, 1e-9))
    }
  }

  @Test("it is zero for equal images, symmetric, and example by example")
  func invariants() throws {
    let distance = try PerceptualDistance(Laboratory.encoder())
    #expect(!distance.name.contains("LPIPS"))
    #expect(try distance(images, images).abs().max().item == 0)
    let whole = try distance(images, others)
    #expect(whole.shape == [3] && whole.min().item > 0)
    #expect(try (distance(others, images) - whole).abs().max().item < 1e-6)
    let one = try distance(images[1..<2], others[1..<2])
    #expect(abs(one.item - whole[1].item) < 1e-5)
    let slope = try valueAndGradient(at: images) { try distance($0, others).sum() }.gradient
    #expect(slope.isFinite.all && slope.abs().max().item > 0)
    #expect(throws: InversionError.self) { try distance(images, others[0..<2]) }
    #expect(throws: InversionError.self) {
      try PerceptualDistance(Laboratory.encoder(), weights: [0.5, -0.5, 1])
    }
    #expect(throws: InversionError.self) {
      try PerceptualDistance(Laboratory.encoder(), weights: [0.5, 0.5])(images, others)
    }
  }

  @Test("layers of a TorchScript file give the same distance, and an LPIPS is called so")
  func scripts() throws {
    let network = Laboratory.encoder()
    let own = try PerceptualDistance(network)
    try Laboratory.withFolder { folder in
      let file = folder.appending(path: "vgg.pt")
      try network.export(to: file)
      let distance = try PerceptualDistance(
        script: file, layers: ["features.2", "features.6", "features.10"])
      #expect(try (distance(images, others) - own(images, others)).abs().max().item < 1e-5)
      #expect(distance.name.contains("features.2") && !distance.name.contains("LPIPS"))
      #expect(throws: InversionError.self) {
        try PerceptualDistance(script: file, layers: ["features.2", "features.6", "nothing"])
      }
      #expect(throws: InversionError.self) {
        try PerceptualDistance(script: file, layers: ["features.2"])
      }
      let pairs = folder.appending(path: "lpips.pt")
      try PairDistance().export(to: pairs)
      let lpips = try PerceptualDistance(lpips: pairs)
      #expect(lpips.name == "LPIPS (lpips.pt)")
      // From 0...1 to -1...1 makes squares four times as large.
      let squares = try PixelErrors(images, to: others).squared
      #expect(areClose(try lpips(images, others).values(), squares.map { 4 * $0 }, 1e-5))
    }
  }

  @Test("pixel errors, counted by hand")
  func pixels() throws {
    let black = Tensor.zeros([2, 1, 2, 2])
    let errors = try PixelErrors(
      Tensor([0.0, 0, 0, 1, 0.5, 0.5, 0.5, 0.5], shape: [2, 1, 2, 2]), to: black)
    #expect(errors.squared == [0.25, 0.25] && errors.absolute == [0.25, 0.5])
    #expect(areClose(errors.peakSignalToNoise, Array(repeating: 20 * log10(2), count: 2)))
    #expect(try PixelErrors(black, to: black).peakSignalToNoise == [.infinity, .infinity])
    #expect(throws: InversionError.self) { try PixelErrors(black, to: .zeros([1, 1, 2, 2])) }
  }

  @Test("many pairs through rows of numbers have the distances of pairs one by one")
  func rows() throws {
    let distance = try PerceptualDistance(Laboratory.encoder(seed: 4))
    let pairwise = PerceptualDistance(name: "pairs") { try distance($0, $1) }
    func pictures(_ count: Int, _ purpose: String) -> Tensor {
      .uniform([count, 1, 16, 16], using: Generator(seed: 2, purpose: purpose))
    }
    let images = try ClassImages(pictures(7, "made"), classes: [2, 0, 2, 2, 0, 5, 2])
    // More of one class than are looked at together.
    let real = try ClassImages(
      pictures(290, "real"), classes: (0..<290).map { $0 < 4 ? 0 : $0 < 8 ? 5 : 2 })
    let (found, expected) = try (
      distance.nearest(images, among: real), pairwise.nearest(images, among: real)
    )
    #expect(found.map(\.identity) == expected.map(\.identity))
    #expect(areClose(found.map(\.value), expected.map(\.value), 1e-6))
    // An image among the real ones is at no distance from itself.
    let same = try distance.nearest(
      ClassImages(real.images[100..<102], classes: [2, 2]), among: real)
    #expect(same.map(\.value) == [0, 0])
    let diversity = try (
      Diversity.mean(of: images.images, by: distance),
      Diversity.mean(of: images.images, by: pairwise)
    )
    #expect(abs(diversity.0 - diversity.1) < 1e-6)
    let none = try ClassImages(pictures(1, "none"), classes: [9])
    #expect(throws: InversionError.self) { try distance.nearest(none, among: real) }
  }

  @Test("diversity is the mean over pairs, zero for copies")
  func diversity() throws {
    let distance = PerceptualDistance(name: "difference") {
      ($0 - $1).abs().flattened(from: 1).sum(along: 1)
    }
    let images = Tensor([0.0, 0.25, 1], shape: [3, 1, 1, 1])
    #expect(try abs(Diversity.mean(of: images, by: distance, batchSize: 2) - 2.0 / 3) < 1e-12)
    #expect(try Diversity.mean(of: images[0..<1].repeated(4, 1, 1, 1), by: distance) == 0)
    #expect(throws: InversionError.self) {
      try Diversity.mean(of: images[0..<1], by: distance)
    }
  }

  @Test("the quality of reconstructions is a mean over people, with an interval")
  func quality() throws {
    let originals = Tensor([0.0, 1, 0.5, 0.5], shape: [4, 1, 1, 1])
    let targets = try TemplateTargets(
      images: originals, identities: [3, 4, 4, 5], others: originals,
      otherIdentities: [3, 4, 4, 5])
    let distance = PerceptualDistance(name: "difference") {
      ($0 - $1).abs().flattened(from: 1).sum(along: 1) * 2
    }
    let made = try Reconstructions(
      Tensor([0.0, 0.5, 1, 0.5, 0.5, 0.5, 0.75, 0.25], shape: [8, 1, 1, 1]),
      targets: [0, 0, 1, 1, 2, 2, 3, 3])
    let quality = try ReconstructionQuality(of: made, targets: targets, by: distance)
    #expect(quality.absoluteError.means == [3: 0.25, 4: 0.125, 5: 0.25])
    #expect(quality.squaredError.means == [3: 0.125, 4: 0.0625, 5: 0.0625])
    #expect(quality.perceptual.means == [3: 0.5, 4: 0.25, 5: 0.5])
    #expect(quality.diversity?.means == [3: 1, 4: 0.5, 5: 1])
    #expect(abs(quality.perceptual.value - 1.25 / 3) < 1e-12 && quality.traits == nil)
    #expect(quality.perceptual.interval.contains(quality.perceptual.value))
    #expect(quality.perceptualName == "difference" && quality.selection == .all)
    let single = try ReconstructionQuality(
      of: Reconstructions(originals), targets: targets, by: distance)
    #expect(single.diversity == nil && single.perceptual.value == 0)
    #expect(throws: InversionError.self) {
      try ReconstructionQuality(
        of: Reconstructions(originals, targets: [0, 1, 2, 4]), targets: targets, by: distance)
    }
  }
}
