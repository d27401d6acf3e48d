import Certificates
import Foundation
import Networks
import Perturbations
import Testing
import Torch

/// What holds for every certificate.
@Suite("Certificates")
struct CertificateTests {
  private let methods: [any Certificate] = [
    RandomizedSmoothing(samples: 200), IntervalBounds(box: 0...1), LipschitzMargin(),
  ]

  @Test("deterministic radii do not depend on the batch, its order or the workers")
  func independence() throws {
    let model = Laboratory.network("convolutions", [2, 7, 7])
    let batch = try Laboratory.batch(60, of: model)
    for method in methods {
      let one = try method.certify(model, batch, context: Context(seed: 1, workers: 1))
      let four = try method.certify(model, batch, context: Context(seed: 1, workers: 4))
      #expect(one == four, "\(method.name)")
      let rows = [41, 3, 17]
      let part = try method.certify(
        model, batch.selecting(rows), context: Context(seed: 1, workers: 2))
      for (row, radius) in zip(rows, part.radius) {
        let (left, right) = (try #require(radius), try #require(one.radius[row]))
        #expect(abs(left - right) <= 1e-4 * right, "\(method.name)")
      }
    }
  }

  @Test("what is certified at a radius is certified at smaller ones")
  func monotone() throws {
    let model = Laboratory.network("mlp", [3, 2, 2])
    let batch = try Laboratory.batch(20, of: model)
    let method = IntervalBounds(box: 0...1)
    var last = [Bool](repeating: true, count: 20)
    for radius in [0, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1] {
      let now = try method.certifies(model, batch, radius: radius, context: Context())
      #expect(zip(now, last).allSatisfy { !$0 || $1 })
      last = now
    }
    #expect(last.contains(false))
    for method in methods {
      let result = try method.certify(model, batch, context: Context())
      let accuracies = [0, 0.001, 0.01, 0.1, 1].map { result.certifiedAccuracy(at: $0) }
      #expect(accuracies == accuracies.sorted(by: >), "\(method.name)")
      #expect(accuracies[0] > 0)
    }
  }

  @Test("what is wrong has the radius 0, and an empty batch is certified")
  func wrong() throws {
    let model = Laboratory.network("mlp", [3, 2, 2])
    let batch = try Laboratory.batch(6, of: model)
    let wrong = Batch(
      inputs: batch.inputs, labels: (batch.labels + 1).remainder(3).to(.int64),
      indices: batch.indices)
    for method in methods {
      let result = try method.certify(model, wrong, context: Context())
      #expect(result.correct.allSatisfy { !$0 } && result.radius.allSatisfy { $0 == 0 })
      #expect(result.certifiedAccuracy(at: 0) == 0 && result.certifiedAccuracy(at: 0.1) == 0)
      let none = try method.certify(model, batch.selecting([]), context: Context())
      #expect(none.count == 0 && none.certifiedAccuracy(at: 0).isNaN)
    }
  }

  @Test("a model that returns NaN is certified nowhere")
  func notANumber() throws {
    let (model, layer) = Laboratory.linear(inputs: 4, classes: 2)
    layer.bias?.replace(with: Tensor([Float.nan, 0]))
    let batch = Batch(inputs: .zeros([2, 4]), labels: Tensor([0, 1]), indices: [0, 1])
    for method in methods {
      let result = try method.certify(model, batch, context: Context())
      #expect(result.certifiedAccuracy(at: 0) == 0, "\(method.name)")
    }
  }

  @Test("the last layer is merged into the margins")
  func elision() throws {
    // Both logits rise with the one feature: their difference is known much better than each of them.
    let layer = Linear(1, 2, using: Laboratory.generator("weights"))
    layer.$weight.replace(with: Tensor([Float(100), 100], shape: [2, 1]))
    layer.bias?.replace(with: Tensor([Float(1), 0]))
    let model = FrozenNetwork(layer, inputShape: [1], classCount: 2)
    let batch = Batch(inputs: .zeros([1, 1]), labels: Tensor([0]), indices: [0])
    #expect(
      try IntervalBounds().certifies(model, batch, radius: 5, context: Context()) == [true])
    #expect(try LipschitzMargin().certify(model, batch, context: Context()).radius == [.infinity])
    // Nothing is said about radii beyond those that were tried.
    let far = try IntervalBounds(smallestRadius: 0.125).certify(model, batch, context: Context())
    #expect(far.radius == [8])
  }

