import Foundation
import Reports

/// `results.json`, schema `touchstone.results/1`: what a run or a sweep came to.
public struct ResultsFile: Sendable {
  /// A variant with its results.
  public struct Variant: Sendable {
    /// The name.
    public var name: String
    /// The results, by name, in order.
    public var metrics: [(name: String, value: JSONValue)]
    /// What was predicted before anything was run, by name.
    public var forecast: [(name: String, value: Double)]
    /// What somebody published of other networks, by name.
    public var published: [(name: String, value: Double)]

    /// A variant from its parts.
    public init(
      name: String, metrics: [(name: String, value: JSONValue)],
      forecast: [(name: String, value: Double)] = [],
      published: [(name: String, value: Double)] = []
    ) {
      self.name = name
      self.metrics = metrics
      self.forecast = forecast
      self.published = published
    }
  }

  /// The recipe's file.
  public var recipe: String
  /// The recipe's profile.
  public var profile: String?
  /// The settings with all defaults.
  public var settings: JSONValue
  /// The seeds.
  public var seeds: [UInt64]
  /// How long all runs worked, in seconds.
  public var seconds: Double
  /// The variants; a single run is one.
  public var variants: [Variant]

  /// A file from its parts.
  public init(
    recipe: String, profile: String?, settings: JSONValue, seeds: [UInt64], seconds: Double,
    variants: [Variant]
  ) {
    self.recipe = recipe
    self.profile = profile
    self.settings = settings
    self.seeds = seeds
    self.seconds = seconds
    self.variants = variants
  }

  /// The content.
  public var json: JSONValue {
    [
      "schema": "touchstone.results/1", "recipe": .string(recipe), "profile": JSONValue(profile),
      "settings": settings, "seeds": .array(seeds.map { JSONValue($0) }),
      "seconds": JSONValue(seconds),
      "variants": .array(
        variants.map { variant in
          var object: JSONObject = [
            "name": .string(variant.name), "metrics": .object(JSONObject(variant.metrics)),
            "forecast": Self.json(variant.forecast),
          ]
          if !variant.published.isEmpty { object["published"] = Self.json(variant.published) }
          return .object(object)
        }),
    ]
  }

  private static func json(_ figures: [(name: String, value: Double)]) -> JSONValue {
    .object(JSONObject(figures.map { ($0.name, JSONValue($0.value)) }))
  }

  /// The file.
  public var file: ReportFolder.File {
    .init("results.json", json.text(pretty: true))
  }
}

extension JSONValue {
  /// A tree from its text.
  ///
  /// - Throws: `DecodingError` when the text is not JSON.
  public init(parsing text: String) throws {
    self = try JSONDecoder().decode(JSONValue.self, from: Data(text.utf8))
  }
}
