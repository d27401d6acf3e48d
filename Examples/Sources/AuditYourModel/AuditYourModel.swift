import Audit
import Datasets
import Foundation
import Networks
import Reports
import Torch

/// Audits a TorchScript model from code: `AuditYourModel model.pt data-folder`.
@main
struct AuditYourModel {
  static func main() throws {
    let arguments = CommandLine.arguments
    guard arguments.count == 3 else {
      print("usage: AuditYourModel MODEL DATA")
      return
    }
    let data = try Dataset.load(from: arguments[2])
    let classifier = try ScriptClassifier(
      contentsOf: URL(filePath: arguments[1]), example: data.batch([0]).inputs,
      classCount: data.classNames.count)
    var settings = AuditSettings(.quick)
    settings.radii = [.init(norm: "linf", radii: [0.01, 0.05])]
    let subject = try Subject(
      name: arguments[1], classifier: classifier, data: data, settings: settings,
      context: Context(seed: 0, workers: 4))
    for finding in try Audit().run(on: subject).report.findings {
      print(finding.id.text, finding.value ?? .nan)
    }
  }
}
