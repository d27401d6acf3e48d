import ArgumentParser

/// What an audit needs to know where the model is an encoder.
struct EncoderOptions: ParsableArguments {
  @Flag(
    help: """
      The --model is an encoder: it gives templates and no scores of classes. A --run says so itself.
      """)
  var encoder = false

  @Option(
    help: ArgumentHelp(
      """
      For encoders: a recipe of invert-template that says who is public and private and how templates are \
      inverted, in place of what --profile says.
      """, valueName: "recipe"))
  var inversion: String?

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp(
      "Changes a setting of --inversion, such as training.steps=500. Repeatable.",
      valueName: "key=value"))
  var overrides: [String] = []

  @Option(
    help: ArgumentHelp(
      """
      For encoders: the one that judges independently, the folder of a run or a TorchScript file; trained \
      here by default.
      """, valueName: "path"))
  var evaluation: String?

  @Flag(help: "For encoders: put pictures of people into the report, also of real ones.")
  var pictures = false

  func validate() throws {
    guard overrides.isEmpty || inversion != nil else {
      throw ValidationError("--set changes a setting of --inversion; give that too")
    }
  }

  /// The first option that is given and is for encoders alone.
  var given: String? {
    if encoder { return "--encoder" }
    if inversion != nil { return "--inversion" }
    if evaluation != nil { return "--evaluation" }
    return pictures ? "--pictures" : nil
  }
}
