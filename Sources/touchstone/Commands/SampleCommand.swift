import ArgumentParser
import Datasets
import Diffusion
import Foundation
import Networks
import Torch

import enum Reports.JSONValue
import struct Reports.ReportFolder

struct SampleCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sample",
    abstract: "Samples images from a trained prior.",
    discussion: """
      The folder gets samples.png, samples.npz (the images and their classes) and, with --trajectory,
      trajectory.png: a row of noisy images for every sample, and below it what the denoiser takes them
      for.

      EXAMPLES
        touchstone sample runs/prior-mnist --count 100
        touchstone sample runs/prior-mnist --class 3 7 --guidance 3 --trajectory
        touchstone sample runs/prior-mnist --solver dpm-solver --steps 10 --eta 1
        touchstone sample runs/prior-mnist --restart data/mnist --level 0.7
        touchstone sample runs/prior-of-templates --vectors templates.npy --guidance 2
      """)

  @Argument(help: "The folder of a run of touchstone train on a prior's recipe.")
  var prior: String

  @Option(help: "How many images; 64, or as many as --vectors has rows.")
  var count: Int?

  @Option(
    name: .customLong("class"), parsing: .upToNextOption,
    help: "The numbers of classes, in turn; all when not given.")
  var classes: [Int] = []

  @Option(
    help: ArgumentHelp(
      """
      A .npy file with a row of numbers for every image, in turn, such as templates: for priors that are \
      conditioned by vectors. Zeros are no condition.
      """, valueName: "file"))
  var vectors: String?

  @Flag(help: "Sample without a condition.")
  var unconditional = false

  @Option(help: "How far the condition is exaggerated; 1 takes it as it is.")
  var guidance = 1.0

  @OptionGroup var sampling: SamplerOptions

  @Option(
    help: ArgumentHelp(
      "Images of data that get noise of --level and are sampled from.", valueName: "path"))
  var restart: String?

  @Option(help: "The noise level of --restart, in units of images in [-1, 1].")
  var level: Double?

  @Flag(help: "Also draw how images come out of noise, for the first of them.")
  var trajectory = false

  @Option(help: "The folder for pictures and images.")
  var out = "out/samples"

  @OptionGroup var options: RunOptions

  func validate() throws {
    guard (restart == nil) == (level == nil) else {
      throw ValidationError("--restart and --level go together")
    }
    guard !unconditional || classes.isEmpty else {
      throw ValidationError("give --class or --unconditional, not both")
    }
    guard vectors == nil || (classes.isEmpty && !unconditional) else {
      throw ValidationError("give --vectors, --class or --unconditional, one of them")
    }
    if let count, count < 1 {
      throw ValidationError("--count is \(count), give at least 1")
    }
  }

  func run() throws {
    let context = try options.context()
    guard context.device == .cpu else { throw ValidationError("sample works on the cpu") }
    let prior = try Prior(contentsOf: URL(filePath: self.prior))
    var sampler = sampling.sampler
    if let level { sampler.levels = sampler.levels.starting(at: level) }
    let rows = try vectors.map { try self.rows(of: $0, for: prior) }
    let count = count ?? rows?.size(0) ?? 64
    var request = SampleRequest(count: count)
    let labels = rows == nil ? try labels(of: prior, count) : nil
    if let rows {
      request.condition = rows.selecting(rows: (0..<count).map { $0 % rows.size(0) })
      request.guidance = guidance
    }
    if let labels {
      request.condition = try prior.condition(ofClasses: labels)
      request.guidance = guidance
    }
    if let restart { request.restart = try images(of: restart, count) }
    request.keepsTrajectory = trajectory
    let samples = try prior.samples(request, by: sampler, context: context)
    try write(samples, labels, columns: columns(labels, count))
  }

  /// The class of every image; `nil` where there is no condition.
  private func labels(of prior: Prior, _ count: Int) throws -> [Int]? {
    if unconditional || (prior.description.classes == nil && classes.isEmpty) { return nil }
    let known = prior.description.classes ?? 0
    let asked = classes.isEmpty ? Array(0..<known) : classes
    return (0..<count).map { asked[$0 % asked.count] }
  }

  /// The vectors of a file as the prior is told them.
  private func rows(of path: String, for prior: Prior) throws -> Tensor {
    guard let width = prior.description.vectors, prior.description.classes == nil else {
      throw ValidationError(
        "\(self.prior) is no prior that is conditioned by vectors; leave out --vectors")
    }
    let vectors = try NPY.read(URL(filePath: path))
    guard vectors.rank == 2, vectors.size(0) > 0, vectors.size(1) == width,
      vectors.dtype.isFloatingPoint, vectors.isFinite.all
    else {
      throw ValidationError(
        "\(path) holds an array of shape \(vectors.shape) and type \(vectors.dtype); give rows of "
          + "\(width) finite floating-point numbers")
    }
    // Templates are compared by their directions, and the prior knows them with length 1.
    return prior.description.encoder == nil
      ? vectors.to(.float32) : vectors.to(.float32).unitRows()
  }

  private func columns(_ labels: [Int]?, _ count: Int) -> Int {
    let kinds = Set(labels ?? []).count
    return kinds > 1 ? kinds : max(1, Int(Double(count).squareRoot().rounded(.up)))
  }

  private func images(of path: String, _ count: Int) throws -> Tensor {
    let data = try Dataset.load(from: path)
    guard data.count >= count else {
      throw ValidationError("\(path) has \(data.count) images, give --count up to that")
    }
    return data.batch(Array(0..<count)).inputs
  }

  private func write(_ samples: Samples, _ labels: [Int]?, columns: Int) throws {
    var files = [
      try SamplePictures.grid(samples.images, columns: columns, named: "samples.png")
    ]
    if trajectory {
      files.append(
        try SamplePictures.trajectory(samples, first: 10, named: "trajectory.png"))
    }
    try ReportFolder(out).write(files)
    var arrays = ["images": samples.images]
    if let labels { arrays["labels"] = Tensor(labels) }
    let archive = URL(filePath: out).appending(path: "samples.npz")
    try NPZ.write(arrays, to: archive)
    let names = files.map(\.name) + ["samples.npz"]
    if options.json {
      let result: JSONValue = [
        "folder": .string(out), "count": .integer(samples.images.size(0)),
        "files": .array(names.map(JSONValue.string)),
      ]
      print(result.text(pretty: true), terminator: "")
    } else {
      print(
        "\(samples.images.size(0)) images: " + names.map { "\(out)/\($0)" }.joined(separator: ", "))
    }
  }
}

/// How images are sampled.
struct SamplerOptions: ParsableArguments {
  @Option(help: "heun, euler or dpm-solver.")
  var solver = Sampler.Solver.heun

  @Option(help: "The number of steps; heun asks the network twice a step.")
  var steps = 18

  @Option(help: "Noise added before every step of heun and euler, in all.")
  var churn = 0.0

  @Option(help: "The share of noise that euler and dpm-solver replace in every step, from 0 to 1.")
  var eta = 0.0

  var sampler: Sampler {
    Sampler(
      solver, levels: NoiseLevels(steps: steps), churn: churn == 0 ? nil : Churn(churn), eta: eta)
  }
}

extension Sampler.Solver: ExpressibleByArgument {}
