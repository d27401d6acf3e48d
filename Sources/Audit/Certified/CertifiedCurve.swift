import Certificates
import Reports
import Statistics

/// The share of examples that are right and certified, against the radius.
struct CertifiedCurve: Sendable {
  let result: CertifiedResult
  /// The radii, ascending.
  let radii: [Double]

  init(_ result: CertifiedResult, radii: [Double]) {
    self.result = result
    self.radii = radii
  }

  /// One finding a radius.
  func findings() throws -> [Finding] {
    try radii.map { radius in
      let text = FindingID.part(for: radius)
      let certified = result.isCertified(at: radius)
      return try Finding(
        id: "certified.accuracy.\(result.norm).\(text)",
        title: "Certified accuracy, \(result.norm) \(text)",
        value: result.certifiedAccuracy(at: radius), interval: Proportion(certified).wilson(),
        detail: """
          \(certified.filter { $0 }.count) of the first \(result.count) examples are right and provably \
          stay so (\(result.method)).
          """)
    }
  }

  /// The curve, from the accuracy without perturbations on; between the radii as well, since it falls
  /// where examples' own radii end.
  func series() throws -> Plot.Series {
    let largest = radii.last ?? 0
    let places = Set([0] + radii + (1...20).map { largest * Double($0) / 20 })
    let points = try places.sorted().map { radius in
      let interval = try Proportion(result.isCertified(at: radius)).wilson()
      return Plot.Series.Point(
        x: radius, y: result.certifiedAccuracy(at: radius), low: interval.low,
        high: interval.high)
    }
    return Plot.Series("certified (\(result.method))", points: points, style: .bound)
  }

  /// The curve by itself.
  func plot(title: String = "Certified accuracy against the radius", note: String = "") throws
    -> Plot
  {
    Plot(
      title: "\(title), \(result.norm)",
      caption: "\(note)Bands are 95% Wilson intervals over the certified examples.",
      content: .lines(
        Plot.Lines(
          x: Plot.Axis("radius (\(result.norm), in units of the data)"),
          y: Plot.Axis("accuracy", range: 0...1, format: .percent), series: [try series()])))
  }

  /// The positions of examples that some perturbation breaks inside their certified radius.
  ///
  /// - Parameter lengths: the shortest perturbation known of each example, measured in single precision:
  ///   its last digits do not count.
  func contradictions(of lengths: [Double?]) -> [Int] {
    zip(result.radius, lengths).enumerated().compactMap { position, pair in
      guard let radius = pair.0, let length = pair.1 else { return nil }
      return length < radius * (1 - 1e-5) ? position : nil
    }
  }
}

extension Evidence {
  /// Adds what another probe or part found.
  mutating func add(_ other: Evidence) {
    findings += other.findings
    flags += other.flags
    columns += other.columns
  }

  /// Draws a curve into the plot of accuracy against the radius that attacks in a norm made.
  ///
  /// - Returns: whether there is such a plot.
  mutating func draw(_ series: Plot.Series, under norm: String) -> Bool {
    for finding in findings.indices
    where findings[finding].id.text.hasPrefix("evasion.robust_accuracy.\(norm).") {
      for plot in findings[finding].plots.indices {
        guard case .lines(var lines) = findings[finding].plots[plot].content else { continue }
        lines.series.append(series)
        findings[finding].plots[plot].content = .lines(lines)
        findings[finding].plots[plot].caption +=
          " No attack can get below the certified accuracy, which is proven."
        return true
      }
    }
    return false
  }

  /// The length of the shortest perturbation in a norm that broke each example, over all attacks; `nil`
  /// without attacks.
  func shortestPerturbations(in norm: String) -> [Double?]? {
    let lengths = columns.compactMap { column -> [Double?]? in
      guard column.name.hasPrefix("\(norm)."), column.name.hasSuffix(".length"),
        case .numbers(let values) = column.values
      else { return nil }
      return values
    }
    guard var shortest = lengths.first else { return nil }
    for values in lengths.dropFirst() {
      for (position, value) in values.enumerated() {
        guard let value else { continue }
        shortest[position] = min(shortest[position] ?? value, value)
      }
    }
    return shortest
  }
}
