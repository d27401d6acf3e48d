import ArgumentParser
import Foundation
import Perturbations
import Reports

struct AttacksCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "attacks",
    abstract: "Lists the attacks, with norms, cost and source; or the settings of one.",
    discussion: """
      EXAMPLES
        touchstone attacks
        touchstone attacks pgd
      """)

  @Argument(help: "An attack, whose settings are listed.")
  var name: String?

  @ArgumentParser.Flag(help: "Print the list as JSON.")
  var json = false

  func run() throws {
    guard let name else {
      json ? print(list.text(pretty: true)) : print(overview)
      return
    }
    guard name.lowercased() != Transfer.about.name else {
      print(json ? value(of: Transfer.about, []).text(pretty: true) : transferPage)
      return
    }
    let attack = try AttackOptions.named(name)
    print(json ? value(of: attack).text(pretty: true) : page(of: attack))
  }

  private var overview: String {
    var text: [String] = []
    for kind in AttackDescription.Kind.allCases {
      let attacks = (Attacks.all.map(\.about) + [Transfer.about]).filter { $0.kind == kind }
      guard !attacks.isEmpty else { continue }
      var table = TextTable(
        ["attack", "norms", "what it does", "cost of an example"].map { .init($0) })
      for about in attacks {
        let norms = about.norms.isEmpty ? "words" : about.norms.joined(separator: " ")
        table.append([about.name, norms, about.summary, about.cost])
      }
      text += ["\(kind.rawValue.uppercased())", table.text()]
    }
    return (text + ["touchstone attacks NAME lists an attack's settings and its source."])
      .joined(separator: "\n")
  }

  /// Of the attack that needs a surrogate, which there is none of without a command.
  private var transferPage: String {
    head(of: Transfer.about) + """

      settings: those of the attack on the surrogate, --surrogate-attack (pgd)
      """
  }

  private func head(of about: AttackDescription) -> String {
    """
    \(about.name): \(about.summary)
    kind: \(about.kind.rawValue); norms: \(about.norms.joined(separator: ", "))
    cost: \(about.cost)
    source: \(about.source)
    """
  }

  private func page(of attack: any Attack) -> String {
    return head(of: attack.about) + "\n\n" + SettingsList(settings: attack.optionTexts).text
  }

  private var list: JSONValue {
    .array(Attacks.all.map { value(of: $0) } + [value(of: Transfer.about, [])])
  }

  private func value(of attack: any Attack) -> JSONValue {
    value(of: attack.about, attack.optionTexts)
  }

  private func value(
    of about: AttackDescription,
    _ settings: [SettingsList.Setting]
  ) -> JSONValue {
    [
      "name": .string(about.name), "summary": .string(about.summary),
      "kind": .string(about.kind.rawValue), "norms": .array(about.norms.map { .string($0) }),
      "cost": .string(about.cost), "source": .string(about.source),
      "settings": SettingsList(settings: settings).json,
    ]
  }
}
