import Reports

/// What a recipe says under `sweep:`: what is varied, and what is compared.
///
/// ```yaml
/// sweep:
///   seeds: 3
///   baseline: clean            # or several
///   variants:
///     clean: {}
///     noise: { objective: [{ term: noise-cross-entropy, options: { deviation: 0.2 } }] }
///   grid: { training.learningRate.peak: [1e-3, 3e-3] }
/// ```
public struct SweepSettings: Decodable, Sendable {
  /// A named change of the settings.
  public struct Variant: Sendable {
    /// The name.
    public let name: String
    /// What is laid over the recipe's settings.
    public let changes: RecipeValue
  }

  /// A setting with the values that it takes.
  public struct Axis: Sendable {
    /// The dotted path.
    public let path: String
    /// Where it stands.
    public let place: RecipePlace
    /// The values.
    public let values: [RecipeValue]
  }

  /// What a comparison takes for a repetition.
  public enum Unit: String, Sendable, Codable, CaseIterable {
    /// A run with a seed of its own: statements about training again.
    case seed
    /// An example: statements about other examples for the models at hand.
    case example
  }

  /// Successive halving (Jamieson and Talwalkar, AISTATS 2016): all variants run with a small budget,
  /// the better part of them with a larger one, and so on; the last round has the whole budget.
  public struct Halving: Codable, Sendable, Equatable {
    /// The dotted path of the setting that is the budget, such as `training.epochs`.
    public var setting: String
    /// The finding that decides, such as `validation_error`.
    public var metric: String
    /// The number of rounds, at least 2.
    public var rounds: Int
    /// The share of variants that goes on, and of the budget that a round has of the next one's.
    public var keep: Double

    /// Reads settings; `keep` is 0.5 when it is absent.
    public init(from decoder: any Decoder) throws {
      let fields = try decoder.container(keyedBy: CodingKeys.self)
      setting = try fields.decode(String.self, forKey: .setting)
      metric = try fields.decode(String.self, forKey: .metric)
      rounds = try fields.decode(Int.self, forKey: .rounds)
      keep = try fields.decodeIfPresent(Double.self, forKey: .keep) ?? 0.5
    }
  }

  /// Figures that somebody published, about other networks trained elsewhere.
  public struct Published: Codable, Sendable, Equatable {
    /// Whose figures they are and of what.
    public var source: String
    /// The figures, by variant and finding.
    public var values: [String: [String: Double]]
  }

  /// The seeds.
  public let seeds: [UInt64]
  /// Changes of the settings that all variants begin with, below their own; none when `nil`.
  public let common: RecipeValue?
  /// The variants, in the order of the recipe.
  public let variants: [Variant]
  /// The grid, whose points are combined with every variant.
  public let grid: [Axis]
  /// The variants that others are compared with: each with the nearest of them above it in the list of
  /// variants. The first variant alone when empty.
  public let baselines: [String]
  /// The findings that are shown and compared; all when `nil`.
  public let metrics: [String]?
  /// What a comparison takes for a repetition; seeds where there are two or more when `nil`.
  public let unit: Unit?
  /// How variants are dropped early, where they are.
  public let halving: Halving?
  /// Findings that are drawn against one another, variant by variant: what one costs in the other.
  public let tradeoffs: [(finding: String, against: [String])]
  /// For findings of trade-offs another one that they cannot be above, drawn as a line, such as that of real images.
  public let ceilings: [String: String]
  /// Figures that somebody predicted, by variant and finding.
  public let forecast: [String: [String: Double]]
  /// Figures that somebody published, where there are any.
  public let published: Published?

  enum CodingKeys: String, CodingKey, CaseIterable {
    case seeds, variants, grid, baseline, metrics, unit, halving, tradeoffs, ceilings, forecast
    case published
    case common = "settings"
  }

