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
    /// The widths of hidden layers, of which each is the `taper`th part of the one before.
    func hiddenWidths(_ first: Int, layers: Int) -> [Int] {
      let taper = share("taper", 1)
      return (0..<option("layers", layers)).map {
        max(1, Int(Double(option("hidden", first)) * pow(taper, Double($0))))
      }
    }
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

  struct Entry: Sendable {
    let options: [String]
    let readsWords: Bool
    let fits: @Sendable ([Int]) -> Bool
    /// The first option that does not suit the others.
    let misfit: @Sendable (Request) -> String?
    let build: @Sendable (Request, Generator) -> any Layer

    init(
      options: [String], readsWords: Bool = false, fits: @escaping @Sendable ([Int]) -> Bool,
      misfit: @escaping @Sendable (Request) -> String? = { _ in nil },
      build: @escaping @Sendable (Request, Generator) -> any Layer
    ) {
      self.options = options
      self.readsWords = readsWords
      self.fits = fits
      self.misfit = misfit
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
    "caffe-lenet": Entry(
      options: ["scale", "mean", "fanOut"], fits: { $0.count == 3 && $0[1] == 28 && $0[2] == 28 }
    ) {
      CaffeLeNet(
        channels: $0.channels, classCount: $0.classCount, scale: $0.option("scale", 1),
        mean: $0.share("mean", 0),
        initialiser: $0.option("fanOut", 0) != 0 ? .kaimingFanOut : .smallNormal, using: $1)
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
    "lipschitz-cnn": lipschitzCNN,
    "lipschitz-mlp": lipschitzMLP,
    "mlp": Entry(
      options: [
        "hidden", "layers", "taper", "batchNorm", "logitBatchNorm", "dropout", "inputDropout",
        "noise", "lecunNormal",
      ], fits: { _ in true }
    ) { request, generator in
      MLP(
        widths: [request.size] + request.hiddenWidths(256, layers: 2) + [request.classCount],
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
    let known = entry.options + (entry.readsWords ? [] : [bottleneck])
    if let option = options.keys.sorted().first(where: { !known.contains($0) }) {
      throw .unknownOption(option, model: name, known: known)
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
    let request = Request(
      inputShape: inputShape, classCount: classCount, options: options,
      vocabularySize: vocabularySize, wordCounts: wordCounts)
    if let option = entry.misfit(request) {
      throw .option(option, value: options[option] ?? 0, model: name)
    }
    let network = entry.build(request, generator)
    guard let size = options[bottleneck], size > 0 else { return network }
    guard let narrowed = network.withBottleneck(Int(size), using: generator) else {
      throw .option(bottleneck, value: size, model: name)
    }
    return narrowed
  }

  /// The option of every model of images and tables that ends with a linear map: the coordinates of a
  /// ``VariationalBottleneck`` before it, 0 for none.
  public static let bottleneck = "bottleneck"

  /// Whole numbers, and shares where a number is one.
  private static func isAllowed(_ value: Double, of option: String) -> Bool {
    switch option {
    case "dropout", "inputDropout": 0..<1 ~= value
    case "taper": value > 0 && value <= 1
    case "mean": 0...1 ~= value
    case "scale": 1...1e6 ~= value && value == value.rounded()
    case "noise", "deviation": 0...1e6 ~= value
    default: 0...1e6 ~= value && value == value.rounded()
    }
  }

  static func isSquare(_ shape: [Int], dividedBy divisor: Int) -> Bool {
    shape.count == 3 && shape[1] == shape[2] && shape[1] % divisor == 0
  }
}
