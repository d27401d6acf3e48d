import Reports

/// The JSON Schema of recipes, by which editors complete and check them.
public enum RecipeSchema {
  /// The schema of recipes of some kinds, one of which a recipe names under `recipe:`.
  public static func json(of kinds: [any RunKind.Type]) -> JSONValue {
    var definitions: [(String, JSONValue)] = []
    let choices = kinds.map { kind -> JSONValue in
      [
        "if": [
          "properties": ["recipe": ["const": .string(kind.name)]], "required": ["recipe"],
        ],
        "then": .object(recipe(of: kind)),
      ]
    }
    for kind in kinds { definitions += self.definitions(of: kind) }
    let schema: JSONObject = [
      "$schema": "https://json-schema.org/draft/2020-12/schema",
      "title": "A Touchstone recipe", "type": "object", "required": ["recipe"],
      "properties": [
        "recipe": [
          "description": "The kind of run.", "enum": .array(kinds.map { .string($0.name) }),
        ]
      ],
      "allOf": .array(choices), "$defs": .object(JSONObject(definitions)),
    ]
    return .object(SchemaSharing.shared(schema))
  }

  /// What recipes of a kind write more than once: changes of the settings, and sweeps over them.
  private static func definitions(of kind: any RunKind.Type) -> [(String, JSONValue)] {
    let part = TypeSchema.partial(settings(of: kind))
    var inProfile = part
    if case .object(var properties)? = part["properties"] {
      properties["sweep"] = reference(kind, "sweep")
      inProfile["properties"] = .object(properties)
    }
    return [
      ("\(kind.name)-change", .object(part)), ("\(kind.name)-profile", .object(inProfile)),
      ("\(kind.name)-sweep", .object(sweep(over: reference(kind, "change")))),
    ]
  }

  private static func reference(_ kind: any RunKind.Type, _ name: String) -> JSONValue {
    ["$ref": .string("#/$defs/\(kind.name)-\(name)")]
  }

  private static func settings(of kind: any RunKind.Type) -> JSONObject {
    func settings<Kind: RunKind>(_ kind: Kind.Type) -> JSONObject {
      TypeSchema.schema(
        of: Kind.Settings.self, notes: SchemaNotes(help: kind.help, choices: kind.choices))
    }
    return settings(kind)
  }

  private static func recipe(of kind: any RunKind.Type) -> JSONObject {
    var recipe = settings(of: kind)
    guard case .object(let own)? = recipe["properties"] else { return recipe }
    var properties = header
    properties["recipe"] = ["const": .string(kind.name)]
    for member in own.members { properties[member.key] = member.value }
    properties["sweep"] = reference(kind, "sweep")
    properties["profiles"] = described(
      "Named changes of the settings, chosen with --profile.",
      [
        "type": "object",
        "additionalProperties": ["anyOf": [["type": "null"], reference(kind, "profile")]],
      ])
    recipe["properties"] = .object(properties)
    // What a recipe must have may also come from its profile, so only the decoder can tell.
    recipe["required"] = ["recipe"]
    return recipe
  }

  private static let header: JSONObject = [
    "title": described("One line for lists.", String.schema),
    "about": described("A paragraph: what is compared and why.", String.schema),
    "reproduces": described(
      "What the recipe reproduces: a table or figure with its source.", String.schema),
    "cost": described(
      "What a run costs, as a text or by profile.",
      [
        "anyOf": [
          ["type": "string"], ["type": "object", "additionalProperties": ["type": "string"]],
        ]
      ]),
  ]

  private static func sweep(over change: JSONValue) -> JSONObject {
    let positive: JSONValue = ["type": "integer", "minimum": 1]
    let seeds: JSONValue = ["type": "integer", "minimum": 0]
    let properties: JSONObject = [
      "seeds": described(
        "How many seeds, from 0, or the list of them.",
        ["anyOf": [positive, ["type": "array", "minItems": 1, "items": seeds]]]),
      "settings": described(
        "Changes that all runs of the sweep begin with.", ["anyOf": [change]]),
      "variants": described(
        "Named changes of the settings.",
        [
          "type": "object",
          "additionalProperties": ["anyOf": [["type": "null"], change]],
        ]),
      "grid": described(
        "Values of settings by dotted path, all combined.",
        [
          "type": "object",
          "additionalProperties": ["type": "array", "minItems": 1],
        ]),
      "baseline": described(
        "The variant, or variants, that others are compared with: each with the nearest above it.",
        ["anyOf": [.object(String.schema), .object(TypeSchema.schema(of: [String].self))]]),
      "metrics": described(
        "The findings that are shown and compared; all by default.",
        TypeSchema.schema(of: [String].self)),
      "unit": described(
        "What a comparison takes for a repetition; seeds where there are two or more.",
        TypeSchema.schema(of: SweepSettings.Unit.self)),
      "halving": described(
        "Successive halving: all variants with a small budget, the better ones with more.",
        TypeSchema.schema(
          of: SweepSettings.Halving.self,
          notes: SchemaNotes(help: [
            "setting": "The setting that is the budget, such as training.epochs.",
            "metric": "The finding that decides, such as validation_error.",
            "rounds": "The number of rounds, from 2.",
            "keep": "The share of variants that goes on, and of the budget.",
          ]))),
      "tradeoffs": described(
        "Findings that are drawn against one another, such as test_accuracy: certified_accuracy.0.5.",
        [
          "type": "object",
          "additionalProperties": [
            "anyOf": [.object(String.schema), .object(TypeSchema.schema(of: [String].self))]
          ],
        ]),
      "ceilings": described(
        "For findings of trade-offs another one that is drawn as a line above them.",
        ["type": "object", "additionalProperties": .object(String.schema)]),
      "forecast": described(
        "Figures that somebody predicted, by variant and finding; shown apart, as forecasts.",
        TypeSchema.schema(of: [String: [String: Double]].self)),
      "published": described(
        "Figures that somebody published of other networks; shown apart, with their source.",
        TypeSchema.schema(
          of: SweepSettings.Published.self,
          notes: SchemaNotes(help: [
            "source": "Whose figures they are, and what of.",
            "values": "The figures, by variant and finding.",
          ]))),
    ]
    return [
      "type": "object", "additionalProperties": false, "properties": .object(properties),
      "description": "What is varied and compared by `touchstone ablate`.",
    ]
  }

  private static func described(_ text: String, _ schema: JSONObject) -> JSONValue {
    var schema = schema
    schema["description"] = .string(text)
    return .object(schema)
  }
}
