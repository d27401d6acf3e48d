/// The task of a model, by the name that the Hugging Face hub has for it.
enum ModelCardTask {
  /// The task of a kind of run with a network.
  ///
  /// - Parameters:
  ///   - kind: such as `train`.
  ///   - network: the network's name, where there is one.
  static func name(kind: String, network: String?) -> String {
    switch kind {
    case "prior": return "unconditional-image-generation"
    case "invert-template": return "image-feature-extraction"
    default: break
    }
    switch network {
    case let name? where name.hasPrefix("identity-"): return "image-feature-extraction"
    case let name? where name.hasPrefix("text-"): return "text-classification"
    case let name? where name.hasPrefix("gcn"): return "graph-ml"
    default: return "image-classification"
    }
  }

  /// A task's name in words.
  static func title(_ task: String) -> String {
    let words = task.split(separator: "-").joined(separator: " ")
    return words.prefix(1).uppercased() + words.dropFirst()
  }

  /// The hub's name of what a finding measures, or the finding's own.
  static func metric(_ finding: String) -> String {
    if finding == "test_accuracy" || finding == "accuracy.clean" { return "accuracy" }
    if finding.hasSuffix("roc_area") { return "roc_auc" }
    return finding
  }
}
