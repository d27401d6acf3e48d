import Foundation
import Reports

/// Works on a recorded run in this process: what all kinds of runs have in common.
public struct RunExecution: Sendable {
  private let kinds: [any RunKind.Type]
  private let store: RunStore
  private let environment: RunEnvironment
  private let isStopRequested: @Sendable () -> Bool
  private let voice: any RunVoice

  /// An execution.
  ///
  /// - Parameters:
  ///   - kinds: the kinds of runs there are.
  ///   - isStopRequested: whether to stop; asked between steps.
  ///   - voice: tells a person what happens.
  public init(
    kinds: [any RunKind.Type], store: RunStore, environment: RunEnvironment,
    isStopRequested: @escaping @Sendable () -> Bool,
    voice: any RunVoice = SilentVoice()
  ) {
    self.kinds = kinds
    self.store = store
    self.environment = environment
    self.isStopRequested = isStopRequested
    self.voice = voice
  }

  /// Runs to the end, or goes on where an earlier attempt stopped. What is finished is not done again.
  ///
  /// - Parameter tensorBoard: the folder for TensorBoard's event files, where they are wanted.
  /// - Returns: `results.json`; `nil` when somebody asked to stop.
  /// - Throws: what the run throws, after it was noted in the store.
  public func perform(_ record: RunRecord, tensorBoard: String? = nil) throws -> JSONValue? {
    let kind = try RunKindName.find(record.kind, in: kinds, recipe: record.recipe)
    return try perform(kind, record, tensorBoard)
  }

  private func perform<Kind: RunKind>(
    _ kind: Kind.Type, _ record: RunRecord, _ tensorBoard: String?
  ) throws -> JSONValue? {
    let results = URL(filePath: record.folder).appending(path: "results.json")
    if record.status == .finished, let text = try? String(contentsOf: results, encoding: .utf8) {
      return try JSONValue(parsing: text)
    }
    let settings = try kind.settings(fromText: record.settings)
    try kind.validate(settings)
    let session = try RunSession(
      record, in: store, environment: environment, tensorBoard: tensorBoard,
      isStopRequested: isStopRequested, voice: voice)
    var written: JSONValue?
    let result = try session.perform { session in
      let folder = ReportFolder(session.folder.path)
      try folder.write([.init("recipe.yaml", try recipe(of: settings, record))])
      guard var result = try kind.run(settings, in: session) else { return nil }
      let file = ResultsFile(
        recipe: record.recipe, profile: record.profile,
        settings: try JSONValue(parsing: record.settings),
        seeds: record.seed.flatMap { UInt64($0) }.map { [$0] } ?? [], seconds: session.seconds,
        variants: [
          .init(
            name: record.variant ?? record.kind,
            metrics: result.findings.map { ($0.id, $0.json) })
        ])
      try folder.write([file.file])
      written = file.json
      result.files = ["recipe.yaml", "results.json"] + result.files
      return result
    }
    return result == nil ? nil : written
  }

  /// The run as a recipe of its own, with every default written out.
  private func recipe(of settings: some Encodable, _ record: RunRecord) throws -> String {
    let origin = [
      record.recipe, record.profile.map { "profile \($0)" },
      record.variant.map { "variant \($0)" },
    ]
    let comment = origin.compactMap { $0 }.joined(separator: ", ").replacing("\n", with: " ")
    return "# \(comment)\nrecipe: \(record.kind)\n" + (try RecipeValue.yaml(of: settings))
  }
}
