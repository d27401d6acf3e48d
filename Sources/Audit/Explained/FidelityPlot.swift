import Explanations
import Reports

/// Deletion and insertion curves as a plot.
public enum FidelityPlot {
  /// The mean of examples' curves.
  public static func series(
    _ name: String, _ curves: [FidelityCurve], _ scale: OutputScale
  ) -> Plot.Series {
    let shares = curves.first?.shares ?? []
    let points = shares.indices.map { step in
      let values = curves.map { $0.values(of: scale)[step] }.filter(\.isFinite)
      return Plot.Series.Point(
        x: shares[step],
        y: values.isEmpty ? .nan : values.reduce(0, +) / Double(values.count))
    }
    return Plot.Series(name, points: points)
  }

  /// Some curves, at most six.
  public static func plot(_ series: [Plot.Series], scale: OutputScale) -> Plot {
    Plot(
      title: "What the score loses with what explanations name first",
      caption: """
        Deletion takes places away, the most important first, and should fall early; insertion puts them \
        into the baseline and should rise early. Means over examples.
        """,
      content: .lines(
        Plot.Lines(
          x: Plot.Axis("share of places changed", format: .percent),
          y: Plot.Axis(scale == .logits ? "logit" : "probability"), series: series)))
  }
}
