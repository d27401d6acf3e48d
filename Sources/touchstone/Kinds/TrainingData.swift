import Datasets
import Networks
import Torch
import Training

/// What a training recipe learns from and is judged by.
struct TrainingData {
  /// The labelled examples.
  let training: Dataset
  /// Examples whose labels are not looked at.
  let unlabelled: Dataset?
  /// What is judged by while training.
  let validation: Dataset?
  /// What the finished model is judged by.
  let test: Dataset
  /// Examples of classes that nothing is learned from.
  let strangers: Dataset?
  /// The graph whose nodes the examples are.
  let graph: Graph?
  /// How the columns of a table were scaled.
  let standardisation: Standardisation?

  init(_ settings: TrainingRecipe.Data, seed: UInt64) throws {
    let source = try DatasetSource(settings.source)
    let options = LoadOptions(
      text: settings.text ?? TextOptions(), seed: settings.drawnFrom(seed: seed),
      portraits: settings.portraits, classes: settings.classes, side: settings.side)
    if let graph = try source.graph(seed: options.seed) {
      guard settings.classes == nil else {
        throw TrainingError.setting(
          name: "data.classes", value: "given", allowed: "left out for the nodes of a graph")
      }
      try self.init(nodesOf: graph, settings)
    } else {
      try self.init(examplesOf: source, settings, options, seed: seed)
    }
  }

  private init(
    examplesOf source: DatasetSource, _ settings: TrainingRecipe.Data, _ options: LoadOptions,
    seed: UInt64
  ) throws {
    let whole = try Self.parts(of: source, settings, options)
    strangers = try settings.strangers.map { try whole.strangers($0) }
    var (training, test) = try settings.strangers.map { try whole.known(without: $0) } ?? whole.both
    if let count = settings.test { test = try test.prefix(count) }
    var validation: Dataset?
    if let count = settings.validation {
      let parts = try Self.split(training, setting: "validation", apart: count, seed: seed)
      (training, validation) = (parts.rest, parts.apart)
    }
    if let count = settings.train { training = try training.prefix(count) }
    switch settings.scaling ?? .none {
    case .none: standardisation = nil
    case .standardise:
      let fitted = try Standardisation(fittedTo: training)
      training = try fitted.applied(to: training)
      validation = try validation.map(fitted.applied)
      test = try fitted.applied(to: test)
      standardisation = fitted
    case .rows:
      throw TrainingError.setting(
        name: "data.scaling", value: "rows", allowed: "none or standardise; rows is for graphs")
    }
    (self.training, unlabelled) = try Self.labelled(training, settings)
    self.validation = validation
    self.test = test
    graph = nil
  }

  /// The nodes of a graph: those of the train part are labelled, and all of them are unlabelled, since
  /// a model of the graph sees them anyway.
  private init(nodesOf graph: Graph, _ settings: TrainingRecipe.Data) throws {
    switch settings.scaling ?? .rows {
    case .none: self.graph = graph
    case .rows: self.graph = try graph.rowNormalised()
    case .standardise:
      throw TrainingError.setting(
        name: "data.scaling", value: "standardise", allowed: "none or rows for a graph")
    }
    func first(_ count: Int?, of data: Dataset) throws -> Dataset {
      try count.map { try data.prefix($0) } ?? data
    }
    training = try Self.labelled(
      first(settings.train, of: graph.dataset(.train)), settings
    ).labelled
    unlabelled = try first(settings.unlabelled, of: graph.dataset(.all))
    let validation =
      graph.parts.contains(.validation) ? try graph.dataset(.validation) : nil
    self.validation = try validation.map { try first(settings.validation, of: $0) }
    test = try first(settings.test, of: graph.dataset(.test))
    standardisation = nil
    strangers = nil
    if let count = settings.strangers {
      throw TrainingError.setting(
        name: "data.strangers", value: "\(count)", allowed: "left out for the nodes of a graph")
    }
  }

  /// A network for the data with random weights.
  func model(_ settings: TrainingRecipe.Model, using generator: Generator) throws -> any Layer {
    let (classes, options) = (training.classNames.count, settings.options ?? [:])
    if let graph {
      return try ModelRegistry.model(
        settings.name, graph: NodeGraph(features: graph.features, edges: graph.edgeIndex),
        classCount: classes, options: options, using: generator)
    }
    if ModelRegistry.encoderNames.contains(settings.name) {
      return try ModelRegistry.encoder(
        settings.name, inputShape: training.inputShape, options: options, using: generator)
    }
    return try ModelRegistry.model(
      settings.name, inputShape: training.inputShape, classCount: classes, options: options,
      vocabularySize: training.vocabulary?.count,
      wordCounts: (unlabelled ?? training).wordCounts, using: generator)
  }

  /// What tells the data apart from other data, wherever it lies.
  func fingerprint() throws -> String {
    let parts = "\(try training.fingerprint()) \(try test.fingerprint())"
    return try graph.map { "\(parts) \(try $0.fingerprint())" } ?? parts
  }

  /// The train and the test part; where there are no parts, test examples are set apart by a draw that
  /// is the same for all seeds of a run.
  private static func parts(
    of source: DatasetSource, _ settings: TrainingRecipe.Data, _ options: LoadOptions
  ) throws -> TrainingParts {
    guard source.parts == [.all] else {
      var (training, test) = (options, options)
      // Who is set apart, and which classes are left, depends on all examples.
      if settings.strangers == nil, settings.classes == nil {
        training.most = settings.validation == nil ? settings.train : nil
        test.most = settings.test
      }
      return TrainingParts(
        training: try source.load(.train, options: training),
        test: try source.load(.test, options: test))
    }
    let all = try source.load(.all, options: options)
    let count = settings.test ?? max(1, all.count / 5)
    let parts = try split(all, setting: "test", apart: count, seed: 0)
    return TrainingParts(training: parts.rest, test: parts.apart, undivided: all)
  }

  /// The examples that keep their label, and those that lose it.
  private static func labelled(
    _ data: Dataset, _ settings: TrainingRecipe.Data
  ) throws -> (labelled: Dataset, unlabelled: Dataset?) {
    guard let count = settings.labels else { return (data, nil) }
    let unlabelled = try settings.unlabelled.map { try data.prefix($0) } ?? data
    return (try data.subset(chosen(count, of: data, seed: settings.labelSeed ?? 0)), unlabelled)
  }

  /// As many examples of every class, or examples with several labels at random.
  private static func chosen(_ count: Int, of data: Dataset, seed: UInt64) throws -> [Int] {
    let names = data.classNames
    if let targets = data.targets {
      return try LabelSubset.drawn(count, of: targets, names: names, seed: seed)
    }
    guard count % names.count == 0 else {
      throw TrainingError.setting(
        name: "data.labels", value: "\(count)", allowed: "a multiple of the \(names.count) classes")
    }
    return try ClassSubset.balanced(
      data.labelValues, perClass: count / names.count, classes: names.count, seed: seed)
  }

  /// Sets examples apart, class by class.
  private static func split(
    _ data: Dataset, setting: String, apart count: Int, seed: UInt64
  ) throws -> (rest: Dataset, apart: Dataset) {
    guard count < data.count else {
      throw TrainingError.setting(
        name: "data.\(setting)", value: "\(count)",
        allowed: "fewer than the \(data.count) examples it is taken from")
    }
    let share = Double(count) / Double(data.count)
    let split = try Split(
      stratifiedBy: data.labelValues,
      fractions: SplitFractions(train: 1 - share, validation: share, test: 0), seed: seed)
    return (try data.subset(split.train), try data.subset(split.validation))
  }
}
