import Foundation

/// Why what a template leaks cannot be measured.
public enum InversionError: LocalizedError, CustomStringConvertible, Sendable, Equatable {
  /// An encoder does not give one row of numbers an image.
  case templateShape(encoder: String, shape: [Int], images: [Int])
  /// Templates have another width than is expected.
  case templateWidth(encoder: String, width: Int, expected: Int)
  /// The template of an image is a vector of zeros, which has no direction.
  case zeroTemplate(encoder: String, index: Int)
  /// The template of an image has a number that is infinite or none.
  case notFinite(encoder: String, index: Int)
  /// There is neither the folder of a run of an encoder nor a file.
  case noEncoder(path: String, role: String)
  /// Where a classifier of people was expected there is none.
  case noClassifier(path: String, role: String)
  /// A classifier has other classes than the data has people.
  case otherPeople(path: String, people: [String], expected: [String])
  /// An encoder takes images of another shape than the data have.
  case imageShape(encoder: String, shape: [Int], expected: [Int])
  /// An encoder answers differently when asked twice.
  case notDeterministic(encoder: String, difference: Double)
  /// What an encoder says of an image depends on the others beside it.
  case dependsOnBatch(encoder: String, difference: Double)
  /// Two sets that must not share anybody do.
  case sharedIdentities([String], first: String, second: String)
  /// Two sets that must not share anybody have equal images.
  case sharedImages(count: Int, first: String, second: String)
  /// Two encoders that must be different have the same weights.
  case sameEncoder(first: String, second: String)
  /// What is known of a person comes from private images, so that nothing is found out.
  case privateIdentity(source: String, people: [String])
  /// A loss has nothing to be computed with.
  case missingPart(loss: String, part: String)
  /// Two models of which one judges what was optimised against the other have the same weights.
  case sameModel(first: String, second: String)
  /// A measure has no value for what was given.
  case notDefined(measure: String, reason: String)
  /// There are fewer than are needed.
  case tooFew(String, count: Int, least: Int)
  /// Two lists that must have one entry for each other differ in length.
  case counts(first: String, count: Int, second: String, otherCount: Int)
  /// A setting is out of its range.
  case setting(name: String, value: String, allowed: String)

  /// What was wrong.
  public var description: String {
    switch self {
    case .templateShape(let encoder, let shape, let images):
      "\(encoder): templates have the shape \(shape) for images \(images), but must be [N, D]"
    case .templateWidth(let encoder, let width, let expected):
      "\(encoder): templates are \(width) numbers wide, but \(expected) are expected"
    case .zeroTemplate(let encoder, let index):
      "\(encoder): the template of image \(index) is zero: it has no direction to compare"
    case .notFinite(let encoder, let index):
      "\(encoder): the template of image \(index) has a number that is not finite"
    case .noEncoder(let path, let role):
      """
      \(path), which is given as the \(role) encoder, is not there, or not the folder of a run that left \
      an encoder
      """
    case .noClassifier(let path, let role):
      """
      \(path), which is given as the \(role), is not there, or not the folder of a run that left a classifier \
      of images
      """
    case .otherPeople(let path, let people, let expected):
      "\(path) was trained on other classes (\(people)…) than the private people (\(expected)…)"
    case .imageShape(let encoder, let shape, let expected):
      "\(encoder) takes images of shape \(expected), but the data have \(shape)"
    case .notDeterministic(let encoder, let difference):
      "\(encoder): two answers to the same images differ by \(difference)"
    case .dependsOnBatch(let encoder, let difference):
      "\(encoder): the template of an image changes by \(difference) with the images beside it"
    case .sharedIdentities(let names, let first, let second):
      names.count == 1
        ? "\(names[0]) is both \(first) and \(second)"
        : "\(names.count) identities are both \(first) and \(second), such as \(names.first ?? "")"
    case .sharedImages(let count, let first, let second):
      "\(count) \(count == 1 ? "image is" : "images are") in both \(first) and \(second)"
    case .sameEncoder(let first, let second):
      "the \(first) encoder and the \(second) encoder have the same weights"
    case .privateIdentity(let source, let people):
      people.first.map {
        "identity source \(source): \(people.count) people are not public, such as \($0)"
      } ?? "identity source \(source): what is looked for must not be what one starts from"
    case .missingPart(let loss, let part): "the loss \(loss) needs \(part), which is not given"
    case .sameModel(let first, let second):
      "the \(first) and the \(second) are the same model"
    case .notDefined(let measure, let reason):
      "the \(measure) is not defined: \(reason)"
    case .tooFew(let what, let count, let least):
      "too few \(what): \(count), where at least \(least) must be"
    case .counts(let first, let count, let second, let otherCount):
      "there are \(count) \(first) but \(otherCount) \(second)"
    case .setting(let name, let value, let allowed):
      "\(name) is \(value), but must be \(allowed)"
    }
  }

  /// What was wrong.
  public var errorDescription: String? { description }

  /// What to do.
  public var recoverySuggestion: String? {
    switch self {
    case .templateShape: "export the encoder so that it returns one row of numbers for every image"
    case .templateWidth: "use the encoder that the templates come from"
    case .zeroTemplate, .notFinite:
      "look for images without content, and for inputs in another range than it was trained on"
    case .noEncoder:
      "give the folder of a finished run of an encoder's recipe, or a TorchScript file"
    case .noClassifier:
      "give the folder of a finished run of touchstone train, or a TorchScript file"
    case .otherPeople: "set data.privateNames to the people that the model was trained on"
    case .imageShape: "give the data that the encoder is for, or set data.side"
    case .notDeterministic:
      "export the encoder in evaluation mode (model.eval()); average the answers of one that draws"
    case .dependsOnBatch: "export the encoder in evaluation mode (model.eval())"
    case .sharedIdentities, .sharedImages:
      "take each person into one set only: what is known about a person is no leak"
    case .sameEncoder:
      "judge by an encoder of other weights: what was optimised against one always suits that one"
    case .privateIdentity:
      """
      take the classifier's weights, public look-alikes or a learned vector; with a private image's template \
      it is template inversion (touchstone invert template)
      """
    case .missingPart: "give it, or set the weight of the loss to 0"
    case .sameModel:
      "judge by a model of other weights: what was optimised against one always suits that one"
    case .notDefined: "report that it has no value; a failure is no zero"
    case .tooFew: "give more of them"
    case .counts: "give one for each"
    case .setting: nil
    }
  }
}
