import Foundation
import Reports
import Statistics

/// A small report whose texts try to break every writer.
enum Sample {
  static func report() throws -> Report {
    let findings = [
      try Finding(
        id: "evasion.robust_accuracy.linf.0.1", title: "Robust accuracy, Linf 0.1",
        value: 0.432, interval: Interval(low: 0.401, high: 0.463, level: 0.95),
        detail: "PGD, 40 steps, 1000 images", plots: [curve, histogram, bars],
        pictures: [try strip()]),
      try Finding(
        id: "accuracy.clean", title: "Clean <script>alert(1)</script> accuracy",
        value: 0.9, interval: Interval(low: 0.88, high: 0.92, level: 0.95), verdict: .pass,
        threshold: 0.8, detail: "a | b & \"c\"\nsecond line",
        plots: [
          .confusion(classes: ["<b>", "cat"], counts: [[5, 1], [0, 4]]),
          .reliability(
            try Reliability(confidences: [0.2, 0.9, 0.95], correct: [false, true, true])),
        ]),
      try Finding(
        id: "calibration.ece", title: "Calibration error", value: .infinity, unit: "",
        better: .lower),
    ]
    let flags = [
      try Flag(
        id: "gradients.zero_share", raised: true, value: 0.99, threshold: 0,
        meaning: "Gradients vanish & hide weakness", remedy: "Attack the margin"),
      try Flag(
        id: "model.random", raised: false, value: .nan, meaning: "Random answers",
        remedy: "Average over draws"),
    ]
    return Report(
      version: "0.1.0",
      subject: [
        "name": "</title><script>alert(2)</script>", "model": ["file": "a\"b.pt", "bytes": 12],
      ],
      settings: ["zeta": 1, "alpha": [0.1, 0.25], "nested": ["off": false, "none": nil]],
      seed: .max, started: Date(timeIntervalSince1970: 1_800_000_000), seconds: 12.5,
      findings: findings, flags: flags)
  }

  static let curve = Plot(
    title: "Accuracy & radius", caption: "How accuracy falls <with> the radius.",
    content: .lines(
      Plot.Lines(
        x: Plot.Axis("radius"), y: Plot.Axis("accuracy", range: 0...1, format: .percent),
        series: [
          Plot.Series(
            "PGD <i>",
            points: [
              .init(x: 0, y: 0.9, low: 0.88, high: 0.92), .init(x: 0.1, y: .nan),
              .init(x: 0.2, y: 0.1, low: 0.05, high: 0.2),
            ]),
          Plot.Series(
            "chance", points: [.init(x: 0, y: 0.1), .init(x: 0.2, y: 0.1)], style: .reference),
        ])))

  static let histogram = Plot(
    title: "Gradient norms", caption: "Per example.",
    content: .histogram(
      Plot.Histogram(
        x: Plot.Axis("norm"), counted: "examples", bins: 4,
        values: [(name: "clean", values: [0, 1, 1, 2, 4, .nan])])))

  static let bars = Plot(
    title: "Accuracy by class", caption: "With intervals.",
    content: .bars(
      Plot.Bars(
        category: "class", y: Plot.Axis("accuracy", range: 0...1, format: .percent),
        bars: [
          .init("a < b", value: 0.5, low: 0.3, high: 0.7), .init("none", value: .nan),
        ])))

  static func strip() throws -> PictureStrip {
    try .adversarial(
      caption: "Example 3: \"cat\" <-> dog", original: (values: [0, 0.5, 1, 0.2], label: "cat"),
      adversarial: (values: [0.1, 0.5, 0.9, 0.2], label: "dog <img src=x>"),
      shape: (channels: 1, height: 2, width: 2))
  }
}
