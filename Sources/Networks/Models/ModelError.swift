import Foundation

/// Why a model cannot be built.
public enum ModelError: LocalizedError, CustomStringConvertible, Sendable, Equatable {
  /// There is no model of that name.
  case unknownModel(String, known: [String])
  /// The model has no such option.
  case unknownOption(String, model: String, known: [String])
  /// An option has a value the model cannot take.
  case option(String, value: Double, model: String)
  /// The model is not made for inputs of that shape.
  case inputShape([Int], model: String)
  /// The model is made for examples that stand alone, and the data is a graph.
  case notForGraphs(String, known: [String])
  /// The model is made for the nodes of a graph, and the data is none.
  case onlyForGraphs(String, known: [String])
  /// The model reads words and the data has none, or the other way round.
  case inputKind(model: String, readsWords: Bool)

  /// What was wrong.
  public var description: String {
    switch self {
    case .unknownModel(let name, _): "there is no model '\(name)'"
    case .unknownOption(let option, let model, _): "the model \(model) has no option '\(option)'"
    case .option(let option, let value, let model):
      "the model \(model) cannot have \(option) = \(value)"
    case .inputShape(let shape, let model):
      "the model \(model) is not made for inputs of shape \(shape)"
    case .notForGraphs(let name, _): "the model \(name) is not made for the nodes of a graph"
    case .onlyForGraphs(let name, _): "the model \(name) is made for the nodes of a graph alone"
    case .inputKind(let model, let readsWords):
      readsWords
        ? "the model \(model) reads words, but the data is no text"
        : "the model \(model) reads numbers, but the data is text"
    }
  }

  /// What was wrong.
  public var errorDescription: String? { description }

  /// What to do.
  public var recoverySuggestion: String? {
    switch self {
    case .unknownModel(_, let known), .unknownOption(_, _, let known),
      .notForGraphs(_, let known), .onlyForGraphs(_, let known):
      "choose one of \(known.joined(separator: ", "))"
    case .option:
      "give a whole number (a depth is 6 n + 4; dropout, inputDropout and taper are shares; a group "
        + "divides the widths of hidden layers; a head is 0, 1 or 2; outputs are 1 for two classes; a "
        + "bottleneck needs a network that ends with a linear map)"
    case .inputShape: "choose another model, or other data"
    case .inputKind(_, let readsWords):
      readsWords ? "choose a model for images or tables" : "choose text-cnn or text-lstm"
    }
  }
}
