import Reports
import Yams

extension RecipeError {
  /// What the YAML parser reports, with its place.
  init(_ error: any Error, locate: RecipeParser.Locator) {
    switch error as? YamlError {
    case .scanner(let context, let problem, let mark, _),
      .parser(let context, let problem, let mark, _),
      .composer(let context, let problem, let mark, _):
      let text = [context?.text, problem].compactMap { $0 }.joined(separator: ", ")
      self = .invalidYAML(locate(mark.line, mark.column), problem: text)
    case .reader(let problem, let offset, _, let yaml):
      let before = yaml.prefix(offset ?? 0)
      let column = before.reversed().prefix { !$0.isNewline }.count + 1
      let line = before.reduce(1) { $1.isNewline ? $0 + 1 : $0 }
      let here = offset == nil ? locate(nil, nil) : locate(line, column)
      self = .invalidYAML(here, problem: problem)
    case .duplicatedKeysInMapping(let duplicates, let context):
      self = .duplicateKeys(locate(context.mark.line, context.mark.column), keys: duplicates)
    default: self = .invalidYAML(locate(nil, nil), problem: "\(error)")
    }
  }

  /// The question what was meant by a value that is not allowed.
  static func meant(of found: String, in allowed: [String]) -> String? {
    Suggestion.nearest(to: found, in: allowed).map { "did you mean '\($0)'?" }
  }
}
