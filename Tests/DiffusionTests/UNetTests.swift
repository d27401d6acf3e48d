import Diffusion
import Foundation
import Networks
import Testing
import Torch

@Suite("U-Nets")
struct UNetTests {
  init() { IntraOperatorThreads.set(1) }

  private static let layouts: [(stem: String, layout: UNetSettings.Layout)] = [
    ("song_tiny", .song), ("adm_tiny", .adm),
  ]

  /// The settings of the networks of the fixtures, 8 x 8 pixels.
  private func settings(_ layout: UNetSettings.Layout) -> UNetSettings {
    var settings = UNetSettings()
    settings.layout = layout
    settings.attention = [4]
    (settings.width, settings.multipliers) = layout == .song ? (16, [1, 2]) : (64, [1, 1])
    settings.embeddingMultiplier = layout == .song ? 4 : 1
    return settings
  }

  private func network(
    _ settings: UNetSettings, _ conditioning: Conditioning = .classes(5),
    imageShape: [Int] = [1, 8, 8]
  ) throws -> DenoisingNetwork {
    try DenoisingNetwork(
      settings, imageShape: imageShape, conditioning: conditioning,
      using: Generator(seed: 1, purpose: "weights"))
  }

  @Test("both layouts have the weights of the article's code, by name and shape", arguments: 0..<2)
  func names(_ index: Int) throws {
    let (stem, layout) = Self.layouts[index]
    let names: [String] = try Golden.value(stem, "names", in: "networks.json")
    let shapes: [[Int]] = try Golden.value(stem, "shapes", in: "networks.json")
    let mine = try network(settings(layout)).namedParameters.map { name, parameter in
      "\(name) \(parameter.value.shape)"
    }
    #expect(Set(mine) == Set(zip(names, shapes).map { "model.\($0) \($1)" }))
    if layout == .song { #expect(try network(settings(layout)).parameterCount == 188_865) }
  }

  @Test("outputs on weights of closed form are those of another implementation", arguments: 0..<2)
  func closedForm(_ index: Int) throws {
    let (stem, layout) = Self.layouts[index]
    let network = try network(settings(layout))
    let names: [String] = try Golden.value(stem, "names", in: "networks.json")
    let shapes: [[Int]] = try Golden.value(stem, "shapes", in: "networks.json")
    var state: [String: Tensor] = [:]
    for (index, (name, shape)) in zip(names, shapes).enumerated() {
      let count = shape.reduce(1, *)
      let fan = shape.count > 1 ? count / shape[0] : 4
      let values = (0..<count).map {
        Float(sin(Double(index) + 1.7 * Double($0)) * (2 / Double(max(1, fan))).squareRoot())
      }
      state["model.\(name)"] = Tensor(values, shape: shape)
    }
    try network.load(state)
    let level = Tensor([0.05, 0.7, 20])
    let waves = (0..<192).map { Float(sin(0.3 + 0.9 * Double($0))) }
    let images =
      Tensor(waves, shape: [3, 1, 8, 8])
      * (level + 1).to(.float32).reshaped([3, 1, 1, 1])
    let condition = try #require(network.condition(ofClasses: Tensor([2, 4, 0])))
    let known = Tensor([Float(1), 1, 0], shape: [3, 1])
    let answer = network.denoised(images, level: level, condition: condition * known)
    let golden: [Double] = try Golden.value(stem, "D", in: "networks.json")
    let difference = largestDifference(answer.to(.float64).values(), golden)
    #expect(difference < 1e-5, "\(difference)")
  }

  @Test(
    "outputs on the weights of the article's code are its outputs, to 1e-5",
    .enabled(if: Golden.networks != nil, "set TOUCHSTONE_DATA; ../golden beside it has them"),
    arguments: 0..<2)
  func golden(_ index: Int) throws {
    let (stem, layout) = Self.layouts[index]
    let archive = try NPZ.read(try #require(Golden.networks).appending(path: "\(stem).npz"))
    let network = try network(settings(layout))
    let weights = archive.filter {
      $0.key.hasPrefix("w/") && !$0.key.hasSuffix("resample_filter")
    }
    try network.load(
      Dictionary(uniqueKeysWithValues: weights.map { (String($0.key.dropFirst(2)), $0.value) }))
    func tensor(_ name: String) throws -> Tensor { try #require(archive[name]) }
    let answer = network.denoised(
      try tensor("x"), level: try tensor("sigma"), condition: try tensor("labels"))
    let difference = (answer - (try tensor("D"))).abs().max().item
    #expect(difference < 1e-5, "\(difference)")
    let inner = network.model(
      try tensor("F_in"), noise: try tensor("sigma").log() / 4, condition: try tensor("labels"))
    #expect((inner - (try tensor("F_out"))).abs().max().item < 1e-5)
  }

  @Test("patches become channels: a network of patches is one of smaller images")
  func patches() throws {
    var settings = UNetSettings()
    settings.width = 16
    settings.patch = 2
    settings.attention = [7]
    let patched = try network(settings, .none, imageShape: [1, 28, 28])
    settings.patch = 1
    let plain = try network(settings, .none, imageShape: [4, 14, 14])
    try plain.load(patched.state())
    let images = Tensor.normal([2, 1, 28, 28], using: Generator(seed: 2, purpose: "images"))
    let level = Tensor([0.2, 3.0])
    let one = patched.denoised(images, level: level)
    let other = plain.denoised(images.spaceToDepth(2), level: level).depthToSpace(2)
    #expect((one - other).abs().max().item < 1e-5)
    #expect(patched.namedParameters.contains { $0.name == "model.enc.14x14_conv.weight" })
  }

  @Test("images are denoised one by one: a batch's answer is that of its parts")
  func independent() throws {
    let network = try network(settings(.song))
    let images = Tensor.normal([4, 1, 8, 8], using: Generator(seed: 3, purpose: "images"))
    let (level, labels) = (Tensor([0.1, 1, 5, 60]), Tensor([0, 3, 4, 1]))
    let condition = try #require(network.condition(ofClasses: labels))
    let whole = network.denoised(images, level: level, condition: condition)
    for row in 0..<4 {
      let one = network.denoised(
        images[row..<row + 1], level: level[row..<row + 1], condition: condition[row..<row + 1])
      #expect((one - whole[row..<row + 1]).abs().max().item < 1e-5)
    }
  }

  @Test("float64 goes in and out around float32 weights")
  func precision() throws {
    let network = try network(settings(.song))
    let images = Tensor.normal(
      [2, 1, 8, 8], dtype: .float64, using: Generator(seed: 4, purpose: "images"))
    let double = try network.denoiser()(images, 0.7)
    let single = try network.denoiser()(images.to(.float32), 0.7)
    #expect(double.dtype == .float64 && single.dtype == .float32)
    #expect((double - single.to(.float64)).abs().max().item < 1e-5)
  }

  @Test("guidance denoises both halves in one pass, as two passes would")
  func guidance() throws {
    let network = try network(settings(.song))
    for parameter in network.parameters {
      let noise = Tensor.normal(parameter.value.shape, using: Generator(seed: 9, purpose: "w"))
      parameter.replace(with: parameter.value.detached() + noise * 0.05)
    }
    let images = Tensor.normal([2, 1, 8, 8], using: Generator(seed: 5, purpose: "images"))
    let condition = network.condition(ofClasses: Tensor([1, 2]))
    let once = try network.denoiser(condition: condition, guidance: 3)(images, 0.5)
    let twice = try network.denoiser(condition: condition)
      .guided(weight: 3, awayFrom: network.denoiser())(images, 0.5)
    #expect((once - twice).abs().max().item < 1e-4)
    let plain = try network.denoiser(condition: condition)(images, 0.5)
    #expect((once - plain).abs().max().item > 1e-3)
  }

  @Test("vectors of classes have length 1, go through hidden units, and move what is denoised")
  func conditions() throws {
    var settings = settings(.song)
    settings.conditionHidden = 32
    for conditioning in [Conditioning.classes(5, width: 12), .vectors(12)] {
      let network = try network(settings, conditioning)
      #expect(network.conditionWidth == 12)
      #expect(network.namedParameters.contains { $0.name == "model.map_label.2.weight" })
      guard let vectors = network.condition(ofClasses: Tensor([0, 4])) else { continue }
      let lengths: [Float] = vectors.norm(along: [1]).values()
      #expect(lengths.allSatisfy { abs($0 - 1) < 1e-6 })
    }
    #expect(try network(settings, .vectors(12)).condition(ofClasses: Tensor([0])) == nil)
  }

  @Test("settings that cannot be are refused with the layer that is wrong")
  func refusals() throws {
    func change(
      of imageShape: [Int] = [1, 32, 32], _ change: (inout UNetSettings) -> Void
    ) throws {
      var settings = UNetSettings()
      change(&settings)
      _ = try network(settings, .none, imageShape: imageShape)
    }
    try change { _ in }
    // 144 channels would have 32 groups, which do not divide them.
    #expect(
      throws: DiffusionError.groups(layer: "enc.32x32_block0.norm0", channels: 144, groups: 32)
    ) {
      try change { $0.width = 144 }
    }
    // The sum of what is joined must be divided too: 40 + 60 channels have 25 groups, 140 have 32.
    #expect(throws: DiffusionError.self) {
      try change { ($0.width, $0.multipliers) = (20, [1, 3, 4]) }
    }
    #expect(throws: DiffusionError.side(28, patch: 2, levels: 3)) {
      try change(of: [1, 28, 28]) { ($0.patch, $0.multipliers) = (2, [1, 2, 2]) }
    }
    #expect(
      throws: DiffusionError.heads(layer: "dec.16x16_in0", channels: 32, headWidth: 64)
    ) {
      try change { ($0.layout, $0.width, $0.multipliers) = (.adm, 32, [1, 1]) }
    }
    for refused: (inout UNetSettings) -> Void in [
      { $0.width = 0 }, { $0.width = 18 }, { $0.multipliers = [] }, { $0.multipliers = [1, 0] },
      { $0.attention = [5] }, { $0.dropout = 1 }, { $0.patch = 3 }, { $0.blocks = 0 },
      { $0.conditionHidden = 8 },
    ] {
      #expect(throws: DiffusionError.self) { try change(refused) }
    }
    for shape in [[], [8], [1, 0, 0], [0, 8, 8], [1, 8, 10], [-1, 8, 8]] {
      #expect(throws: DiffusionError.self) { try change(of: shape) { _ in } }
    }
    #expect(throws: DiffusionError.self) {
      try network(UNetSettings(), .classes(0))
    }
    #expect(throws: DiffusionError.self) {
      try DenoisingNetwork(
        UNetSettings(), imageShape: [1, 8, 8], preconditioning: Preconditioning(dataDeviation: 0),
        using: Generator(seed: 0, purpose: "weights"))
    }
  }
}
