import Foundation
import Testing
import Torch

@testable import Datasets

/// The folder of `TOUCHSTONE_DATA`, or `shared/data` beside the package, if there is one.
private let dataFolder: String? = {
  let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()
  let beside = package.deletingLastPathComponent().appendingPathComponent("shared/data").path
  let path = ProcessInfo.processInfo.environment["TOUCHSTONE_DATA"] ?? beside
  return FileBytes.find(path) == .folder ? path : nil
}()

@Suite(
  .enabled(if: dataFolder != nil, "set TOUCHSTONE_DATA to a folder with the public data sets"))
struct RealDataTests {
  private func path(_ name: String) throws -> String { try #require(dataFolder) + "/" + name }

  @Test(arguments: ["mnist", "fashion-mnist"]) func idxFolders(name: String) throws {
    let source = try DatasetSource(path(name))
    let train = try source.load(.train)
    let test = try source.load()
    #expect(train.count == 60_000 && test.count == 10_000 && test.inputShape == [1, 28, 28])
    #expect(test.classNames.count == 10)
    if name == "fashion-mnist" { #expect(test.classCounts.allSatisfy { $0 == 1000 }) }
    if name == "mnist" { #expect(Array(test.labelValues[..<5]) == [7, 2, 1, 0, 4]) }
  }

  @Test func cifarArchive() throws {
    let test = try Dataset.load(from: path("cifar10-imagefolder.tar.gz"))
    #expect(test.count == 10_000 && test.inputShape == [3, 32, 32])
    #expect(test.classNames == ClassList.cifar10 && test.classCounts.allSatisfy { $0 == 1000 })
    let train = try Dataset.load(from: path("cifar10-imagefolder.tar.gz"), split: .train)
    #expect(train.count == 50_000 && train.classCounts.allSatisfy { $0 == 5000 })
  }

  @Test func facesArchive() throws {
    let faces = try Dataset.load(from: path("orl-faces.tar.gz"))
    #expect(faces.count == 400 && faces.inputShape == [1, 112, 92])
    #expect(faces.classNames.count == 40 && faces.classCounts.allSatisfy { $0 == 10 })
  }

  @Test func movieReviews() throws {
    let reviews = try TextDataset(folder: path("movie-reviews"))
    #expect(reviews.classNames == ["neg", "pos"] && reviews.count == 10_662)
    #expect(reviews.labels.count { $0 == 1 } == 5331)
  }

  @Test func citationGraph() throws {
    let source = try DatasetSource(path("cora"))
    let graph = try #require(try source.graph())
    #expect(graph.nodeCount == 2708 && graph.edges.count == 5278 && graph.featureCount == 1433)
    #expect(graph.classNames.count == 7 && graph.features.sum().item == 49_216)
    #expect(try source.load(.train).classCounts == Array(repeating: 20, count: 7))
    #expect(try source.load(.validation).count == 500 && source.load().count == 1000)
  }
}
