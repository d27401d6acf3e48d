import Audit
import Datasets
import Diffusion
import Foundation
import Inversion
import Networks
import Reports
import Runs
import Statistics
import Torch

/// The templates that images of a prior are conditioned on, and how like them its samples are.
struct PriorTemplates {
  /// What tells the encoder from others.
  let fingerprint: String
  private let encoder: any TemplateEncoder
  private let training: TemplateTable
  private let test: TemplateTable

  /// The templates of training and test images.
  ///
  /// - Parameter path: the folder of a run, or a TorchScript file.
  /// - Throws: why there is no encoder of such images.
  init(by path: String, training: Dataset, test: Dataset, threads: Int) throws {
    guard training.inputShape.count == 3 else {
      throw InversionError.setting(
        name: "conditions.templates", value: path, allowed: "left out for data without images")
    }
    var settings = EncoderSettings()
    settings.path = path
    let shelf = EncoderShelf(
      images: training, threads: threads, shelf: Shelf(cache: Folders.cache, voice: nil))
    // With a path it is read and not trained.
    guard let encoder = try shelf.template(settings, as: "conditions.templates") else {
      throw InversionError.noEncoder(path: path, role: "conditions.templates")
    }
    let sample = training.batch(Array(0..<min(8, training.count))).inputs
    try encoder.checkIsDeterministic(on: sample)
    fingerprint = try encoder.fingerprint()
    self.encoder = encoder
    self.training = try TemplateTable(of: training, by: encoder)
    self.test = try TemplateTable(of: test, by: encoder)
  }

  /// The number of coordinates of a template.
  var width: Int { encoder.templateWidth }

  /// A draw that tells the model the template of every image of a part.
  func draw(_ draw: NoiseDraw, for part: DatasetPart) -> NoiseDraw {
    let table = part == .test ? test : training
    var result = draw
    result.source = .vectors { TemplateAttack.condition(of: table($0)) }
    return result
  }

  /// The conditions of images that are sampled: the templates of the test images in turn, `[count, D]`.
  func conditions(count: Int) -> Tensor { TemplateAttack.condition(of: wanted(count)) }

  private func wanted(_ count: Int) -> Tensor {
    test.templates.selecting(rows: (0..<count).map { $0 % test.templates.size(0) })
  }

  /// The mean cosine between what was asked for and the templates of what was sampled.
  func findings(on images: Tensor, seed: UInt64) throws -> [RunFinding] {
    let found = try encoder.checkedTemplates(of: images).to(.float64).unitRows()
    let cosines = (found * wanted(images.size(0)).to(.float64).unitRows()).sum(along: 1)
      .values(as: Double.self)
    var stream = RandomStream(seed: seed, purpose: "interval.template_cosine")
    let mean = try MeanEstimate(of: cosines, using: &stream)
    return [
      RunFinding(
        try Finding(
          id: "template_cosine", title: "Likeness of samples to their templates",
          value: mean.mean, interval: mean.interval, unit: "", better: .higher,
          detail: """
            Mean cosine between the template of a test image that a sample was asked for and the sample's own, \
            by the same encoder; \(cosines.count) samples.
            """), count: cosines.count)
    ]
  }
}