  /// Reads and checks the section.
  public init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: CodingKeys.self)
    seeds = try fields.decodeIfPresent(Seeds.self, forKey: .seeds)?.values ?? [0]
    common = try fields.decodeIfPresent(RecipeValue.self, forKey: .common)
    if let common, common.members == nil {
      throw RecipeError.wrongType(
        common.place, path: "sweep.settings", expected: "a mapping", found: common.kind)
    }
    variants =
      try fields.decodeIfPresent(Entries<RecipeValue>.self, forKey: .variants)?.list.map {
        if !$0.value.isNull, $0.value.members == nil {
          throw RecipeError.wrongType(
            $0.value.place, path: "sweep.variants.\($0.name)", expected: "a mapping",
            found: $0.value.kind)
        }
        return Variant(name: $0.name, changes: $0.value)
      } ?? []
    grid =
      try fields.decodeIfPresent(Entries<RecipeValue>.self, forKey: .grid)?.list.map {
        try Self.axis($0.name, $0.value)
      } ?? []
    baselines = try fields.decodeIfPresent(Names.self, forKey: .baseline)?.values ?? []
    metrics = try fields.decodeIfPresent([String].self, forKey: .metrics)
    unit = try fields.decodeIfPresent(Unit.self, forKey: .unit)
    halving = try fields.decodeIfPresent(Halving.self, forKey: .halving)
    tradeoffs =
      try fields.decodeIfPresent(Entries<Names>.self, forKey: .tradeoffs)?.list.map {
        (finding: $0.name, against: $0.value.values)
      } ?? []
    ceilings = try fields.decodeIfPresent([String: String].self, forKey: .ceilings) ?? [:]
    forecast =
      try fields.decodeIfPresent([String: [String: Double]].self, forKey: .forecast) ?? [:]
    published = try fields.decodeIfPresent(Published.self, forKey: .published)
  }

  /// A word, or a list of words.
  private struct Names: Decodable {
    let values: [String]

    init(from decoder: any Decoder) throws {
      let single = try decoder.singleValueContainer()
      if let list = try? single.decode([String].self) {
        values = list
      } else {
        values = [try single.decode(String.self)]
      }
    }
  }

  private static func axis(_ path: String, _ value: RecipeValue) throws(RecipeError) -> Axis {
    let name = "sweep.grid.\(path)"
    guard case .sequence(let values) = value.content else {
      throw .wrongType(value.place, path: name, expected: "a list of values", found: value.kind)
    }
    guard !values.isEmpty else {
      throw .invalid(value.place, path: name, reason: "the list of values is empty")
    }
    guard path != "seed" else {
      throw .invalid(value.place, path: name, reason: "seeds are given by sweep.seeds")
    }
    var seen: Set<String> = []
    for value in values where !seen.insert(value.json.text()).inserted {
      throw .invalid(value.place, path: name, reason: "\(value.json.text()) stands twice")
    }
    return Axis(path: path, place: value.place, values: values)
  }

  /// A number of seeds, from 0, or a list of them.
  private struct Seeds: Decodable {
    let values: [UInt64]

    init(from decoder: any Decoder) throws {
      let value = try RecipeValue(from: decoder)
      func invalid(_ reason: String) -> RecipeError {
        .invalid(value.place, path: "sweep.seeds", reason: reason)
      }
      guard case .sequence = value.content else {
        let count = try Int(from: decoder)
        guard 1...10_000 ~= count else { throw invalid("give from 1 to 10000 seeds") }
        values = (0..<UInt64(count)).map { $0 }
        return
      }
      values = try [UInt64](from: decoder)
      guard !values.isEmpty else { throw invalid("the list of seeds is empty") }
      guard Set(values).count == values.count else { throw invalid("a seed stands twice") }
    }
  }

  /// A mapping with its order.
  private struct Entries<Value: Decodable>: Decodable {
    let list: [(name: String, value: Value)]

    init(from decoder: any Decoder) throws {
      let fields = try decoder.container(keyedBy: RecipeKey.self)
      list = try fields.allKeys.map {
        ($0.stringValue, try fields.decode(Value.self, forKey: $0))
      }
    }
  }
}
