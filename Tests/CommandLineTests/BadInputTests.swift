import Foundation
import Networks
import Testing
import Torch

/// Bad input ends with exit code 2 and one sentence, without a crash and with nothing left behind.
@Suite("Bad input on the command line")
struct BadInputTests {
  private let scratch: Scratch
  private let model: String

  init() throws {
    scratch = try Scratch()
    model = scratch.path("model.pt")
    let generator = Generator(seed: 1, purpose: "weights")
    try MLP(widths: [16, 8, 2], using: generator).export(to: URL(filePath: model))
  }

  /// Runs an audit that must be refused with a sentence that holds `words`.
  private func refuse(
    _ arguments: [String], _ words: String..., sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let command = try Command(arguments)
    #expect(!command.wasKilled, "\(command.errors)", sourceLocation: sourceLocation)
    #expect(command.status == 2, "\(command.errors)", sourceLocation: sourceLocation)
    #expect(command.output.isEmpty, sourceLocation: sourceLocation)
    let sentence = command.errorLines.filter { !$0.hasPrefix("auditing") && !$0.hasPrefix("  ") }
    #expect(sentence.count == 1, "\(command.errors)", sourceLocation: sourceLocation)
    for word in words {
      #expect(
        command.errors.contains(word), "no '\(word)' in: \(command.errors)",
        sourceLocation: sourceLocation)
    }
    #expect(
      !FileManager.default.fileExists(atPath: scratch.path("out")), sourceLocation: sourceLocation)
  }

  private func audit(model: String? = nil, data: String) -> [String] {
    ["audit", "--model", model ?? self.model, "--data", data, "--out", scratch.path("out")]
  }

  private func npz(_ name: String, _ inputs: Tensor, _ labels: [Int]) throws -> String {
    let path = scratch.path(name)
    try NPZ.write(["x": inputs, "y": Tensor(labels)], to: URL(filePath: path))
    return path
  }

  private func goodData() throws -> String {
    try npz("good.npz", .full([6, 1, 4, 4], 0.5), [0, 1, 0, 1, 0, 1])
  }

  @Test func missingModel() throws {
    try refuse(audit(model: scratch.path("none.pt"), data: goodData()), "none.pt", "no such file")
  }

  @Test func missingData() throws {
    try refuse(audit(data: scratch.path("none")), "none")
  }

  @Test func folderInsteadOfModel() throws {
    try refuse(audit(model: scratch.url.path, data: goodData()), "folder")
  }

  @Test func notTorchScript() throws {
    let file = try scratch.write("text.pt", "this is no model")
    try refuse(audit(model: file, data: goodData()), "text.pt", "not a TorchScript model")
  }

  @Test func inputShapeThatDoesNotFit() throws {
    let data = try npz("large.npz", .full([4, 3, 8, 8], 0.5), [0, 1, 0, 1])
    try refuse(audit(data: data), "[2, 3, 8, 8]")
  }

  @Test func outputRankThatDoesNotFit() throws {
    let file = scratch.path("image.pt")
    let generator = Generator(seed: 1, purpose: "weights")
    try Conv2D(1, 1, kernel: 3, using: generator).export(to: URL(filePath: file))
    try refuse(audit(model: file, data: goodData()), "output", "[2, 1, 2, 2]")
  }

  @Test func outputCountThatDoesNotFit() throws {
    let data = try npz("three.npz", .full([6, 1, 4, 4], 0.5), [0, 1, 2, 0, 1, 2])
    try refuse(audit(data: data), "2 outputs", "3 classes")
  }

  @Test func truncatedGZip() throws {
    _ = try scratch.write("idx/t10k-labels-idx1-ubyte", [0, 0, 8, 1, 0, 0, 0, 1, 0])
    _ = try scratch.write(
      "idx/t10k-images-idx3-ubyte.gz", [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 99])
    try refuse(audit(data: scratch.path("idx")), "t10k-images-idx3-ubyte.gz")
  }

  @Test func wrongMagic() throws {
    _ = try scratch.write("idx/t10k-labels-idx1-ubyte", [0, 0, 8, 1, 0, 0, 0, 1, 0])
    _ = try scratch.write(
      "idx/t10k-images-idx3-ubyte", [9, 9, 9, 9] + [UInt8](repeating: 0, count: 40))
    try refuse(audit(data: scratch.path("idx")), "t10k-images-idx3-ubyte")
  }

  @Test func lengthThatLies() throws {
    _ = try scratch.write("idx/t10k-labels-idx1-ubyte", [0, 0, 8, 1, 0, 0, 0, 1, 0])
    _ = try scratch.write(
      "idx/t10k-images-idx3-ubyte", [0, 0, 8, 3, 0, 0, 0, 9, 0, 0, 0, 4, 0, 0, 0, 4, 1, 2])
    try refuse(audit(data: scratch.path("idx")), "t10k-images-idx3-ubyte")
  }

  @Test func sizesThatDiffer() throws {
    _ = try scratch.write("images/a/1.pgm", "P2 2 2 255 1 2 3 4")
    _ = try scratch.write("images/b/2.pgm", "P2 3 2 255 1 2 3 4 5 6")
    try refuse(audit(data: scratch.path("images")), "1.pgm", "2.pgm")
  }

  @Test(arguments: ["png", "jpg"]) func corruptPicture(_ kind: String) throws {
    let head: [UInt8] =
      kind == "png" ? [0x89, 0x50, 0x4E, 0x47, 13, 10, 26, 10] : [0xFF, 0xD8, 0xFF]
    _ = try scratch.write("images/a/1.\(kind)", head + [1, 2, 3])
    try refuse(audit(data: scratch.path("images")), "1.\(kind)")
  }

  @Test func labelsOutOfRange() throws {
    let data = try npz("labels.npz", .full([3, 1, 4, 4], 0.5), [0, -1, 1])
    try refuse(audit(data: data), "-1")
  }

  @Test func notANumberInTheData() throws {
    let data = try npz("nan.npz", .full([3, 1, 4, 4], .nan), [0, 1, 0])
    try refuse(audit(data: data), "example 0", "nan")
  }

  @Test func zeroExamples() throws {
    let data = try npz("empty.npz", .zeros([0, 1, 4, 4]), [])
    try refuse(audit(data: data), "empty.npz")
  }

  @Test(arguments: ["-1", "nan"]) func radius(_ radius: String) throws {
    try refuse(
      ["attack", "--model", model, "--data", goodData(), "--radius=\(radius)"], "radius")
  }

  @Test func unknownNames() throws {
    let base = ["attack", "--model", model, "--data", try goodData(), "--radius", "0.1"]
    try refuse(base + ["--norm", "l3"], "l3", "linf")
    try refuse(base + ["--attack", "pgdd"], "pgdd", "pgd")
    try refuse(["audit", "--fail-under", "accuracy.clean"], "accuracy.clean")
  }

  @Test func unknownGate() throws {
    try refuse(
      audit(data: goodData()) + ["--fail-under", "accuracy.cleen=0.5"], "accuracy.clean")
  }

  @Test func unwritableFolder() throws {
    let file = try scratch.write("file", "x")
    try refuse(
      ["audit", "--model", model, "--data", goodData(), "--out", file + "/out"], "file")
  }

  @Test func recipes() throws {
    let recipe = try scratch.write(
      "r.yaml",
      """
      recipe: train
      data: { source: glyphs }
      model: { name: lenet }
      training: { epoch: 1 }
      """)
    let out = ["--out", scratch.path("out")]
    for verb in ["train", "ablate"] {
      try refuse([verb, recipe] + out, "epoch", "epochs", "r.yaml:4")
      try refuse([verb, scratch.path("none.yaml")] + out, "none.yaml")
      try refuse([verb, recipe, "--profile", "huge"] + out, "huge")
      let other = try scratch.write("o.yaml", "recipe: trian\n")
      try refuse([verb, other] + out, "trian")
    }
    try refuse(["ablate", recipe, "--cores", "0"] + out, "--cores")
  }

  @Test(
    "each mistake in a recipe or its sweep",
    arguments: [
      ("training: { epochs: many }", ["r.yaml:4:21", "training.epochs", "an integer"]),
      ("training: { epochs: 0 }", ["epochs is 0"]),
      ("objective: [{ term: cros-entropy }]", ["cros-entropy", "cross-entropy"]),
      (
        "objective: [{ term: pgd-cross-entropy, options: { radios: 0.1 } }]",
        ["pgd-cross-entropy.radios", "radius"]
      ),
      (
        "objective: [{ term: pgd-cross-entropy, options: { norm: l3 } }]",
        ["pgd-cross-entropy.norm", "linf"]
      ),
      (
        "objective: [{ term: pgd-cross-entropy, options: { norm: l0 } }]",
        ["pgd-cross-entropy.norm", "linf"]
      ),
      ("evaluation: [{ attack: pgd, norm: l0, radius: 3 }]", ["pgd", "l0", "linf"]),
      ("evaluation: [{ attack: pgdd, radius: 0.1 }]", ["pgdd", "pgd"]),
      ("evaluation: [{ attack: pgd }]", ["evaluation.0.radius", "missing"]),
      ("evaluation: [{ radius: -1 }]", ["radius"]),
      ("sweep: { grid: { training.epochs: [] } }", ["r.yaml:4:35", "empty"]),
      ("sweep: { grid: { training.epoch: [1] } }", ["training.epoch", "training.epochs"]),
      ("sweep: { variants: { a: {}, a: {} } }", ["r.yaml:4", "twice"]),
      ("sweep: { variants: { a: { modle: 1 } } }", ["modle", "model"]),
      ("sweep: { variants: { a: {} }, baseline: b }", ["sweep.baseline", "'b'"]),
      ("sweep: { sedes: 3 }", ["sweep.sedes", "sweep.seeds"]),
    ])
  func sweeps(line: String, words: [String]) throws {
    let recipe = try scratch.write(
      "r.yaml",
      """
      recipe: train
      data: { source: glyphs }
      model: { name: lenet }
      \(line)
      """)
    let command = try Command(["ablate", recipe, "--out", scratch.path("out")])
    #expect(command.status == 2, "\(command.errors)")
    #expect(command.errorLines.count == 1 && command.output.isEmpty, "\(command.errors)")
    for word in words { #expect(command.errors.contains(word), "\(command.errors)") }
    #expect(!FileManager.default.fileExists(atPath: scratch.path("out")))
  }

  @Test("weights to begin with that are not there are named")
  func initialWeights() throws {
    let recipe = try scratch.write(
      "r.yaml",
      """
      recipe: train
      data: { source: moons, train: 20, test: 10 }
      model: { name: mlp }
      training: { steps: 1, batchSize: 10, initial: \(scratch.path("nowhere.safetensors")) }
      """)
    let command = try Command(["train", recipe, "--out", scratch.path("out"), "--quiet"])
    #expect(command.status == 2 && command.errorLines.count == 1, "\(command.errors)")
    #expect(command.errors.contains(scratch.path("nowhere.safetensors")), "\(command.errors)")
  }

  @Test func safetensors() throws {
    let run = scratch.path("run")
    _ = try scratch.write(
      "run/model.json",
      #"{"name": "mlp", "options": {}, "inputShape": [4], "classNames": ["a", "b"]}"#)
    let export = ["export", run, "--out", scratch.path("out")]
    func header(_ json: String, _ payload: Int = 0) -> [UInt8] {
      let length = withUnsafeBytes(of: UInt64(json.utf8.count).littleEndian) { Array($0) }
      return length + Array(json.utf8) + [UInt8](repeating: 0, count: payload)
    }
    _ = try scratch.write("run/model.safetensors", header("{broken"))
    try refuse(export, "model.safetensors")
    let entry = #"{"dtype":"F32","shape":[1],"data_offsets":[0,4]}"#
    _ = try scratch.write(
      "run/model.safetensors", header("{\"a\":\(entry),\"b\":\(entry)}", 4))
    try refuse(export, "model.safetensors")
    _ = try scratch.write("run/model.safetensors", header("{\"a\":\(entry)}", 4))
    try refuse(export, "layers.0.weight")
  }

  @Test func fullDisk() throws {
    let disk = scratch.path("disk")
    try FileManager.default.createDirectory(atPath: disk, withIntermediateDirectories: true)
    guard try Shell.run("mount -t tmpfs -o size=64k tmpfs \(disk)") == 0 else {
      print("skipped: a small file system cannot be mounted here")
      return
    }
    defer { _ = try? Shell.run("umount \(disk)") }
    let command = try Command([
      "audit", "--model", model, "--data", goodData(), "--out", disk + "/report", "--quiet",
    ])
    #expect(command.status == 2, "\(command.errors)")
    #expect(command.errorLines.count == 1)
    #expect(try FileManager.default.contentsOfDirectory(atPath: disk).isEmpty)
  }

  @Test("a failed gate exits with 1, and the report is written")
  func failedGate() throws {
    let command = try Command(
      audit(data: goodData()) + ["--fail-under", "accuracy.clean=1.1", "--quiet"])
    #expect(command.status == 1, "\(command.errors)")
    #expect(command.errors.contains("accuracy.clean"))
    #expect(FileManager.default.fileExists(atPath: scratch.path("out") + "/report.json"))
  }

  @Test("help and version exit with 0")
  func help() throws {
    #expect(try Command(["--help"]).status == 0)
    #expect(try Command(["audit", "--help"]).output.contains("EXAMPLES"))
    #expect(try Command(["version"]).output.contains("libtorch"))
    #expect(try Command(["audit", "--no-such-option"]).status == 2)
  }
}
