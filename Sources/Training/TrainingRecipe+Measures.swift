import Datasets

extension TrainingRecipe {
  /// A measure of the finished model.
  public struct MeasureEntry: Sendable, Codable, Equatable {
    /// What it is measured on.
    public enum Part: String, Sendable, Codable, CaseIterable {
      /// The examples that were learned from, those with labels.
      case train
      /// The test examples.
      case test
      /// Examples of classes that nothing was learned from.
      case strangers
    }

    /// Its name, such as `sharpness`.
    public var measure: String
    /// What it is measured on.
    public var part: Part
    /// How many of those examples, from the first on.
    public var count: Int
    /// Numbers, words and truth values that change it.
    public var options: [String: SettingValue]?

    /// Reads an entry; what is absent has its default.
    public init(from decoder: any Decoder) throws {
      let fields = try decoder.container(keyedBy: CodingKeys.self)
      measure = try fields.decode(String.self, forKey: .measure)
      part = try fields.decodeIfPresent(Part.self, forKey: .part) ?? .test
      count = try fields.decodeIfPresent(Int.self, forKey: .count) ?? 1000
      options = try fields.decodeIfPresent([String: SettingValue].self, forKey: .options)
    }

    /// The measure.
    ///
    /// - Throws: ``TrainingError`` for unknown names and options and values out of range.
    public func makeMeasure() throws(TrainingError) -> any Measure {
      try MeasureRegistry.measure(measure, options: options ?? [:])
    }
  }

  /// Checks the measures.
  ///
  /// - Throws: ``TrainingError`` for the first that cannot be, and for two of one name and radius.
  func validateMeasures() throws(TrainingError) {
    var seen: Set<String> = []
    for entry in measures {
      let measure = try entry.makeMeasure()
      guard entry.count >= 1 else {
        throw .setting(name: "measures.count", value: "\(entry.count)", allowed: "at least 1")
      }
      guard entry.part != .strangers || data.strangers != nil else {
        throw .setting(
          name: "measures.part", value: "strangers", allowed: "train or test without data.strangers"
        )
      }
      let name = "\(measure.name) \(measure.radii)"
      guard seen.insert(name).inserted else {
        throw .setting(name: "measures", value: "\(name) twice", allowed: "each measure once")
      }
    }
  }
}
