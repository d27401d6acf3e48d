import ArgumentParser
import Datasets
import Foundation
import Networks
import Perturbations
import Torch
import Training

/// Options that every working command has.
struct RunOptions: ParsableArguments {
  @Option(help: "The seed of all randomness.")
  var seed: UInt64 = 0

  @Option(help: "Worker threads; results do not depend on it. All cores when not given.")
  var workers: Int?

  @Option(help: "Where operators run: cpu, or cuda:0 where libtorch was built for it.")
  var device = "cpu"

  @Flag(help: "Print nothing but errors and the result.")
  var quiet = false

  @Flag(help: "Print the result as JSON.")
  var json = false

  func validate() throws {
    if let workers, workers < 1 {
      throw ValidationError("--workers is \(workers), give at least 1")
    }
  }

  func context() throws -> Context {
    Context(
      seed: seed, device: try Device(device),
      workers: workers ?? Job.cores, group: Job.group)
  }
}

/// Which model on which data.
struct SubjectOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A TorchScript file, from torch.jit.trace(model.eval(), example).save('model.pt').",
      valueName: "file"))
  var model: String?

  @Option(
    help: ArgumentHelp(
      "The folder of a run of touchstone train, in place of --model; texts need it.",
      valueName: "folder"))
  var run: String?

  @Option(
    help: ArgumentHelp(
      "A folder, archive or table of data, or the name of a built-in set (touchstone data list).",
      valueName: "path"))
  var data: String?

  @Option(
    parsing: .upToNextOption,
    help: "Means the model expects to be subtracted from each channel, in the data's units.")
  var mean: [Double] = []

  @Option(
    parsing: .upToNextOption,
    help: "Standard deviations the model expects each channel to be divided by.")
  var std: [Double] = []

  @Option(
    parsing: .upToNextOption,
    help: "The classes of the data that a --model tells apart, in the order of its outputs.")
  var classes: [String] = []

  @Option(
    help:
      "The pixels of a side of the middle square that images in files of their own are reduced to.")
  var side: Int?

  @Option(help: "The part of the data: train, validation, test or all.")
  var split: DatasetPart?

  func load(_ device: Device) throws -> (name: String, classifier: any Classifier, data: Dataset)? {
    if let run { return try load(run: run, device) }
    guard let model else {
      guard data == nil else {
        throw ValidationError("--data needs a --model or a --run to judge on it")
      }
      return nil
    }
    guard let data else { throw ValidationError("--model needs --data to be judged on") }
    let set = try Dataset.load(
      from: data, split: split,
      options: LoadOptions(classes: classes.isEmpty ? nil : classes, side: side))
    guard set.vocabulary == nil else {
      throw ValidationError(
        "\(data) is text, of which a model reads its own words; give --run with the folder of a run"
      )
    }
    let example = set.batch([0, min(1, set.count - 1)]).inputs
    let classifier = try ScriptClassifier(
      contentsOf: URL(filePath: model), example: example, classCount: set.classNames.count,
      mean: mean, standardDeviation: std, device: device)
    return (URL(filePath: model).lastPathComponent, classifier, set)
  }

  /// The attacks that the model of a run was trained against; none where nothing is known.
  func trainedAgainst() throws -> Set<String> {
    Set(
      try run.map { try TrainedModel(run: URL(filePath: $0)).description.trainedAgainst ?? [] }
        ?? [])
  }

  private func load(
    run: String, _ device: Device
  ) throws -> (name: String, classifier: any Classifier, data: Dataset) {
    guard model == nil else { throw ValidationError("give --model or --run, not both") }
    guard let data else { throw ValidationError("--run needs --data to be judged on") }
    guard mean.isEmpty, std.isEmpty, classes.isEmpty else {
      throw ValidationError(
        "--mean, --std and --classes are for --model; a run knows its own data")
    }
    guard device == .cpu else {
      throw ValidationError("--run works on the cpu; export the run and give --model elsewhere")
    }
    let trained = try TrainedModel(run: URL(filePath: run))
    let set = try trained.load(data, split: split)
    return ("\(trained.description.name), \(folderName(of: run))", trained.classifier, set)
  }

  /// The name of a run's folder; one of a sweep says only its seed, and the one above the variant.
  func folderName(of run: String) -> String {
    let folder = URL(filePath: run).standardizedFileURL
    let name = folder.lastPathComponent
    guard name.hasPrefix("seed-") else { return name }
    return "\(folder.deletingLastPathComponent().lastPathComponent), \(name)"
  }
}

extension DatasetPart: ExpressibleByArgument {}

/// Folders that commands share.
enum Folders {
  /// Where what is worth keeping between runs is kept.
  static var cache: URL {
    let environment = ProcessInfo.processInfo.environment
    if let path = environment["TOUCHSTONE_CACHE"] { return URL(filePath: path) }
    if let path = environment["XDG_CACHE_HOME"] {
      return URL(filePath: path).appending(path: "touchstone")
    }
    return URL(filePath: environment["HOME"] ?? ".").appending(path: ".cache/touchstone")
  }

  /// plotly.js as `Scripts/setup` left it, where there is one.
  static var plotly: String? {
    let program = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
    var folder = program.deletingLastPathComponent()
    for _ in 0..<5 {
      let file = folder.appending(path: ".plotly/plotly.min.js")
      if FileManager.default.fileExists(atPath: file.path) { return file.path }
      folder = folder.deletingLastPathComponent()
    }
    return nil
  }
}
