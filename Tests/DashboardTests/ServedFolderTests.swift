import Foundation
import Testing

@testable import Dashboard

@Suite("Files of a run")
struct ServedFolderTests {
  private let scratch: Scratch
  private let folder: ServedFolder

  init() throws {
    scratch = try Scratch()
    folder = ServedFolder(path: scratch.path("run"))
    try scratch.write("run/report.html", "<p>report</p>")
    try scratch.write("run/pictures/a b.png", "png")
    try scratch.write("secret.txt", "secret")
  }

  @Test("pages, pictures and texts can be read, from folders in the folder too")
  func reading() throws {
    let file = try folder.open(["report.html"])
    #expect(try file.read(at: 0, count: 100) == Data("<p>report</p>".utf8))
    #expect(try file.read(at: 3, count: 6) == Data("report".utf8))
    #expect(file.size == 13 && file.type == .html)
    #expect(try folder.open(["pictures", "a b.png"]).type.contentType == "image/png")
    #expect(folder.entries().map(\.name) == ["report.html", "pictures/a b.png"])
  }

  @Test(
    "weights, checkpoints and hidden files cannot",
    arguments: [
      "weights.safetensors", "model.pt", "model.PT", "data.npz", "report.html.pt", "runs.sqlite",
      ".lock", ".env.txt", "checkpoint/state.json", "checkpoints/12.json",
      "checkpoint-000012.json", "noending",
    ])
  func kinds(name: String) throws {
    try scratch.write("run/" + name, "x")
    let names = name.split(separator: "/").map(String.init)
    #expect { try folder.open(names) } throws: { ($0 as? HTTPRefusal)?.status == .notFound }
    #expect(!folder.entries(depth: 3).contains { $0.name == name })
  }

  @Test("nothing outside of the folder can be reached, by names or by links")
  func outside() throws {
    let manager = FileManager.default
    let run = scratch.url.appending(path: "run")
    try manager.createSymbolicLink(
      at: run.appending(path: "link.txt"),
      withDestinationURL: scratch.url.appending(path: "secret.txt"))
    try manager.createSymbolicLink(
      at: run.appending(path: "out"), withDestinationURL: scratch.url)
    try manager.createSymbolicLink(
      at: run.appending(path: "own.html"), withDestinationURL: run.appending(path: "report.html"))
    for names in [
      ["link.txt"], ["out", "secret.txt"], ["..", "secret.txt"], ["../secret.txt"], ["own.html"],
      ["", "secret.txt"], ["/etc/hostname.txt"], [], ["a", "b", "c", "d", "e", "f", "g.txt"],
    ] {
      #expect(throws: HTTPRefusal.self) { try folder.open(names) }
    }
    #expect(folder.entries(depth: 3).map(\.name) == ["report.html", "pictures/a b.png"])
  }

  @Test("folders and pipes with the name of a text are no texts")
  func others() throws {
    try FileManager.default.createDirectory(
      atPath: scratch.path("run/folder.txt"), withIntermediateDirectories: true)
    #expect(mkfifo(scratch.path("run/pipe.txt"), 0o600) == 0)
    for name in ["folder.txt", "pipe.txt"] {
      #expect(throws: HTTPRefusal.self) { try folder.open([name]) }
    }
    #expect(throws: HTTPRefusal.self) {
      try ServedFolder(path: scratch.path("gone")).open(["a.txt"])
    }
    #expect(ServedFolder(path: scratch.path("gone")).entries().isEmpty)
  }

  @Test("lists of files end somewhere")
  func many() throws {
    for index in 0..<300 { try scratch.write("run/many/\(index).txt", "") }
    #expect(folder.entries().count == ServedFolder.most)
  }
}
