import Datasets
import Reports
import Torch

/// `labels.json` in the folder of a run that learns from a part of the labels: which examples keep
/// theirs, so that others can take the same ones.
struct LabelsFile {
  static let name = "labels.json"
  /// The schema of the file.
  static let schema = "touchstone.labels/1"

  /// The examples that keep their labels.
  let labelled: Dataset
  /// What the choice depended on.
  let seed: UInt64

  /// Seed, counts, positions and, where every example has a file of its own, those; nothing that
  /// depends on the time or the place of the run.
  var file: ReportFolder.File {
    let counts = zip(labelled.classNames, labelled.classCounts).map { name, count in
      JSONValue.object(["name": .string(name), "count": .integer(count)])
    }
    var fields: JSONObject = [
      "schema": .string(Self.schema), "data": .string(labelled.name), "seed": JSONValue(seed),
      "count": .integer(labelled.count),
      labelled.outputs.rawValue: .array(counts),
      "positions": .array(labelled.sourceIndices.map { .integer($0) }),
    ]
    if let names = labelled.fileNames { fields["files"] = .array(names.map { .string($0) }) }
    return ReportFolder.File(Self.name, JSONValue.object(fields).text(pretty: true))
  }
}
