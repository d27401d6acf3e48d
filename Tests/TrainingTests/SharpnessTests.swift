import Datasets
import Foundation
import Networks
import Testing
import Torch
import Training

@Suite("Sharpness as a measure")
struct SharpnessTests {
  /// A smooth network in double precision.
  private final class Smooth: Layer {
    @Parameter var first: Tensor
    @Parameter var second: Tensor

    init(scale: Double = 1) {
      let generator = Generator(seed: 4, purpose: "weights")
      _first = Parameter(
        wrappedValue: Tensor.normal([5, 6], dtype: .float64, using: generator) * (0.5 * scale))
      _second = Parameter(
        wrappedValue: Tensor.normal([2, 5], dtype: .float64, using: generator) / scale)
    }

    func callAsFunction(_ input: Tensor, _ pass: Pass) -> Tensor {
      input.to(.float64).linear(first).tanh().linear(second)
    }

    var scriptSource: String { "return x" }
  }

  private func value(_ measure: Sharpness, _ model: any Layer, _ data: Dataset) throws -> Double {
    let values = try measure.values(of: model, on: data, context: Context())
    return values.reduce(0, +) / Double(values.count)
  }

  @Test("it is ρ‖g‖ + ½ ρ² ĝᵀHĝ up to the third order")
  func expansion() throws {
    let model = Smooth()
    let data = try ToyRun.data()
    let weights = model.parameters.map(\.value)
    let batch = data.batch(Array(0..<data.count))
    let slopes = gradients(
      of: model(batch.inputs).crossEntropy(batch.labels), withRespectTo: weights,
      createGraph: true)
    let length = GradientClipping.norm(of: slopes.map { $0.detached() })
    let along = zip(slopes, slopes).map { ($0 * $1.detached()).sum() }.reduce(Tensor(0.0), +)
    let product = gradients(of: along / length, withRespectTo: weights)
    let curvature =
      zip(product, slopes).map { ($0 * $1.detached()).sum().item }.reduce(0, +) / length
    func rest(_ radius: Double) throws -> Double {
      try value(Sharpness(radius: radius), model, data)
        - (radius * length + radius * radius / 2 * curvature)
    }
    // Eight as the radius halves, since the rest is of the third order.
    let ratio = try rest(0.02) / rest(0.01)
    #expect(abs(ratio - 8) < 0.2)
    #expect(try abs(rest(0.01)) < 1e-2 * 0.01 * length)
  }

  @Test("it does not depend on the batches, and leaves the network as it was")
  func batches() throws {
    let model = ToyRun.network()
    let before = model.state().mapValues { $0.copy() }
    let data = try ToyRun.data()
    let whole = try Sharpness(radius: 0.1).values(of: model, on: data, context: Context())
    let parts = try Sharpness(radius: 0.1, batchSize: 7)
      .values(of: model, on: data, context: Context())
    #expect(whole.count == data.count)
    for (left, right) in zip(whole, parts) { #expect(abs(left - right) < 1e-5) }
    #expect(areIdentical(before, model.state()))
    #expect(model.parameters.allSatisfy { $0.value.requiresGradient })
    let silent = try withoutGradients {
      try Sharpness(radius: 0.1).values(of: model, on: data, context: Context())
    }
    #expect(silent == whole)
  }

  @Test("the adaptive one is the same for a linear network with layers scaled against each other")
  func adaptive() throws {
    func network(_ scale: Double) -> Sequential {
      let generator = Generator(seed: 9, purpose: "weights")
      let layers = (
        Linear(6, 4, hasBias: false, using: generator),
        Linear(4, 2, hasBias: false, using: generator)
      )
      layers.0.parameters[0].replace(with: layers.0.parameters[0].value.detached() * scale)
      layers.1.parameters[0].replace(with: layers.1.parameters[0].value.detached() / scale)
      return Sequential {
        layers.0
        layers.1
      }
    }
    let data = try ToyRun.data()
    let measure = Sharpness(radius: 0.3, isAdaptive: true)
    let (one, four) = try (value(measure, network(1), data), value(measure, network(4), data))
    #expect(one > 0 && abs(one - four) < 1e-6)
    let plain = Sharpness(radius: 0.3)
    #expect(try abs(value(plain, network(1), data) - value(plain, network(4), data)) > 1e-2)
  }

  @Test("a network that is not finite has no sharpness")
  func notFinite() throws {
    let model = ToyRun.network()
    model.parameters[0].replace(with: Tensor.full(like: model.parameters[0].value.detached(), .nan))
    let values = try Sharpness(radius: 0.1).values(
      of: model, on: try ToyRun.data(), context: Context())
    #expect(values.allSatisfy { $0.isNaN })
  }

  @Test("recipes ask for measures, once each, of at least one example")
  func recipes() throws {
    let head = #"{"data":{"source":"glyphs"},"model":{"name":"lenet"},"measures":"#
    func recipe(_ measures: String) throws -> TrainingRecipe {
      return try JSONDecoder().decode(TrainingRecipe.self, from: Data((head + measures + "}").utf8))
    }
    let two = try recipe(
      """
      [{"measure":"sharpness","part":"train","count":50,"options":{"radius":0.1}},
       {"measure":"sharpness","options":{"radius":0.2}}]
      """)
    try two.validate()
    #expect(
      two.measures.map(\.part) == [.train, .test] && two.measures.map(\.count) == [50, 1000])
    for wrong in [
      #"[{"measure":"sharpness","count":0}]"#, #"[{"measure":"flatness"}]"#,
      #"[{"measure":"sharpness"},{"measure":"sharpness"}]"#,
    ] {
      #expect(throws: TrainingError.self) { try recipe(wrong).validate() }
    }
  }

  @Test("recipes that ask for what there is not are refused")
  func registry() throws {
    #expect(MeasureRegistry.names.contains("sharpness"))
    let measure = try MeasureRegistry.measure("adaptive-sharpness", options: ["radius": 0.7])
    #expect(measure.radii == [0.7] && measure.unit == "nats" && measure.isLowerBetter)
    for (name, options) in [
      ("flatness", [:]), ("sharpness", ["radius": 0]), ("sharpness", ["radius": -1]),
      ("sharpness", ["rho": 1]), ("sharpness", ["radius": "large"]),
      ("adaptive-sharpness", ["offset": -1]),
    ] as [(String, [String: SettingValue])] {
      #expect(throws: TrainingError.self) {
        try MeasureRegistry.measure(name, options: options)
      }
    }
  }
}
