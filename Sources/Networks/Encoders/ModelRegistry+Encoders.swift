import Torch

/// Models whose outputs are embeddings: one line a model.
extension ModelRegistry {
  private struct EncoderEntry: Sendable {
    let options: [String]
    let divisor: Int
    let build: @Sendable (_ shape: [Int], [String: Double], Generator) -> any Encoder
  }

  private static let encoderEntries: [String: EncoderEntry] = [
    "identity-cnn": EncoderEntry(options: ["embedding", "width"], divisor: 8) {
      IdentityCNN(
        channels: $0[0], side: $0[1], embeddingSize: Int($1["embedding"] ?? 64),
        width: Int($1["width"] ?? 32), using: $2)
    },
    "identity-resnet": EncoderEntry(options: ["embedding", "width"], divisor: 4) {
      IdentityResNet(
        channels: $0[0], embeddingSize: Int($1["embedding"] ?? 64), width: Int($1["width"] ?? 24),
        using: $2)
    },
  ]

  /// The names of the encoders.
  public static var encoderNames: [String] { encoderEntries.keys.sorted() }

  /// An encoder with random weights.
  ///
  /// - Parameters:
  ///   - inputShape: of square images `[C, S, S]`.
  ///   - options: the width of the `embedding`, at least 2, and the `width` of the network, whole numbers.
  /// - Throws: ``ModelError`` for unknown names and options, and for inputs it is not made for.
  public static func encoder(
    _ name: String, inputShape: [Int], options: [String: Double] = [:], using generator: Generator
  ) throws(ModelError) -> any Encoder {
    guard let entry = encoderEntries[name] else { throw .unknownModel(name, known: encoderNames) }
    if let option = options.keys.sorted().first(where: { !entry.options.contains($0) }) {
      throw .unknownOption(option, model: name, known: entry.options)
    }
    for (option, value) in options.sorted(by: { $0.key < $1.key }) {
      let least = option == "embedding" ? 2.0 : 1
      guard least...4096 ~= value, value == value.rounded() else {
        throw .option(option, value: value, model: name)
      }
    }
    guard isSquare(inputShape, dividedBy: entry.divisor), inputShape[1] > 0 else {
      throw .inputShape(inputShape, model: name)
    }
    return entry.build(inputShape, options, generator)
  }
}
