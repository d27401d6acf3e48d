import Foundation
import Torch

/// Builds models by name, for recipes: one line a model.
public enum ModelRegistry {
  /// What a model is built for.
  public struct Request: Sendable {
    /// The shape of one input.
    public let inputShape: [Int]
    /// The number of classes.
    public let classCount: Int
    /// Numbers that change the model, such as `width`; what is absent has its default.
    public let options: [String: Double]
    /// The number of words, where inputs are texts.
    public let vocabularySize: Int?
    /// How often every word occurs in the training texts; equally often when `nil`.
    public let wordCounts: [Int]?

    func option(_ name: String, _ standard: Int) -> Int {
      options[name].map { Int($0) } ?? standard
    }
    func share(_ name: String, _ standard: Double) -> Double { options[name] ?? standard }
    var channels: Int { inputShape.first ?? 1 }
    var side: Int { inputShape.last ?? 1 }
    var size: Int { inputShape.reduce(1, *) }
    func embedding(using generator: Generator) -> WordEmbedding {
      WordEmbedding(
        count: vocabularySize ?? 2, size: option("embedding", 128),
        standardDeviation: share("deviation", 0.1),
        frequencies: option("normalised", 0) == 0 ? nil : frequencies, using: generator)
    }
    /// How frequent every word is; padding is no word, and words without a count do not occur.
    private var frequencies: [Double] {
      let size = vocabularySize ?? 2
      let counts = wordCounts ?? Array(repeating: 1, count: size)
      let words = (0..<size).map { $0 > 0 && $0 < counts.count ? Double(counts[$0]) : 0 }
      let sum = max(1, words.reduce(0, +))
      return words.map { $0 / sum }
    }
  }

  private struct Entry: Sendable {
    let options: [String]
    let readsWords: Bool
    let fits: @Sendable ([Int]) -> Bool
    let build: @Sendable (Request, Generator) -> any Layer

    init(
      options: [String], readsWords: Bool = false, fits: @escaping @Sendable ([Int]) -> Bool,
      build: @escaping @Sendable (Request, Generator) -> any Layer
    ) {
      self.options = options
      self.readsWords = readsWords
      self.fits = fits
      self.build = build
    }
  }

  /// What the vectors of words are; `normalised` makes every coordinate one of mean 0 and variance 1.
  private static let wordOptions = ["embedding", "deviation", "normalised"]

  private static let entries: [String: Entry] = [
    "lenet": Entry(options: ["width"], fits: { $0.count == 3 && $0[1] == 28 && $0[2] == 28 }) {
      LeNet(
        channels: $0.channels, classCount: $0.classCount, width: $0.option("width", 1), using: $1)
    },
    "small-cnn": Entry(options: ["width", "hidden"], fits: { isSquare($0, dividedBy: 4) }) {
      SmallCNN(
        channels: $0.channels, side: $0.side, classCount: $0.classCount,
        width: $0.option("width", 16), hidden: $0.option("hidden", 128), using: $1)
    },
    "small-vgg": Entry(options: ["width"], fits: { isSquare($0, dividedBy: 8) }) {
      SmallVGG(
        channels: $0.channels, classCount: $0.classCount, width: $0.option("width", 32), using: $1)
    },
    "strided-cnn": Entry(options: ["width", "hidden"], fits: { isSquare($0, dividedBy: 4) }) {
      StridedCNN(
        channels: $0.channels, side: $0.side, classCount: $0.classCount,
        width: $0.option("width", 16), hidden: $0.option("hidden", 100), using: $1)
    },
    "wide-resnet": Entry(options: ["depth", "widen"], fits: { isSquare($0, dividedBy: 4) }) {
      WideResNet(
        depth: $0.option("depth", 28), widen: $0.option("widen", 2), channels: $0.channels,
        classCount: $0.classCount, using: $1)
    },
    "mlp": Entry(
      options: [
        "hidden", "layers", "taper", "batchNorm", "logitBatchNorm", "dropout", "inputDropout",
        "noise", "lecunNormal",
      ], fits: { _ in true }
    ) { request, generator in
      let taper = request.share("taper", 1)
      let hidden = (0..<request.option("layers", 2)).map {
        max(1, Int(Double(request.option("hidden", 256)) * pow(taper, Double($0))))
      }
      return MLP(
        widths: [request.size] + hidden + [request.classCount],
        hasBatchNorm: request.option("batchNorm", 0) != 0,
        normalisesLogits: request.option("logitBatchNorm", 1) != 0,
        dropout: request.share("dropout", 0), inputDropout: request.share("inputDropout", 0),
        noise: request.share("noise", 0),
        initialiser: request.option("lecunNormal", 0) != 0 ? .lecunNormal : .torchDefault,
        using: generator)
    },
    "text-cnn": Entry(
      options: wordOptions + ["filters", "dropout"], readsWords: true, fits: { $0.count == 1 }
    ) {
      TextCNN(
        embedding: $0.embedding(using: $1), filters: $0.option("filters", 100),
        dropout: $0.share("dropout", 0.5), classCount: $0.classCount, using: $1)
    },
    "text-lstm": Entry(
      options: wordOptions + ["hidden", "dropout"], readsWords: true, fits: { $0.count == 1 }
    ) {
      BiLSTM(
        embedding: $0.embedding(using: $1), hidden: $0.option("hidden", 128),
        dropout: $0.share("dropout", 0.5), classCount: $0.classCount, using: $1)
    },
  ]