  @Test("layers without a proof are named with their place")
  func unproven() throws {
    let generator = Laboratory.generator("weights")
    let network = Sequential {
      Linear(4, 4, using: generator)
      Sequential {
        Activation.relu()
        LayerNorm(4)
      }
      Linear(4, 2, using: generator)
    }
    let model = FrozenNetwork(network, inputShape: [4], classCount: 2)
    let batch = try Laboratory.batch(2, of: model)
    for method in [IntervalBounds(), LipschitzMargin()] as [any Certificate] {
      let error = CertificateError.layer(path: "1.1", type: "LayerNorm", method: method.name)
      #expect(throws: error) { try method.certify(model, batch, context: Context()) }
      #expect("\(error)".contains("the layer 1.1, a LayerNorm"))
    }
    let secret = Sequential {
      Linear(4, 2, using: generator)
      Activation(script: "torch.sin(x)") { $0.sin() }
    }
    let unknown = FrozenNetwork(secret, inputShape: [4], classCount: 2)
    #expect(
      throws: CertificateError.layer(path: "1", type: "Activation", method: "intervals")
    ) { try IntervalBounds().certify(unknown, batch, context: Context()) }
  }

  @Test("every registered model of images has both kinds of bounds")
  func registered() throws {
    for name in ModelRegistry.names where !name.hasPrefix("text-") && name != "gcn" {
      let shape = name.hasSuffix("lenet") ? [1, 28, 28] : [1, 8, 8]
      let network = try ModelRegistry.model(
        name, inputShape: shape, classCount: 3,
        options: name == "wide-resnet" ? ["depth": 10] : [:],
        using: Laboratory.generator("weights"))
      let model = FrozenNetwork(network, inputShape: shape, classCount: 3)
      let batch = try Laboratory.batch(1, of: model)
      for method in [IntervalBounds(bisections: 1), LipschitzMargin()] as [any Certificate] {
        let result = try method.certify(model, batch, context: Context())
        #expect(result.correct == [true], "\(name), \(method.name)")
      }
    }
  }

  @Test("settings that make no sense are refused, and so are words and several labels")
  func settings() throws {
    let model = Laboratory.network("mlp", [3, 2, 2])
    let batch = try Laboratory.batch(2, of: model)
    let wrong: [any Certificate] = [
      RandomizedSmoothing(sigma: 0), RandomizedSmoothing(sigma: -1),
      RandomizedSmoothing(sigma: .nan), RandomizedSmoothing(sigma: .infinity),
      RandomizedSmoothing(alpha: 0), RandomizedSmoothing(alpha: 1),
      RandomizedSmoothing(alpha: .nan), RandomizedSmoothing(selectionSamples: 0),
      RandomizedSmoothing(samples: 0), IntervalBounds(smallestRadius: 0),
      IntervalBounds(bisections: -1),
    ]
    for method in wrong {
      #expect(throws: CertificateError.self) {
        try method.certify(model, batch, context: Context())
      }
    }
    #expect(throws: CertificateError.self) {
      try IntervalBounds().certifies(model, batch, radius: -1, context: Context())
    }
    #expect(throws: PerturbationError.self) {
      try IntervalBounds(box: 0...0.1).certify(model, batch, context: Context())
    }
    let words = Batch(
      inputs: .zeros([1, 12], dtype: .int64), labels: Tensor([0]), indices: [0])
    let labels = Batch(
      inputs: batch.inputs, labels: batch.labels, targets: .zeros([2, 3]), indices: [0, 1])
    for method in methods {
      #expect(throws: CertificateError.inputsDoNotMove(method: method.name)) {
        try method.certify(model, words, context: Context())
      }
      #expect(throws: CertificateError.needsClasses(method: method.name)) {
        try method.certify(model, labels, context: Context())
      }
    }
    #expect(try CertificateMethods.named("Intervals").name == "intervals")
    #expect(throws: CertificateError.self) { try CertificateMethods.named("ibp2") }
  }

  @Test("chains are the composition of their stages")
  func chains() throws {
    for (name, shape) in Laboratory.networks {
      let model = Laboratory.network(name, shape)
      let inputs = Tensor.uniform([3] + shape, using: Laboratory.generator("inputs"))
      let whole = model.network(inputs)
      let parts = model.network.flatStages.reduce(inputs) { $1($0) }
      #expect((whole - parts).abs().max().item < 1e-5, "\(name)")
    }
  }
}
