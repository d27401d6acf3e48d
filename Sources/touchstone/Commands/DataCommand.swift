import ArgumentParser
import Datasets
import Foundation
import Reports
import Torch

struct DataCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "data", abstract: "Lists, draws, inspects and fetches data.",
    subcommands: [List.self, Make.self, Inspect.self, Fetch.self])

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Lists the built-in sets, and the public ones that can be fetched.")

    func run() {
      let built = proceduralSources.map { [$0.name, "built in", $0.summary] }
      let fetched = PublicDataset.all.map { [$0.name, "touchstone data fetch", $0.summary] }
      let columns: [TextTable.Column] = [.init("name"), .init("from"), .init("what")]
      print(TextTable(columns, rows: built + fetched).text())
    }
  }

  struct Make: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Draws a built-in set into an npz file with the arrays x and y.",
      discussion: "EXAMPLE\n  touchstone data make glyphs --count 1000 --seed 1 --out glyphs.npz")

    @Argument(help: "The name of the set.")
    var name: String
    @Option(help: "How many examples.")
    var count: Int?
    @Option(help: "The seed.")
    var seed: UInt64 = 0
    @Option(help: "The part: train or test.")
    var split: DatasetPart = .train
    @Option(help: "The file to write.")
    var out: String

    func run() throws {
      guard ProceduralSource.named(name) != nil else {
        let names = proceduralSources.map(\.name)
        let nearest = Suggestion.nearest(to: name, in: names).map { ", did you mean '\($0)'" } ?? ""
        throw ValidationError("there is no built-in set '\(name)'\(nearest)? There are \(names)")
      }
      let set = try Dataset.load(
        from: name, split: split, options: LoadOptions(count: count, seed: seed))
      try NPZ.write(["x": set.inputs, "y": set.targets ?? set.labels], to: URL(filePath: out))
      print("\(out): \(set.count) examples of \(name), \(set.inputShape)")
    }
  }

  struct Inspect: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Says what a path holds: format, parts, shapes, classes, value range.")

    @Argument(help: "A path, or the name of a built-in set.")
    var path: String
    @Option(help: "The part to read.")
    var split: DatasetPart?
    @Option(
      help:
        "The pixels of a side of the middle square that images in files of their own are reduced to."
    )
    var side: Int?

    func run() throws {
      let source = try DatasetSource(path)
      let set = try source.load(split, options: LoadOptions(side: side))
      let inputs = set.batch(Array(0..<min(1000, set.count))).inputs
      let parts = source.parts.map(\.rawValue).sorted().joined(separator: ", ")
      let facts: [(String, String)] = [
        ("format", source.format.rawValue), ("parts", parts), ("read", set.part.rawValue),
        ("examples", "\(set.count)"), ("input shape", "\(set.inputShape)"),
        (set.outputs.rawValue, "\(set.classNames.count)"),
        ("values", "\(inputs.min().item) to \(inputs.max().item) in the first \(inputs.size(0))"),
        ("fingerprint", try set.fingerprint()),
      ]
      let classes = zip(set.classNames, set.classCounts).map { [$0, "\($1)"] }
      print(TextTable([.init("what"), .init("value")], rows: facts.map { [$0, $1] }).text())
      print(
        TextTable(
          [.init(set.targets == nil ? "class" : "label"), .init("examples", .trailing)],
          rows: classes
        ).text())
    }
  }

  struct Fetch: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Downloads a public set, with checksums; goes on where it was interrupted.",
      discussion: "EXAMPLE\n  touchstone data fetch fashion-mnist --out data/fashion-mnist")

    @Argument(help: "The name of the set (touchstone data list).")
    var name: String
    @Option(help: "The folder to put it in; data/NAME when not given.")
    var out: String?

    func run() throws {
      let set = try PublicDataset.named(name)
      let folder = out ?? "data/\(name)"
      try Datasets.Fetch(into: folder).run(set) { file, outcome in
        print("\(file.name): \(outcome.rawValue)")
      }
      print("\(name) is in \(folder)")
    }
  }
}