  /// The names of all models.
  public static var names: [String] { entries.keys.sorted() }

  /// A model with random weights.
  ///
  /// - Parameters:
  ///   - vocabularySize: the number of words, where inputs are texts.
  ///   - wordCounts: how often each of them occurs in the training texts; equally often when `nil`.
  /// - Throws: ``ModelError`` for unknown names and options, and inputs the model is not made for.
  public static func model(
    _ name: String, inputShape: [Int], classCount: Int, options: [String: Double] = [:],
    vocabularySize: Int? = nil, wordCounts: [Int]? = nil, using generator: Generator
  ) throws(ModelError) -> any Layer {
    guard let entry = entries[name] else {
      throw graphNames.contains(name)
        ? .onlyForGraphs(name, known: names) : .unknownModel(name, known: names)
    }
    if let option = options.keys.sorted().first(where: { !entry.options.contains($0) }) {
      throw .unknownOption(option, model: name, known: entry.options)
    }
    if let (option, value) = options.sorted(by: { $0.key < $1.key })
      .first(where: { !isAllowed($0.value, of: $0.key) })
    {
      throw .option(option, value: value, model: name)
    }
    if name == "wide-resnet", let depth = options["depth"],
      depth < 10 || (Int(depth) - 4) % 6 != 0
    {
      throw .option("depth", value: depth, model: name)
    }
    guard entry.readsWords == (vocabularySize != nil) else {
      throw .inputKind(model: name, readsWords: entry.readsWords)
    }
    guard entry.fits(inputShape) else { throw .inputShape(inputShape, model: name) }
    return entry.build(
      Request(
        inputShape: inputShape, classCount: classCount, options: options,
        vocabularySize: vocabularySize, wordCounts: wordCounts), generator)
  }

  /// Whole numbers, and shares where a number is one.
  private static func isAllowed(_ value: Double, of option: String) -> Bool {
    switch option {
    case "dropout", "inputDropout": 0..<1 ~= value
    case "taper": value > 0 && value <= 1
    case "noise", "deviation": 0...1e6 ~= value
    default: 0...1e6 ~= value && value == value.rounded()
    }
  }

  private static func isSquare(_ shape: [Int], dividedBy divisor: Int) -> Bool {
    shape.count == 3 && shape[1] == shape[2] && shape[1] % divisor == 0
  }
}

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
      "give a whole number (a depth is 6 n + 4, dropout, inputDropout and taper are shares)"
    case .inputShape: "choose another model, or other data"
    case .inputKind(_, let readsWords):
      readsWords ? "choose a model for images or tables" : "choose text-cnn or text-lstm"
    }
  }
}
