/// What a recipe says about itself.
public struct RecipeHeader: Decodable, Sendable, Equatable {
  /// The kind of run, which decides the type that the settings must have.
  public let kind: String
  /// One line for lists.
  public let title: String?
  /// A paragraph: what is compared and why.
  public let about: String?
  /// What the recipe reproduces: a table or figure with its source.
  public let reproduces: String?
  /// What a run costs, by profile; the empty key holds for all profiles.
  public let cost: [String: String]

  enum CodingKeys: String, CodingKey, CaseIterable {
    case kind = "recipe"
    case title, about, reproduces, cost
  }

  /// Reads the header; `cost` is a text or a mapping from profiles to texts.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    kind = try container.decode(String.self, forKey: .kind)
    title = try container.decodeIfPresent(String.self, forKey: .title)
    about = try container.decodeIfPresent(String.self, forKey: .about)
    reproduces = try container.decodeIfPresent(String.self, forKey: .reproduces)
    if let text = try? container.decodeIfPresent(String.self, forKey: .cost) {
      cost = ["": text]
    } else {
      cost = try container.decodeIfPresent([String: String].self, forKey: .cost) ?? [:]
    }
  }

  /// What a run in a profile costs, where the recipe says so.
  public func cost(of profile: String?) -> String? { profile.flatMap { cost[$0] } ?? cost[""] }
}
