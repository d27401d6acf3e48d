import ArgumentParser
import Explanations
import Foundation
import Reports

struct ExplanationsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explanations",
    abstract: "Lists the methods and metrics of explanations, with cost and source.",
    discussion: """
      EXAMPLES
        touchstone explanations
        touchstone explanations rise
      """)

  @Argument(help: "A method, whose settings are listed.")
  var name: String?

  @ArgumentParser.Flag(help: "Print the list as JSON.")
  var json = false

  func run() throws {
    guard let name else {
      json ? print(list.text(pretty: true)) : print(overview)
      return
    }
    let method = try ExplanationOptions.method(name)
    print(json ? value(of: method).text(pretty: true) : page(of: method))
  }

  private var overview: String {
    var text: [String] = []
    for kind in AttributionDescription.Kind.allCases {
      var table = TextTable(
        ["method", "signs", "what it says", "cost of an example", "source"].map { .init($0) })
      for method in Attributions.all where method.about.kind == kind {
        let about = method.about
        table.append([
          about.name, about.isSigned ? "yes" : "no", about.summary, about.cost, about.source,
        ])
      }
      text += ["\(kind.rawValue.uppercased())", table.text()]
    }
    var table = TextTable(
      ["metric", "better", "what it measures", "cost of an example", "source"].map { .init($0) })
    for metric in ExplanationMetrics.all.map(\.about) {
      table.append([
        metric.name, metric.isHigherBetter.map { $0 ? "higher" : "lower" } ?? "", metric.summary,
        metric.cost, metric.source,
      ])
    }
    text += ["METRICS", table.text()]
    return (text + ["touchstone explanations NAME lists a method's settings."])
      .joined(separator: "\n")
  }

  private func page(of method: any Attribution) -> String {
    let about = method.about
    return """
      \(about.name): \(about.summary)
      looks at: \(about.kind.rawValue); signs: \(about.isSigned ? "yes" : "no")
      cost: \(about.cost)
      source: \(about.source)

      \(method.optionTexts.isEmpty ? "It has no settings." : SettingsList(settings: method.optionTexts).text)
      """
  }

  private var list: JSONValue {
    [
      "methods": .array(Attributions.all.map { value(of: $0) }),
      "metrics": .array(
        ExplanationMetrics.all.map(\.about).map { metric in
          [
            "name": .string(metric.name), "summary": .string(metric.summary),
            "better": JSONValue(metric.isHigherBetter.map { $0 ? "higher" : "lower" }),
            "cost": .string(metric.cost), "source": .string(metric.source),
          ]
        }),
    ]
  }

  private func value(of method: any Attribution) -> JSONValue {
    let about = method.about
    return [
      "name": .string(about.name), "summary": .string(about.summary),
      "kind": .string(about.kind.rawValue), "signed": .bool(about.isSigned),
      "cost": .string(about.cost), "source": .string(about.source),
      "settings": SettingsList(settings: method.optionTexts).json,
    ]
  }
}
