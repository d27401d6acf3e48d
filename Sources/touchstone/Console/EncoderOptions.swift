import ArgumentParser

/// What an audit needs to know where the model is an encoder, or its people are reconstructed.
struct EncoderOptions: ParsableArguments {
  @Flag(
    help: """
      The --model is an encoder: it gives templates and no scores of classes. A --run says so itself.
      """)
  var encoder = false

  @Option(
    help: ArgumentHelp(
      """
      A recipe that says who is public and private and how people are reconstructed, in place of what --profile \
      says: of invert-template for an encoder, of invert-model for a classifier.
      """, valueName: "recipe"))
  var inversion: String?

  @Option(
    name: .customLong("public"),
    help: ArgumentHelp(
      """
      For classifiers of people: a folder or archive with images of other people, a folder each. The people       whom the model was trained on, the --data, are reconstructed from its weights.
      """, valueName: "path"))
  var publicSource: String?

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp(
      "Changes a setting of --inversion, such as training.steps=500. Repeatable.",
      valueName: "key=value"))
  var overrides: [String] = []

  @Option(
    help: ArgumentHelp(
      """
      What judges reconstructions independently, the folder of a run or a TorchScript file; trained here by \
      default.
      """, valueName: "path"))
  var evaluation: String?

  @Flag(help: "Put pictures of reconstructed people into the report, also of real ones.")
  var pictures = false

  func validate() throws {
    guard overrides.isEmpty || inversion != nil else {
      throw ValidationError("--set changes a setting of --inversion; give that too")
    }
  }

  /// The first option that is given and asks for a reconstruction of people.
  var given: String? {
    if encoder { return "--encoder" }
    if evaluation != nil { return "--evaluation" }
    return pictures ? "--pictures" : nil
  }

  /// Whether people of a classifier are to be reconstructed.
  var invertsClassifier: Bool { inversion != nil || publicSource != nil }
}
