import Reports

/// What to change about attacks for the flags that were raised.
struct Remedies {
  /// The settings of the second look.
  private(set) var settings: AuditSettings
  /// What was changed, in words; empty when there is nothing that helps.
  private(set) var texts: [String] = []
  /// Whether what broke at the first look stays broken: not where answers are random, since luck is no
  /// success.
  private(set) var keepsBroken = true

  init(for flags: [Flag], from settings: AuditSettings) {
    self.settings = settings
    let checks = Set(flags.filter(\.raised).compactMap(\.check))
    func isRaised(_ names: String...) -> Bool { !checks.isDisjoint(with: names) }
    if isRaised("B1") {
      self.settings.samples = 20
      keepsBroken = false
      texts.append("the mean over 20 passes of every answer")
    }
    if isRaised("A1", "A2", "A4", "B2", "C4", "C5", "C6") {
      self.settings.climbsMargin = true
      texts.append("the margin in place of the cross-entropy")
    }
    if isRaised("A1", "A3", "A5", "B4", "B5", "C1", "C2", "C3", "C5", "C6", "D3") {
      // Answers that are averaged cost as many passes each.
      if self.settings.samples == 1, settings.queries < 5000 {
        self.settings.queries = 5000
        texts.append("5000 queries of Square")
      }
    }
    if isRaised("C1", "C2", "C4", "C7", "C8", "D2") {
      self.settings.steps *= 4
      self.settings.adaptiveSteps *= 4
      self.settings.relativeStepSize /= 2
      self.settings.restarts = max(5, settings.restarts * 2)
      texts.append("\(self.settings.steps) steps and \(self.settings.restarts) restarts")
    }
    if isRaised("C9") {
      self.settings.relativeStepSize = min(1, 2.5 / Double(self.settings.steps))
      texts.append("steps of \(self.settings.relativeStepSize) radii")
    }
    if isRaised("C10") {
      self.settings.targetCount = 9
      texts.append("up to 9 classes to reach, one after the other")
    }
  }
}
