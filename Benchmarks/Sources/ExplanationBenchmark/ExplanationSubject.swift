import Datasets
import Explanations
import Foundation
import Harness
import Networks
import Perturbations
import Torch

/// What is explained, and our side of the comparison.
struct ExplanationSubject {
  /// How many images and samples an image each method has.
  static let work = [
    (method: "rise", images: 4, samples: 4000), (method: "kernel-shap", images: 10, samples: 800),
    (method: "smoothgrad", images: 100, samples: 50),
  ]

  let model: String
  let data: String
  let workers: Int
  let cap: Int

  /// Explains all images with a method, after one image that does not count.
  func run(_ name: String) throws -> ExplanationTiming {
    let set = try Dataset.load(from: data, split: .test)
    let classifier = try ScriptClassifier(
      contentsOf: URL(filePath: model), example: set.batch([0, 1]).inputs,
      classCount: set.classNames.count)
    let amount = Self.work.first { $0.method == name } ?? Self.work[0]
    let batch = set.batch(Array(0..<amount.images))
    let method: any Attribution =
      switch name {
      case "kernel-shap": KernelSHAP(samples: amount.samples)
      case "smoothgrad": SmoothGrad(samples: amount.samples, deviation: 0.2, isRelative: false)
      default: RISE(samples: amount.samples)
      }
    let context = Context(seed: 0, workers: workers)
    let scale: OutputScale = name == "rise" ? .probabilities : .logits
    let question = Question(Target(classifier), focus: .label, scale: scale, batchCap: cap)
    _ = try method.attribute(batch.selecting([0]), question, context: context)
    let before = Self.processorSeconds
    let taken = try seconds {
      _ = try method.attribute(batch, question, context: context)
    }
    return ExplanationTiming(
      samplesPerSecond: Double(amount.images * amount.samples) / taken,
      samplesPerProcessorSecond: Double(amount.images * amount.samples)
        / (Self.processorSeconds - before),
      megabytes: peakMegabytes)
  }

  /// The time that all threads of this process have spent on processors.
  private static var processorSeconds: Double {
    Double(clock()) / Double(CLOCKS_PER_SEC)
  }
}

/// What a method took.
struct ExplanationTiming: Codable {
  var samplesPerSecond: Double
  /// What does not depend on who else uses the machine, as far as anything does.
  var samplesPerProcessorSecond: Double
  var megabytes: Double

  func line() throws -> String { String(decoding: try JSONEncoder().encode(self), as: UTF8.self) }
}
