/// Something that can go wrong with a model, and by which findings one learns how much.
struct RiskArea: Sendable {
  /// What it is called.
  let title: String
  /// What it is, in plain words.
  let meaning: String
  /// What the names of its findings begin with, or hold as a part between dots where they begin with a dot.
  let marks: [String]
  /// What is said where it was not measured, as Markdown.
  let missing: String
  /// The tag of the card where it was measured.
  let tag: String

  /// Whether a finding is about it.
  func covers(_ finding: String) -> Bool {
    marks.contains { mark in
      mark.hasPrefix(".") ? ".\(finding).".contains("\(mark).") : finding.hasPrefix(mark)
    }
  }

  /// All of them.
  static let all: [RiskArea] = [
    RiskArea(
      title: "Perturbations",
      meaning: "how often small changes of an input, chosen to mislead, change the answer",
      marks: ["evasion.", "robust_error.", "boundary."],
      missing: "Not measured. `touchstone audit --run FOLDER --data DATA` asks for it.",
      tag: "adversarial-robustness"),
    RiskArea(
      title: "Certificates",
      meaning: "for how many inputs it is proven that no change of a size matters",
      marks: ["certified.", "certified_accuracy."],
      missing:
        "Not measured. `touchstone audit --run FOLDER --data DATA --sigma 0.25` asks for it.",
      tag: "certified-robustness"),
    RiskArea(
      title: "Calibration", meaning: "whether its confidence is as often right as it says",
      marks: ["calibration."],
      missing: "Not measured. `touchstone audit --run FOLDER --data DATA` asks for it.",
      tag: "calibration"),
    RiskArea(
      title: "Membership",
      meaning: "whether its answers give away which examples it learned from",
      marks: [
        "leakage.membership.", "loss.", "likelihood-ratio", "decisions-", "confidence.",
        "entropy.", "modified-entropy.", "scaled-confidence.",
      ],
      missing: "Not measured. `touchstone audit --run FOLDER --data DATA` asks for it.",
      tag: "membership-inference"),
    RiskArea(
      title: "Inversion",
      meaning: "what can be reconstructed of the people that it knows",
      marks: [
        "leakage.model_inversion.", "leakage.template_inversion.", "attack.", "attack_untuned.",
        "sar_type_", "lift_type_", "evaluation.sar_type_", "evaluation.lift_type_",
      ],
      missing:
        "Not measured. `touchstone audit --run FOLDER --data PEOPLE --public OTHER-PEOPLE` asks for it.",
      tag: "model-inversion"),
    RiskArea(
      title: "Smoothness and geometry",
      meaning: "how fast answers change around examples, and how close the boundary is",
      marks: [
        "smoothness.", "geometry.", "lds.", "sharpness.", "adaptive-sharpness.",
        "confidence-climb.", "tilt.",
      ],
      missing: "Not measured. `touchstone audit --run FOLDER --data DATA` asks for it.",
      tag: "smoothness"),
    RiskArea(
      title: "Differential privacy", meaning: "what its training guarantees every single example",
      marks: ["privacy."],
      missing: "No guarantee: nothing says that training was differentially private.",
      tag: "differential-privacy"),
  ]
}
