import Diffusion
import Inversion
import Reports
import Statistics

/// What the same prior gives away when it is sampled in other ways, at the strictest threshold.
struct SamplingTable {
  static let caption = """
    Success attack rates at the lowest false match rate, with 95 % intervals over people, by the system and, \
    where the column says so, by the encoder that the attack did not look at. Guidance exaggerates templates; a \
    concentration leads samples by the gradient of the system; steps are those of the sampler.
    """
  private let main: TemplateLeakage
  private let setting: TemplateRecipe.Reconstruction
  private let others: [(name: String, leakage: TemplateLeakage)]

  init(
    _ main: TemplateLeakage, _ setting: TemplateRecipe.Reconstruction,
    others: [(name: String, leakage: TemplateLeakage)]
  ) {
    self.main = main
    self.setting = setting
    self.others = others
  }

  /// The table; `nil` when there is one way alone.
  func table() throws -> TextTable? {
    guard !others.isEmpty else { return nil }
    var table = TextTable([
      .init("sampling"), .init("type I", .trailing), .init("type II", .trailing),
      .init("II above nearest", .trailing), .init("independent, II", .trailing),
      .init("correlation of traits", .trailing),
    ])
    for (name, leakage) in [(name: own, leakage: main)] + others {
      guard let strictest = leakage.system.attack.successes.indices.last else { continue }
      let (system, judge) = (leakage.system, leakage.evaluation)
      table.append([
        name.replacing(".", with: " ", maxReplacements: 1),
        TemplateText.share(system.attack.successes[strictest].typeOne),
        TemplateText.share(system.attack.successes[strictest].typeTwo),
        TemplateText.share(system.liftTypeTwo[strictest].mean),
        TemplateText.share(judge.attack.successes[strictest].typeTwo),
        leakage.quality.traits.map { TemplateText.number($0.correlation, $0.correlationInterval) }
          ?? "",
      ])
    }
    return table
  }

  private var own: String {
    let concentration =
      setting.concentration > 0 ? ", concentration \(NumberText.short(setting.concentration))" : ""
    return "guidance \(NumberText.short(setting.guidance)), \(setting.sampler.levels.steps) steps"
      + concentration
  }
}
