import Reports

/// What somebody types to make the model of a card again.
struct ModelCardCommand {
  private let content: ModelCardContent

  init(_ content: ModelCardContent) { self.content = content }

  /// The command.
  var text: String {
    let profile = content.profile.map { " --profile \($0)" } ?? ""
    if content.isAudit {
      let data = content.groups.first.map { " --data \(Self.quoted($0.data))" } ?? ""
      let model = content.settings.text(at: "model") == nil ? "--run FOLDER" : "--model FILE"
      return "touchstone audit \(model)\(data)\(profile)"
    }
    let recipe = Self.quoted(content.recipe)
    if content.isSweep { return "touchstone ablate \(recipe)\(profile)" }
    let verb =
      switch content.kind {
      case "tilt": "tilt --recipe"
      case "invert-model": "invert model"
      case "invert-template": "invert template"
      case "membership": "membership"
      default: "train"
      }
    let variant = content.variant.map { " --variant \(Self.quoted($0))" } ?? ""
    let seed =
      content.variant == nil ? "" : content.runs.first?.seed.map { " --seed \($0)" } ?? ""
    return "touchstone \(verb) \(recipe)\(profile)\(variant)\(seed)"
  }

  /// A word as a shell reads it.
  private static func quoted(_ word: String) -> String {
    let isPlain = word.unicodeScalars.allSatisfy {
      $0.isASCII && ($0.properties.isAlphabetic || "0123456789/._-+=".unicodeScalars.contains($0))
    }
    return isPlain && !word.isEmpty ? word : "'" + word.replacing("'", with: "'\\''") + "'"
  }
}
