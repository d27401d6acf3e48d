import Foundation

/// Why an explanation cannot be made as asked.
public enum ExplanationError: LocalizedError, CustomStringConvertible, Sendable, Equatable {
  /// There is no such method.
  case unknownMethod(String, known: [String])
  /// There is no such metric.
  case unknownMetric(String, known: [String])
  /// A method has no such setting.
  case unknownOption(method: String, option: String, known: [String])
  /// A setting cannot be read or is out of its range.
  case option(method: String, option: String, value: String, allowed: String)
  /// A setting of a metric or a question is out of its range.
  case setting(name: String, value: Double, allowed: String)
  /// The class to be explained is not one of the classes.
  case classNumber(Int, classCount: Int)
  /// Examples with several labels have no class of their own.
  case needsClass
  /// No class was given for an example.
  case noClass(example: Int)
  /// Inputs that are words or nodes cannot be moved or taken away.
  case inputsDoNotMove
  /// The method is for pictures, and inputs have another shape.
  case needsPictures(method: String, shape: [Int])
  /// A picture is smaller than the grid that is laid over it.
  case grid(method: String, rows: Int, columns: Int, height: Int, width: Int)
  /// Exact Shapley values ask about all subsets of the groups.
  case tooManyGroups(Int, limit: Int)
  /// A tensor that was given does not have the shape it needs.
  case shape(name: String, shape: [Int], expected: String)
  /// A method needs a layer, and the question names none.
  case needsLayer(method: String)
  /// The model has no such layer that can be looked at.
  case unknownLayer(String, known: [String])
  /// The layer is there but its output is not one picture of features.
  case layerShape(String, shape: [Int])
  /// Nothing can be seen inside of the model.
  case opaqueModel(String)
  /// The weights of the model cannot be replaced.
  case constantWeights
  /// There are too few samples for what is fitted to them.
  case samples(method: String, Int, needed: Int)
  /// A map could not be written as a picture.
  case notEncoded(String)

  /// What was wrong.
  public var description: String {
    switch self {
    case .unknownMethod(let name, _): "there is no explanation method '\(name)'"
    case .unknownMetric(let name, _): "there is no metric of explanations '\(name)'"
    case .unknownOption(let method, let option, _): "\(method) has no setting '\(option)'"
    case .option(let method, let option, let value, let allowed):
      "\(option) of \(method) is \(value), it must be \(allowed)"
    case .setting(let name, let value, let allowed): "\(name) is \(value), it must be \(allowed)"
    case .classNumber(let number, let count):
      "the class \(number) is not one of the model's \(count) classes"
    case .needsClass: "these examples have several labels each, so none of them has a class"
    case .noClass(let example): "no class to explain was given for example \(example)"
    case .inputsDoNotMove: "the inputs are words or indices, which cannot be moved a little"
    case .needsPictures(let method, let shape):
      "\(method) explains pictures [channels, height, width], and these inputs have the shape \(shape)"
    case .grid(let method, let rows, let columns, let height, let width):
      "\(method) lays a grid of \(rows) x \(columns) over inputs of \(height) x \(width)"
    case .tooManyGroups(let count, let limit):
      "\(count) groups have \(count < 63 ? "\(1 << count)" : "too many") subsets; exact Shapley "
        + "values are computed for up to \(limit) groups"
    case .shape(let name, let shape, let expected):
      "the \(name) has the shape \(shape), it must be \(expected)"
    case .needsLayer(let method): "\(method) needs a layer whose features it looks at"
    case .unknownLayer(let name, _): "the model has no layer '\(name)' that can be looked at"
    case .layerShape(let name, let shape):
      "the output of layer '\(name)' has the shape \(shape), not [examples, channels, height, width]"
    case .opaqueModel(let reason): "nothing inside of the model can be looked at: \(reason)"
    case .constantWeights: "the model's weights are constants, so they cannot be randomised"
    case .notEncoded(let reason): "the map could not be written as a JPEG file (\(reason))"
    case .samples(let method, let count, let needed):
      "\(method) has \(count) samples and fits \(needed) numbers to them"
    }
  }

  /// What was wrong.
  public var errorDescription: String? { description }

  /// What to do.
  public var recoverySuggestion: String? {
    switch self {
    case .unknownMethod(_, let known), .unknownMetric(_, let known),
      .unknownOption(_, _, let known):
      known.isEmpty ? "it has none" : "choose one of \(known.joined(separator: ", "))"
    case .unknownLayer(_, let known):
      known.isEmpty ? "it names none" : "choose one of \(known.joined(separator: ", "))"
    case .option, .setting: nil
    case .classNumber: "count classes from 0"
    case .needsClass: "explain the predicted label, or one by its number"
    case .noClass: "give a class for every example"
    case .inputsDoNotMove: "explain models of pictures or numbers"
    case .needsPictures: "use a method of gradients, or one with groups of features"
    case .grid: "make the grid coarser, or give larger inputs"
    case .tooManyGroups(_, let limit):
      "group features more coarsely, such as grid=3x4 (\(limit)), or use kernel-shap"
    case .shape: nil
    case .needsLayer: "name one, such as features.3"
    case .layerShape: "name a convolution, or a layer right after one"
    case .opaqueModel:
      "export the model with torch.jit.trace or torch.jit.script, without freezing it"
    case .constantWeights:
      "give a network that was built and trained here, such as --run with its folder"
    case .notEncoded: "give maps of at most 65500 rows and columns"
    case .samples(_, _, let needed): "draw at least \(needed), better ten times as many"
    }
  }
}
