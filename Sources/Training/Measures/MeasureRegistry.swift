/// Builds measures by name, for recipes: one line a measure.
public enum MeasureRegistry {
  private typealias Entry = RegistryEntry<any Measure>

  private static let entries: [String: Entry] = [
    "accuracy": Entry { _ throws(TrainingError) in Accuracy() },
    "certified-accuracy": Entry(["radius"]) { options throws(TrainingError) in
      CertifiedAccuracy(radius: try options.positive("radius") ?? 0.5)
    },
    "eer": Entry { _ throws(TrainingError) in VerificationRate() },
    "tar-at-fmr": Entry(["fmr"]) { options throws(TrainingError) in
      try VerificationRate(options)
    },
    "explanation": Entry(ExplanationQuality.optionNames) { options throws(TrainingError) in
      try ExplanationQuality(options)
    },
    "explanation-distance": Entry(ExplanationGap.optionNames) { options throws(TrainingError) in
      try ExplanationGap(options)
    },
    "kr": Entry { _ throws(TrainingError) in TransportDistance() },
    "lds": Entry(["radius", "powerIterations"]) { options throws(TrainingError) in
      try LocalSmoothness(options)
    },
    "confidence-climb": Entry(["confidence", "step", "steps"]) { options throws(TrainingError) in
      try ConfidenceClimb(options)
    },
    "sharpness": Entry(["radius"]) { options throws(TrainingError) in
      try Sharpness(options, isAdaptive: false)
    },
    "adaptive-sharpness": Entry(["radius", "offset"]) { options throws(TrainingError) in
      try Sharpness(options, isAdaptive: true)
    },
  ]

  /// The names of all measures.
  public static var names: [String] { entries.keys.sorted() }

  /// A measure.
  ///
  /// - Throws: ``TrainingError`` for unknown names and options and values out of range.
  public static func measure(
    _ name: String, options: [String: SettingValue] = [:]
  ) throws(TrainingError) -> any Measure {
    guard let entry = entries[name] else {
      throw .setting(
        name: "measures.measure", value: name, allowed: "one of \(names.joined(separator: ", "))")
    }
    return try entry.product(name, options: options, kind: "measure")
  }
}
