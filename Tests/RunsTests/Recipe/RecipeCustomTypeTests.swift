import Foundation
import Testing

@testable import Runs

/// Types that decode themselves, as recipes with defaults and alternatives do.
@Suite struct RecipeCustomTypeTests {
  struct WithDefaults: Decodable {
    let steps: Int
    let warmUp: Int

    enum CodingKeys: String, CodingKey {
      case steps
      case warmUp = "warm_up"
    }

    init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: CodingKeys.self)
      steps = try container.decodeIfPresent(Int.self, forKey: .steps) ?? 100
      warmUp = try container.decodeIfPresent(Int.self, forKey: .warmUp) ?? 0
      guard warmUp <= steps else {
        throw DecodingError.dataCorruptedError(
          forKey: .warmUp, in: container, debugDescription: "longer than all steps")
      }
    }
  }

  struct Radius: Decodable {
    struct Negative: LocalizedError { let errorDescription: String? = "a radius is not negative" }
    let value: Double

    init(from decoder: any Decoder) throws {
      value = try decoder.singleValueContainer().decode(Double.self)
      if value < 0 { throw Negative() }
    }
  }

  enum Schedule: Decodable, Equatable {
    case constant(Double)
    case linear(from: Double, to: Double)

    enum CodingKeys: String, CodingKey { case from, to }

    init(from decoder: any Decoder) throws {
      if let value = try? decoder.singleValueContainer().decode(Double.self) {
        self = .constant(value)
      } else {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self = .linear(
          from: try container.decode(Double.self, forKey: .from),
          to: try container.decode(Double.self, forKey: .to))
      }
    }
  }

  /// Words of which one is refused for a reason.
  enum Source: String, Decodable, CaseIterable {
    case open, learned

    struct Secret: LocalizedError {
      let errorDescription: String? = "secret is what is looked for"
      let recoverySuggestion: String? = "take an open one"
    }

    init(from decoder: any Decoder) throws {
      let word = try decoder.singleValueContainer().decode(String.self)
      if word == "secret" { throw Secret() }
      guard let source = Self(rawValue: word) else {
        throw DecodingError.dataCorrupted(.init(codingPath: [], debugDescription: "no such"))
      }
      self = source
    }
  }

  enum Choice: Decodable, Equatable {
    case pgd(steps: Int)
    case noise(scale: Double)
  }

  private static func decode<Value: Decodable>(_ type: Value.Type, _ yaml: String) throws -> Value {
    try RecipeDecoderTests.decode(type, yaml)
  }

  private static func message(_ type: (some Decodable).Type, _ yaml: String) -> String {
    do { return "\(try decode(type, yaml))" } catch { return "\(error)" }
  }

  @Test func optionalKeysCountAsKnown() throws {
    #expect(try Self.decode(WithDefaults.self, "warm_up: 3").warmUp == 3)
    #expect(try Self.decode(WithDefaults.self, "").steps == 100)
    #expect(
      Self.message(WithDefaults.self, "warmup: 3") == "r.yaml:2:1: unknown key 'warmup'")
  }

  @Test func errorsOfTheTypeGetAPlace() {
    #expect(
      Self.message(WithDefaults.self, "steps: 1\nwarm_up: 3")
        == "r.yaml:3:10: warm_up: longer than all steps")
    #expect(
      Self.message([String: [Radius]].self, "radii: [1, -1]")
        == "r.yaml:2:12: radii.1: a radius is not negative")
  }

  @Test func aTypeSaysWhyItRefusesAWord() throws {
    #expect(try Self.decode([String: Source].self, "from: open") == ["from": .open])
    #expect(
      Self.message([String: Source].self, "from: secret")
        == "r.yaml:2:7: from: secret is what is looked for; take an open one")
    #expect(
      Self.message([String: Source].self, "from: closed")
        == "r.yaml:2:7: from: expected one of 'open', 'learned', found 'closed'")
  }

  @Test func alternativesCanBeTried() throws {
    let schedules = try Self.decode(
      [String: Schedule].self, "a: 0.5\nb: {from: 0, to: 1}")
    #expect(schedules == ["a": .constant(0.5), "b": .linear(from: 0, to: 1)])
    #expect(
      Self.message([String: Schedule].self, "b: {from: 0, to: 1, power: 2}")
        == "r.yaml:2:21: unknown key 'b.power'")
  }

  @Test func casesWithValuesAreMappings() throws {
    #expect(
      try Self.decode([String: Choice].self, "a: {pgd: {steps: 3}}") == ["a": .pgd(steps: 3)])
    #expect(
      Self.message([String: Choice].self, "a: {pgd: {steps: 3, step: 4}}")
        == "r.yaml:2:21: unknown key 'a.pgd.step'")
    #expect(Self.message([String: Choice].self, "a: {fgm: {}}").hasPrefix("r.yaml:2:4: a: "))
  }
}
