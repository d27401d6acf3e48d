extension ModelRegistry {
  /// What 1-Lipschitz models have in common: `group` units are sorted together, all of them for 0; `head`
  /// is the number of a ``LipschitzHead``; `outputs` is 1 for a network whose sign decides between two
  /// classes; `constrained` is 0 for the unconstrained twin.
  private static let lipschitzOptions = ["group", "head", "outputs", "constrained"]

  static let lipschitzMLP = Entry(
    options: ["hidden", "layers", "taper"] + lipschitzOptions, fits: { _ in true },
    misfit: {
      $0.lipschitzMisfit(
        widths: $0.hiddenWidths(64, layers: 3).map { ("hidden", $0) }, standardGroup: 0)
    }
  ) {
    let group = $0.option("group", 0)
    return LipschitzMLP(
      widths: [$0.size] + $0.hiddenWidths(64, layers: 3) + [$0.outputCount],
      groupSize: group == 0 ? nil : group, head: $0.head,
      isConstrained: $0.option("constrained", 1) != 0, using: $1)
  }

  static let lipschitzCNN = Entry(
    options: ["width", "hidden"] + lipschitzOptions, fits: { isSquare($0, dividedBy: 4) },
    misfit: {
      $0.option("group", 2) == 0
        ? "group"
        : $0.lipschitzMisfit(
          widths: [("width", $0.option("width", 16)), ("hidden", $0.option("hidden", 64))],
          standardGroup: 2)
    }
  ) {
    LipschitzCNN(
      channels: $0.channels, side: $0.side, outputs: $0.outputCount,
      width: $0.option("width", 16), hidden: $0.option("hidden", 64),
      groupSize: $0.option("group", 2), head: $0.head,
      isConstrained: $0.option("constrained", 1) != 0, using: $1)
  }
}

extension ModelRegistry.Request {
  fileprivate var outputCount: Int { option("outputs", classCount) }
  fileprivate var head: LipschitzHead { LipschitzHead(rawValue: option("head", 1)) ?? .perClass }

  /// The first option that does not suit: a group that does not divide a width, a head there is not, a number
  /// of outputs that is not the classes'.
  fileprivate func lipschitzMisfit(
    widths: [(option: String, width: Int)], standardGroup: Int
  ) -> String? {
    let group = option("group", standardGroup)
    if group == 1 { return "group" }
    if group > 1, let odd = widths.first(where: { $0.width % group != 0 }) {
      return options["group"] == nil ? odd.option : "group"
    }
    if LipschitzHead(rawValue: option("head", 1)) == nil { return "head" }
    let fits = outputCount == classCount || (outputCount == 1 && classCount == 2)
    return fits ? nil : "outputs"
  }
}
