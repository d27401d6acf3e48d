import Foundation
import Inversion
import Networks
import Synchronization
import Testing
import Torch

@Suite("Encoders of templates")
struct EncoderTests {
  private func function(
    _ width: Int = 3, _ body: @escaping @Sendable (Tensor) throws -> Tensor
  ) -> FunctionEncoder {
    FunctionEncoder(name: "odd", inputShape: [1, 4, 4], templateWidth: width, function: body)
  }

  private let images = Laboratory.noise([5, 1, 4, 4])

  @Test("templates that are none are refused, with the image that is wrong")
  func refusals() throws {
    let wide = function { Tensor.ones([$0.size(0), 4]) }
    #expect(throws: InversionError.templateWidth(encoder: "odd", width: 4, expected: 3)) {
      try wide.checkedTemplates(of: images)
    }
    #expect(throws: InversionError.templateWidth(encoder: "odd", width: 2, expected: 3)) {
      try wide.check(.ones([2, 2]))
    }
    let flat = function { Tensor.ones([$0.size(0)]) }
    #expect(throws: InversionError.self) { try flat.checkedTemplates(of: images) }
    let zero = function { images in
      let rows = (0..<images.size(0)).map { Double($0 == 3 ? 0 : 1) }
      return Tensor(rows).unsqueezed(1).expanded([images.size(0), 3]).contiguous()
    }
    #expect(throws: InversionError.zeroTemplate(encoder: "odd", index: 3)) {
      try zero.checkedTemplates(of: images)
    }
    let infinite = function { $0.flattened(from: 1).narrowed(to: 0..<3, along: 1) / 0.0 }
    #expect(throws: InversionError.notFinite(encoder: "odd", index: 0)) {
      try infinite.checkedTemplates(of: images)
    }
    #expect(throws: InversionError.tooFew("images", count: 0, least: 1)) {
      try zero.checkedTemplates(of: .zeros([0, 1, 4, 4]))
    }
    for error in [
      InversionError.zeroTemplate(encoder: "a", index: 1),
      .notDeterministic(encoder: "a", difference: 1), .sameEncoder(first: "a", second: "b"),
    ] {
      #expect(error.errorDescription?.isEmpty == false && error.recoverySuggestion != nil)
    }
  }

  @Test("an encoder that draws, and one that looks at its batch, are told from a sound one")
  func deterministic() throws {
    let calls = Mutex(0)
    let drawing = function { images in
      let call = calls.withLock { calls in
        calls += 1
        return calls
      }
      return Tensor.ones([images.size(0), 3]) + Double(call) * 0.25
    }
    #expect(throws: InversionError.notDeterministic(encoder: "odd", difference: 0.25)) {
      try drawing.checkIsDeterministic(on: images)
    }
    let batchwise = function {
      let rows = $0.flattened(from: 1).narrowed(to: 0..<3, along: 1)
      return rows - rows.mean(along: 0) + 0.1
    }
    let error = #expect(throws: InversionError.self) {
      try batchwise.checkIsDeterministic(on: images)
    }
    guard case .dependsOnBatch = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    try Laboratory.identity().checkIsDeterministic(on: Laboratory.images([0, 20, 90]))
    #expect(throws: InversionError.tooFew("images", count: 1, least: 2)) {
      try Laboratory.identity().checkIsDeterministic(on: Laboratory.images([0]))
    }
  }

  @Test("the same weights have the same digest, also in a file and under other names")
  func fingerprints() throws {
    let network = Laboratory.encoder()
    let frozen = FrozenEncoder(network, inputShape: [1, 16, 16])
    let example = Laboratory.noise([3, 1, 16, 16])
    let print = try frozen.fingerprint()
    try Laboratory.withFolder { folder in
      let file = folder.appending(path: "encoder.pt")
      try network.export(to: file)
      let script = try ScriptEncoder(contentsOf: file, example: example)
      #expect(try script.fingerprint() == print)
      #expect(script.templateWidth == 12)
      let difference =
        try script.checkedTemplates(of: example) - frozen.checkedTemplates(of: example)
      #expect(difference.abs().max().item < 1e-5)
      #expect(throws: InversionError.templateWidth(encoder: "encoder.pt", width: 12, expected: 8)) {
        try ScriptEncoder(contentsOf: file, example: example, width: 8)
      }
      try Sequential([network]).export(to: file)
      #expect(try ScriptEncoder(contentsOf: file, example: example).fingerprint() == print)
    }
    #expect(
      try FrozenEncoder(Laboratory.encoder(seed: 2), inputShape: [1, 16, 16]).fingerprint()
        != print)
    // Running statistics are weights as well: a batch that moves them makes another encoder.
    _ = network(example, .training(seed: 1))
    #expect(try frozen.fingerprint() != print)
  }

  @Test("who judges is neither the attack's encoder nor the system's, by digest")
  func roles() throws {
    func frozen(_ seed: UInt64, _ name: String) -> FrozenEncoder {
      FrozenEncoder(Laboratory.encoder(seed: seed), name: name, inputShape: [1, 16, 16])
    }
    let white = try EncoderRoles(
      system: frozen(1, "system"), attack: frozen(1, "stolen"), evaluation: frozen(2, "judge"))
    #expect(white.isWhiteBox)
    let black = try EncoderRoles(
      system: frozen(1, "system"), attack: frozen(3, "other"), evaluation: frozen(2, "judge"))
    #expect(!black.isWhiteBox)
    #expect(throws: InversionError.sameEncoder(first: "evaluation", second: "attack")) {
      try EncoderRoles(
        system: frozen(1, "system"), attack: frozen(2, "attack"), evaluation: frozen(2, "judge"))
    }
    #expect(throws: InversionError.sameEncoder(first: "evaluation", second: "system")) {
      try EncoderRoles(
        system: frozen(2, "system"), attack: frozen(3, "attack"), evaluation: frozen(2, "judge"))
    }
    // Protecting its templates makes no other encoder of it.
    let protected = try ProtectedEncoder(
      frozen(2, "judge"), protections: [RandomProjection(from: 12, to: 6, seed: 1)])
    #expect(throws: InversionError.sameEncoder(first: "evaluation", second: "attack")) {
      try EncoderRoles(system: frozen(1, "a"), attack: frozen(2, "b"), evaluation: protected)
    }
  }
}
