import Diffusion
import Foundation
import Networks
import Testing
import Torch
import Training

@Suite("Low-rank adapters")
struct LowRankTests {
  init() { IntraOperatorThreads.set(1) }

  private func adapters(
    of network: any Module, where isAdapted: (String) -> Bool = { $0.contains("4x4") }
  ) throws -> LowRankAdapters {
    try LowRankAdapters(
      of: network, rank: 2, alpha: 6, using: Generator(seed: 8, purpose: "adapters"),
      where: isAdapted)
  }

  private func shake(_ adapters: LowRankAdapters) {
    for (index, parameter) in adapters.parameters.enumerated() {
      let generator = Generator(seed: 9, purpose: "shake", index: UInt64(index))
      parameter.replace(with: .normal(parameter.value.shape, using: generator) * 0.2)
    }
  }

  @Test("a product in closed form, for a linear layer and a convolution")
  func closedForm() throws {
    let generator = Generator(seed: 7, purpose: "weights")
    let network = Sequential {
      Linear(3, 4, using: generator)
      Conv2D(2, 5, kernel: 3, using: generator)
    }
    let adapters = try LowRankAdapters(
      of: network, named: ["0", "1"], rank: 2, alpha: 6, using: generator)
    #expect(adapters.layers == ["0", "1"] && adapters.scale == 3)
    #expect(
      adapters.namedParameters.map(\.name) == ["0.lora_a", "0.lora_b", "1.lora_a", "1.lora_b"])
    #expect(
      adapters.parameters.map(\.value.shape) == [[2, 3], [4, 2], [6, 6], [15, 6]])
    #expect(adapters.changes.allSatisfy { $0.abs().max().item == 0 })
    shake(adapters)
    let (a, b) = (adapters.adapters[0].loraA, adapters.adapters[0].loraB)
    let expected = (b.unsqueezed(2) * a.unsqueezed(0)).sum(along: 1) * 3
    #expect((adapters.changes[0] - expected).abs().max().item < 1e-6)
    #expect(adapters.changes[1].shape == [5, 2, 3, 3])
    let squares = adapters.parameters.reduce(0) { $0 + $1.value.squared().sum().item }
    #expect(abs(adapters.penalty.item - squares) < 1e-4)
  }

  @Test("merged weights answer as applied ones, and come back when taken out")
  func merging() throws {
    let network = try ToyPrior.network()
    let adapters = try adapters(of: network) { $0.contains("4x4") || $0.hasSuffix("affine") }
    let images = Tensor.normal([3, 1, 8, 8], using: Generator(seed: 6, purpose: "images"))
    let level = Tensor([0.1, 1, 10])
    func answer() -> Tensor { network.denoised(images, level: level).detached() }
    let before = answer()
    #expect(adapters.applied(answer).isIdentical(to: before))
    shake(adapters)
    let applied = adapters.applied(answer)
    #expect((applied - before).abs().max().item > 1e-3)
    #expect(answer().isIdentical(to: before))
    adapters.merge()
    #expect(adapters.isMerged && (answer() - applied).abs().max().item < 1e-6)
    #expect((adapters.applied(answer) - applied).abs().max().item < 1e-6)
    adapters.merge()
    adapters.unmerge()
    adapters.unmerge()
    #expect(!adapters.isMerged && (answer() - before).abs().max().item < 1e-5)
  }

  @Test("training moves adapters and what is named, and nothing else")
  func training() throws {
    let toy = try ToyPrior()
    defer { toy.remove() }
    var description = ToyPrior.description
    description.vectors = 6
    let network = try description.makeNetwork(using: Generator(seed: 1, purpose: "weights"))
    let vectors = try #require(network.classes)
    let adapted = AdaptedNetwork(
      network, adapters: try adapters(of: network), training: [("classes", vectors)])
    let before = network.state().mapValues { $0.copy() }
    let share = Double(adapted.parameterCount) / Double(network.parameterCount)
    #expect(share < 0.3)
    _ = try toy.trainer(adapted, steps: 5).run()
    let after = network.state()
    for (name, value) in before {
      #expect(after[name]?.isIdentical(to: value) == (name != "classes.weight"), "\(name)")
    }
    #expect(adapted.adapters.adapters.allSatisfy { $0.loraB.abs().max().item > 0 })
    let saved = try SafeTensors.read(
      toy.folder.appending(path: "checkpoint-000000005.safetensors")
    ).tensors.keys.filter { $0.hasPrefix("model.") }
    #expect(saved.allSatisfy { $0.contains("lora") || $0 == "model.classes.weight" })
  }

  @Test("adapters of a prior's standard layers are a small part of its weights")
  func standardLayers() throws {
    var settings = UNetSettings()
    settings.patch = 2
    settings.attention = [7]
    let network = try DenoisingNetwork(
      settings, imageShape: [1, 28, 28], conditioning: .classes(10),
      using: Generator(seed: 1, purpose: "weights"))
    let adapters = try LowRankAdapters(
      of: network, named: network.layersToAdapt,
      using: Generator(seed: 8, purpose: "adapters"))
    let share = Double(adapters.parameterCount) / Double(network.parameterCount)
    #expect(0.05..<0.15 ~= share, "\(share)")
    #expect(adapters.layers.contains("model.dec.7x7_in0.qkv"))
    #expect(!adapters.layers.contains("model.enc.14x14_block0.conv0"))
  }

  @Test("names that no layer has, and ranks that cannot be, are refused")
  func refusals() throws {
    let network = try ToyPrior.network()
    let generator = Generator(seed: 0, purpose: "adapters")
    #expect(throws: DiffusionError.self) {
      try LowRankAdapters(of: network, named: ["model.enc.8x8"], using: generator)
    }
    #expect(throws: DiffusionError.self) { try adapters(of: network) { _ in false } }
    for (rank, alpha) in [(0, 1.0), (2, 0), (2, .nan)] {
      #expect(throws: DiffusionError.self) {
        try LowRankAdapters(of: network, rank: rank, alpha: alpha, using: generator) { _ in true }
      }
    }
  }
}
