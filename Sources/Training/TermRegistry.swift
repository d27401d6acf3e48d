import Torch

/// Builds terms by name, for recipes: one line a term.
public enum TermRegistry {
  private typealias Entry = RegistryEntry<any Term>

  private static let ascent = ["norm", "radius", "steps", "stepSize", "randomStart"]

  private static let entries: [String: Entry] = [
    "cross-entropy": Entry(CrossEntropy.self),
    "fgm-cross-entropy": Entry(ascent) { options throws(TrainingError) in
      try adversarial(options, steps: 1, hasRandomStart: false)
    },
    "pgd-cross-entropy": Entry(ascent) { options throws(TrainingError) in
      try adversarial(options, steps: 7, hasRandomStart: true)
    },
    "bilateral-dependency": Entry(BilateralDependency.self),
    "bernoulli-cross-entropy": Entry(BernoulliCrossEntropy.self),
    "absolute-penalty": Entry(AbsolutePenalty.self),
    "arcface": Entry(ArcFace.self),
    "categorical-hinge": Entry(CategoricalHinge.self),
    "class-balance": Entry(ClassBalance.self),
    "cosface": Entry(CosFace.self),
    "entropy": Entry(PredictionEntropy.self),
    "gradient-penalty": Entry(OutputGradientPenalty.self),
    "hinge": Entry(MarginHinge.self),
    "hkr": Entry(HKR.self),
    "information-bottleneck": Entry(InformationBottleneck.self),
    "input-gradient-penalty": Entry(InputGradientPenalty.self),
    "kr": Entry(KantorovichRubinstein.self),
    "label-noise-cross-entropy": Entry(LabelNoise.self),
    "laplacian-penalty": Entry(LaplacianPenalty.self),
    "learnable-margin-hkr": Entry(LearnableMarginHKR.self),
    "lip-cross-entropy": Entry(OffsetCrossEntropy.self),
    "lse-hkr": Entry(LogSumExpHKR.self),
    "mart": Entry(MART.self),
    "mixup-cross-entropy": Entry(Mixup.self),
    "noise-consistency": Entry(NoiseConsistency.self),
    "noise-cross-entropy": Entry(NoiseCrossEntropy.self),
    "soft-hkr": Entry(SoftHKR.self),
    "spectral-penalty": Entry(SpectralPenalty.self),
    "trades": Entry(TRADES.self),
    "fast-cross-entropy": Entry(FastCrossEntropy.self),
    "free-cross-entropy": Entry(FreeCrossEntropy.self),
    "fixmatch": Entry(PseudoLabels.options) { options throws(TrainingError) in
      try PseudoLabels(options)
    },
    "mean-teacher": Entry(MeanTeacher.self),
    "pi-model": Entry(PiModel.self),
    "pseudo-labels": Entry(PseudoLabels.options) { options throws(TrainingError) in
      try PseudoLabels(options)
    },
    "temperature-cross-entropy": Entry(TemperatureCrossEntropy.self),
    "temporal-ensembling": Entry(TemporalEnsembling.self),
    "virtual-adversarial": Entry(VirtualAdversarial.self),
    "weight-penalty": Entry { _ throws(TrainingError) in WeightPenalty() },
  ]

  /// The attacks that terms train against, by the names that audits give them.
  private static let adversaries = [
    "fgm-cross-entropy": "fgm", "fast-cross-entropy": "fgm", "free-cross-entropy": "pgd",
    "pgd-cross-entropy": "pgd", "trades": "pgd", "mart": "pgd",
  ]

  /// The attack that a term trains against, such as `pgd`, where it trains against one.
  public static func adversary(of term: String) -> String? { adversaries[term] }

  /// The names of all terms.
  public static var names: [String] { entries.keys.sorted() }

  /// A term.
  ///
  /// - Throws: ``TrainingError`` for unknown names and options and values out of range.
  public static func term(
    _ name: String, options: [String: SettingValue] = [:]
  ) throws(TrainingError) -> any Term {
    guard let entry = entries[name] else { throw .unknownTerm(name, known: names) }
    return try entry.product(name, options: options, kind: "term")
  }

  private static func adversarial(
    _ options: TermOptions, steps: Int, hasRandomStart: Bool
  ) throws(TrainingError) -> any Term {
    AdversarialCrossEntropy(
      name: options.term, norm: try options.norm(),
      radius: try options.number("radius", default: 0.1, in: 0...1e6, "zero or positive"),
      steps: try options.count("steps", default: steps),
      stepSize: try options.positive("stepSize"),
      hasRandomStart: try options.flag("randomStart", default: hasRandomStart))
  }
}

extension RegistryEntry<any Term> {
  fileprivate init<Registered: RegisteredTerm>(_ type: Registered.Type) {
    self.init(type.options) { options throws(TrainingError) in try type.init(options) }
  }
}
