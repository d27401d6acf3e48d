extension Finding {
  /// Two decimals of a percentage where the interval is narrower than a percentage point.
  private var decimals: Int {
    guard let low, let high else { return 1 }
    return high - low < 0.01 ? 2 : 1
  }

  /// The value for people: `43.2%`, `0.031 nats`, or `n/a`.
  public var valueText: String { NumberText.measure(value, unit: unit, decimals: decimals) }

  /// The interval for people: `40.1 to 46.3%`, or empty without one.
  public var intervalText: String {
    guard let low, let high else { return "" }
    if unit == Finding.rate {
      let start = NumberText.percent(low, decimals: decimals).dropLast()
      return "\(start) to \(NumberText.percent(high, decimals: decimals))"
    }
    return "\(NumberText.short(low)) to \(NumberText.short(high))"
  }

  /// The threshold for people: `at least 50.0%`, or empty without one.
  public var thresholdText: String {
    guard let threshold else { return "" }
    let bound = NumberText.measure(threshold, unit: unit)
    return "\(better == .higher ? "at least" : "at most") \(bound)"
  }

  /// Value and interval in one phrase: `43.2% (40.1 to 46.3%)`.
  public var measureText: String {
    intervalText.isEmpty ? valueText : "\(valueText) (\(intervalText))"
  }
}
