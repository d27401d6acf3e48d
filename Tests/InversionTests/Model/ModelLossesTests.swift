import Datasets
import Diffusion
import Foundation
import Inversion
import Networks
import Synchronization
import Testing
import Torch
import Training

@Suite("Losses of model inversion by their names")
struct ModelLossesTests {
  private func losses(_ text: String) throws -> ModelLosses {
    try JSONDecoder().decode(ModelLosses.self, from: Data(text.utf8))
  }

  @Test("what is absent has its default, and losses are read as they were written")
  func codable() throws {
    let losses = try losses("{}")
    #expect(losses == ModelLosses())
    try losses.validate()
    let whole = try self.losses(
      #"""
      { "prior": { "importance": "uniform", "weight": { "shape": "twoStage", "first": 2, "second": 0.5, "at": 0.25 } },
        "classifier": { "kind": "topK", "k": 20, "centres": "moving", "angle": 0.5 },
        "identity": { "kind": "infonce", "source": "classWeight" },
        "perception": { "attributes": 0.6, "layers": 0.4, "diversity": 0.1, "learned": true },
        "regularisation": { "lowRank": [], "others": 0.001, "weight": 0 } }
      """#)
    try whole.validate()
    #expect(try whole.classifier.loss() == .rivals(TopRivals(.fixed(20))))
    #expect(whole.classifier.rule == .moving(decay: 0.9))
    #expect(try whole.identity.featureLoss() == .contrastive(InfoNCE()))
    let data = try JSONEncoder().encode(whole)
    #expect(try JSONDecoder().decode(ModelLosses.self, from: data) == whole)
  }

  @Test(
    "what cannot be is refused",
    arguments: [
      #"{ "classifier": { "kind": "topK", "learned": true } }"#,
      #"{ "classifier": { "kind": "maxMargin", "learned": true } }"#,
      #"{ "classifier": { "kind": "logitFeatures", "learned": true } }"#,
      #"{ "classifier": { "featureWeight": -1 } }"#,
      #"{ "classifier": { "k": 0 } }"#, #"{ "classifier": { "k": 2, "printedK": true } }"#,
      #"{ "classifier": { "decay": 1 } }"#, #"{ "classifier": { "angle": 3 } }"#,
      #"{ "classifier": { "centreShare": -1 } }"#, #"{ "prior": { "cosine": 0.2 } }"#,
      #"{ "prior": { "weight": 1, "learned": true } }"#, #"{ "prior": { "weight": -1 } }"#,
      #"{ "identity": { "source": "privateImage" } }"#, #"{ "identity": { "margin": 3 } }"#,
      #"{ "perception": { "layers": 0 } }"#, #"{ "perception": { "diversity": -1 } }"#,
      #"{ "regularisation": { "others": -1 } }"#, #"{ "regularisation": { "lengths": -1 } }"#,
    ])
  func refusals(_ text: String) {
    #expect(throws: (any Error).self) {
      let losses = try losses(text)
      try losses.validate()
      // A negative weight is seen when it is given to a term.
      _ = try losses.objective(parts())
    }
  }

  private let batch = Batch(
    inputs: Laboratory.noise([4, 1, 16, 16]), labels: Tensor([0, 1, 0, 2]), indices: [3, 4, 5, 6])

  private func parts(_ rule: FeatureCentres.Rule = .fixed) throws -> ModelLosses.Parts {
    let generator = Generator(seed: 8, purpose: "target")
    let (first, last) = (
      Tensor.normal([6, 256], using: generator), Tensor.normal([3, 6], using: generator)
    )
    let target = TargetModel(name: "toy", directions: last) { images in
      let features = images.flattened(from: 1).linear(first)
      return TargetModel.Answers(logits: features.linear(last), features: features)
    }
    let known = try target(Laboratory.noise([3, 1, 16, 16]) * 0.5).features
    let draw = NoiseDraw()
    var parts = ModelLosses.Parts(target: target, images: .denoised(draw), draw: draw)
    parts.centres = try FeatureCentres(of: known, classes: [0, 1, 2], count: 3, rule: rule)
    parts.publicFeatures = { _ in (known + 1, [0, 1, 2]) }
    let encoder = FrozenEncoder(Laboratory.encoder(), inputShape: [1, 16, 16])
    parts.encoder = encoder
    let (images, ids) = (Laboratory.noise([3, 1, 16, 16]), ["a", "b", "c"])
    parts.people = try .lookAlikes(
      in: Dataset(name: "public", inputs: images, labels: Tensor([0, 1, 2]), classNames: ids),
      chosen: [[0], [1], [2]], encoder: encoder,
      publicIdentities: ids, privateData: nil)
    parts.reader = try AttributeReader(name: "rows", groups: [.init("pose", count: 16)]) {
      $0.flattened(from: 1).narrowed(to: 0..<16, along: 1)
    }
    parts.distance = try PerceptualDistance(Laboratory.encoder(seed: 4))
    parts.vectors = { _ in .full([3, 4], 1) }
    return parts
  }

  private func network() throws -> DenoisingNetwork {
    var settings = UNetSettings()
    (settings.patch, settings.width, settings.multipliers) = (4, 4, [1])
    return try DenoisingNetwork(
      settings, imageShape: [1, 16, 16], conditioning: .none,
      preconditioning: Preconditioning(dataDeviation: 0.3),
      using: Generator(seed: 2, purpose: "denoiser"))
  }

  @Test("each of the five is one term with its own weight, fixed or learned")
  func objective() throws {
    let parts = try parts()
    let step = StepContext(
      model: try network(), batch: batch, step: 0, totalSteps: 4, context: Context(seed: 7))
    let fixed = try ModelLosses().objective(parts)
    let (total, records) = try fixed.value(in: step)
    #expect(
      records.map(\.name) == [
        "prior", "classification", "identity", "perception", "regularisation",
      ])
    #expect(records.map(\.weight) == [1, 0.05, 0.5, 0.1, 0.01])
    let sum = records.reduce(0) { $0 + $1.value * $1.weight }
    #expect(abs(total.item - sum) < 1e-4 * max(1, sum))
    let learned = try losses(
      #"""
      { "prior": { "learned": true }, "classifier": { "learned": true }, "identity": { "learned": true },
        "perception": { "attributes": 0.6, "layers": 0.4, "diversity": 0.1, "learned": true } }
      """#
    ).objective(parts)
    let all = try learned.value(in: step).records
    #expect(all.map(\.logVariance) == [0, 0, 0, 0, nil])
    let parted = try ["attributes", "layers", "diversity"].map {
      try #require(step.measurements[$0])
    }
    let mix = 0.6 * parted[0] + 0.4 * parted[1] + 0.1 * parted[2]
    #expect(abs(all[3].value - mix) < 1e-5 * mix && parted[2] > 0)
    let bare = try losses(#"{ "identity": { "weight": 0 }, "regularisation": { "weight": 0 } }"#)
    #expect(try bare.objective(parts).terms.count == 3)
  }

  @Test(
    "every kind of loss on a classifier can be chosen",
    arguments: ModelLosses.Classifier.Kind.allCases)
  func kinds(_ kind: ModelLosses.Classifier.Kind) throws {
    var parts = try parts()
    parts.distribution = try FeatureDistribution(
      of: parts.target(Laboratory.noise([5, 1, 16, 16])).features)
    var values: [Double] = []
    for reference in LogitFeatureLoss.Reference.allCases {
      var losses = ModelLosses()
      (losses.classifier.kind, losses.classifier.centres) = (kind, .none)
      losses.classifier.features = reference
      let step = StepContext(
        model: try network(), batch: batch, step: 0, totalSteps: 4, context: Context(seed: 7))
      let records = try losses.objective(parts).value(in: step).records
      #expect(records[1].name == "classification" && records[1].value.isFinite)
      values.append(records[1].value)
    }
    #expect((values[0] == values[1]) == (kind != .logitFeatures))
  }

  @Test("centres that move do so after a step, by public features, and are saved")
  func moving() throws {
    let parts = try parts(.moving(decay: 0.9))
    let centres = try #require(parts.centres)
    let before = centres.vectors
    let term = try FeatureCentring(
      centres, of: parts.target, on: parts.images, publicFeatures: parts.publicFeatures)
    let mix = try TermMix("classification", [(share: 0.5, term: term)])
    let step = StepContext(
      model: try network(), batch: batch, step: 0, totalSteps: 4, context: Context(seed: 7))
    #expect(try abs(mix.value(in: step).item * 2 - term.value(in: step).item) < 1e-4)
    let saved = mix.state
    try mix.didUpdate(after: step)
    #expect((centres.vectors - before - 0.1).abs().max().item < 1e-4)
    mix.state = saved
    #expect(centres.vectors.isIdentical(to: before) && Array(saved.keys) == ["0.centres"])
    #expect(throws: InversionError.self) {
      try FeatureCentring(centres, of: parts.target, on: parts.images)
    }
    #expect(throws: InversionError.self) { try TermMix("none", []) }
    #expect(throws: InversionError.self) { try TermMix("less", [(share: -1, term: term)]) }
  }

  @Test("what a loss needs and does not have is named")
  func missing() throws {
    var parts = try parts()
    parts.distance = nil
    #expect(throws: InversionError.missingPart(loss: "perception", part: "distance")) {
      try ModelLosses().objective(parts)
    }
    parts = try self.parts(.learned)
    #expect(throws: InversionError.self) { try ModelLosses().objective(parts) }
    parts = try self.parts()
    parts.people = try .classWeights(.ones([3, 12]))
    #expect(throws: InversionError.self) { try ModelLosses().objective(parts) }
    let error = InversionError.missingPart(loss: "perception", part: "distance")
    #expect(error.description.contains("perception") && error.recoverySuggestion != nil)
  }

  @Test("a run with learned weights and centres that move ends the same when it was cut off")
  func run() throws {
    func end(_ sittings: [Int]) throws -> (state: [String: Tensor], log: String) {
      try Laboratory.withFolder { folder in
        let data = try Dataset(
          name: "faces", inputs: Laboratory.noise([8, 1, 16, 16]),
          labels: Tensor((0..<8).map { $0 % 3 }), classNames: ["a", "b", "c"])
        var state: [String: Tensor] = [:]
        for steps in sittings {
          let model = try network()
          let losses = try losses(
            #"""
            { "prior": { "learned": true },
              "classifier": { "centres": "moving", "learned": true, "angle": 0.3 },
              "regularisation": { "weight": 0 } }
            """#)
          var settings = TrainerSettings()
          (settings.steps, settings.batchSize, settings.checkpointEvery) = (4, 4, 1)
          let asked = Mutex(0)
          let trainer = try Trainer(
            model: model, objective: losses.objective(parts(.moving(decay: 0.9))), training: data,
            evaluation: nil, settings: settings, context: Context(seed: 1), folder: folder,
            identity: "run",
            isStopRequested: {
              asked.withLock { asked in
                asked += 1
                return asked > steps
              }
            })
          #expect(try trainer.run() == (steps < 4 ? .interrupted : .finished))
          state = model.state()
        }
        let log = try String(contentsOf: folder.appending(path: "metrics.csv"), encoding: .utf8)
        return (state, log)
      }
    }
    let (whole, cut) = (try end([4]), try end([2, 4]))
    #expect(whole.state.allSatisfy { cut.state[$0.key]?.isIdentical(to: $0.value) == true })
    #expect(whole.log == cut.log)
    for column in ["prior.log_variance", "classification.log_variance", "classification.success"] {
      #expect(whole.log.prefix { $0 != "\n" }.split(separator: ",").contains(Substring(column)))
    }
  }
}
