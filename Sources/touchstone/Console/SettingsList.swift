import Reports

/// The settings of an attack or of an explanation, as the commands that list these show them.
struct SettingsList {
  typealias Setting = (name: String, value: String, allowed: String, summary: String)

  let settings: [Setting]

  /// A line a setting.
  var text: String {
    var table = TextTable(["setting", "default", "may be", "what it is"].map { .init($0) })
    for setting in settings {
      table.append([setting.name, setting.value, setting.allowed, setting.summary])
    }
    return table.text()
  }

  /// The same as JSON.
  var json: JSONValue {
    .array(
      settings.map {
        [
          "name": .string($0.name), "default": .string($0.value), "allowed": .string($0.allowed),
          "summary": .string($0.summary),
        ]
      })
  }
}
