import Certificates
import Foundation
import Networks
import Testing
import Torch

@Suite("Certificates of TorchScript models")
struct RecordedNetworkTests {
  init() { IntraOperatorThreads.set(1) }

  private func exported(_ layer: any Layer, shape: [Int], classes: Int) throws -> ScriptClassifier {
    let url = FileManager.default.temporaryDirectory.appending(path: "recorded-\(UUID()).pt")
    try layer.export(to: url)
    defer { try? FileManager.default.removeItem(at: url) }
    return try ScriptClassifier(
      contentsOf: url, example: .zeros([2] + shape), classCount: classes)
  }

  @Test(
    "bounds and radii are those of the network that was exported",
    arguments: Laboratory.networks.map(\.name))
  func same(_ name: String) throws {
    let shape = try #require(Laboratory.networks.first { $0.name == name }).shape
    let model = Laboratory.network(name, shape)
    let script = try exported(model.network, shape: shape, classes: 3)
    let batch = try Laboratory.batch(3, of: model)
    for head in LipschitzMargin.Head.allCases {
      let method = LipschitzMargin(head: head)
      let ours = try method.lipschitzBound(of: model)
      // Functions written out in TorchScript, such as leaky rectification, are not seen as one.
      guard !["smooth", "pools", "wide-resnet"].contains(name) else {
        #expect(throws: CertificateError.self) { try method.lipschitzBound(of: script) }
        continue
      }
      let found = try method.lipschitzBound(of: script)
      #expect(abs(found / ours - 1) < 1e-5, "\(found) and \(ours)")
      let (one, other) = try (
        method.certify(model, batch, context: Context()),
        method.certify(script, batch, context: Context())
      )
      for (left, right) in zip(one.radius, other.radius) {
        #expect(abs((left ?? 0) - (right ?? 1)) < 1e-4 * (left ?? 0) + 1e-6)
      }
    }
  }

  @Test("normalisation outside of the model multiplies the bound")
  func normalisation() throws {
    let layer = MLP(widths: [16, 3], using: Laboratory.generator("weights"))
    let url = FileManager.default.temporaryDirectory.appending(path: "recorded-\(UUID()).pt")
    try layer.export(to: url)
    defer { try? FileManager.default.removeItem(at: url) }
    func bound(_ deviation: [Double]) throws -> Double {
      try LipschitzMargin().lipschitzBound(
        of: ScriptClassifier(
          contentsOf: url, example: .zeros([2, 1, 4, 4]), classCount: 3,
          standardDeviation: deviation))
    }
    #expect(try abs(bound([0.25]) / bound([]) - 4) < 1e-6)
  }

  @Test(
    "what has no proof is refused",
    arguments: [
      "torch.sin(x)", "x * x", "torch.softmax(x, 1)", "x if bool(x.sum() > 0) else x * 2",
      "x + torch.argmax(x, 1, True)", "x / x.norm()", "torch.exp(x)",
      "x + torch.max(x, 1, True)[1]", "torch.div(x, 2, rounding_mode=\"floor\")",
    ])
  func refused(_ expression: String) throws {
    let layer = Activation(script: expression) { $0 }
    let script = try exported(layer, shape: [3], classes: 3)
    let batch = Batch(inputs: .ones([2, 3]), labels: Tensor([0, 1]), indices: [0, 1])
    #expect(throws: CertificateError.self) {
      try LipschitzMargin().certify(script, batch, context: Context())
    }
  }
}
