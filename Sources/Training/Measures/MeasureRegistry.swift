/// Builds measures by name, for recipes: one line a measure.
public enum MeasureRegistry {
  private struct Entry: Sendable {
    let options: [String]
    let build: @Sendable (TermOptions) throws(TrainingError) -> any Measure

    init(
      _ options: [String] = [],
      _ build: @escaping @Sendable (TermOptions) throws(TrainingError) -> any Measure
    ) {
      self.options = options
      self.build = build
    }
  }

  private static let entries: [String: Entry] = [
    "lds": Entry(["radius", "powerIterations"]) { options throws(TrainingError) in
      try LocalSmoothness(options)
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
    if let option = options.keys.sorted().first(where: { !entry.options.contains($0) }) {
      throw .setting(
        name: "\(name).\(option)", value: "given",
        allowed: entry.options.isEmpty
          ? "left out, since the measure has no options"
          : "one of \(entry.options.joined(separator: ", "))")
    }
    return try entry.build(TermOptions(term: name, values: options))
  }
}
