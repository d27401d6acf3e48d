/// What a registry knows of something that recipes can name: the options that it takes, and how it is
/// made of them.
struct RegistryEntry<Product>: Sendable {
  private let options: [String]
  private let build: @Sendable (TermOptions) throws(TrainingError) -> Product

  init(
    _ options: [String] = [],
    _ build: @escaping @Sendable (TermOptions) throws(TrainingError) -> Product
  ) {
    self.options = options
    self.build = build
  }

  /// What a recipe asks for.
  ///
  /// - Parameter kind: what it is called in errors, such as `term`.
  /// - Throws: ``TrainingError/setting(name:value:allowed:)`` for unknown options and values out of
  ///   range.
  func product(
    _ name: String, options values: [String: SettingValue], kind: String
  ) throws(TrainingError) -> Product {
    if let option = values.keys.sorted().first(where: { !options.contains($0) }) {
      throw .setting(
        name: "\(name).\(option)", value: "given",
        allowed: options.isEmpty
          ? "left out, since the \(kind) has no options"
          : "one of \(options.joined(separator: ", "))")
    }
    return try build(TermOptions(term: name, values: values))
  }
}
