import Datasets
import Foundation
import Perturbations
import Reports
import Torch

/// What an attack leaves in its folder: a table of samples, the adversarial inputs, and pictures.
struct AttackOutput {
  let folder: URL
  let result: AttackResult
  let data: Dataset

  /// Writes samples.csv and adversarial.npz, and where inputs are pictures a PNG of every success.
  func write(classes: [Int], pictures: Bool) throws {
    var files = [ReportFolder.File("samples.csv", try table(classes).csv())]
    if pictures { files += try self.pictures(classes) }
    try ReportFolder(folder.path).write(files)
    try NPZ.write(
      ["adversarial": result.adversarial, "index": Tensor(result.indices)],
      to: folder.appending(path: "adversarial.npz"))
  }

  private var labels: [Int] { Array(data.labelValues.prefix(result.count)) }

  private func table(_ classes: [Int]) throws -> SampleTable {
    var table = try SampleTable([
      .init("index", .integers(result.indices)), .init("label", .integers(labels)),
      .init("success", .flags(result.success)), .init("predicted", .integers(classes)),
      .init("distance", .numbers(result.distance)),
      .init("broken_by", .texts(result.brokenBy)),
      .init("iterations", .integers(result.iterations)),
      .init("queries", .integers(result.queries)),
      .init("gradients", .integers(result.gradients)),
    ])
    if let words = data.vocabulary, result.adversarial.dtype == .int64 {
      let texts = result.indices.indices.map {
        words.text(of: result.adversarial[$0].values(as: Int.self))
      }
      try table.append(.init("text", .texts(texts)))
    }
    return table
  }

  /// One PNG a success, named by index, label and what the model says now.
  private func pictures(_ classes: [Int]) throws -> [ReportFolder.File] {
    let shape = data.inputShape
    guard shape.count == 3, [1, 3].contains(shape[0]), data.range == 0...1 else { return [] }
    return try result.success.indices.filter { result.success[$0] }.map { row in
      let values = result.adversarial[row].values(as: Float.self)
      let picture = try Bitmap(
        channelsFirst: values, channels: shape[0], height: shape[1], width: shape[2])
      let name = "\(result.indices[row])-\(labels[row])-to-\(classes[row]).png"
      return ReportFolder.File(name, try picture.png())
    }
  }
}
