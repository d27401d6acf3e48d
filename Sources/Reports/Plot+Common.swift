import Statistics

extension Plot {
  /// A confusion matrix from counts.
  ///
  /// - Parameters:
  ///   - classes: the names of the classes.
  ///   - counts: one row per true class, one column per predicted class.
  public static func confusion(classes: [String], counts: [[Int]]) -> Plot {
    Plot(
      title: "Confusion matrix",
      caption: "Rows are true classes, columns are predictions; the diagonal is correct.",
      content: .heatmap(
        Heatmap(
          rowTitle: "true class", columnTitle: "predicted class", rows: classes,
          columns: classes, values: counts.map { $0.map(Double.init) })))
  }

  /// A reliability diagram: accuracy against confidence, with Wilson intervals per bin.
  public static func reliability(_ reliability: Reliability) -> Plot {
    let points = reliability.bins.compactMap { bin -> Series.Point? in
      guard let confidence = bin.confidence, let accuracy = bin.accuracy else { return nil }
      let interval = try? Proportion(successes: bin.correct, trials: bin.count).wilson()
      return Series.Point(x: confidence, y: accuracy, low: interval?.low, high: interval?.high)
    }
    let diagonal = [0.0, 1].map { Series.Point(x: $0, y: $0) }
    return Plot(
      title: "Reliability",
      caption: "Accuracy of the examples in each confidence bin; below the diagonal the model is"
        + " too sure of itself. Bands are 95 % Wilson intervals.",
      content: .lines(
        Lines(
          x: Axis("confidence", range: 0...1, format: .percent),
          y: Axis("accuracy", range: 0...1, format: .percent),
          series: [
            Series("perfect calibration", points: diagonal, style: .reference),
            Series("this model", points: points),
          ])))
  }
}
