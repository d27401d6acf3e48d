import Torch

/// A rule that looks for a perturbation inside a ball that makes a model fail.
///
/// Attacks are small values: settings and one method. To add one, write it in a file of its own and
/// name it in ``Attacks/all``.
public protocol Attack: Sendable {
  /// What commands and pages say of the attack, its name first.
  static var about: AttackDescription { get }
  /// The settings that can be changed by name, in the order of pages.
  static var options: [AttackOption<Self>] { get }
  /// Attacks a batch.
  ///
  /// The result of an example depends on the example, its index, the settings and the seed; not on
  /// the batch it is in.
  ///
  /// - Throws: ``PerturbationError`` for settings that make no sense, or what the target throws.
  func run(
    on target: Target, _ batch: Batch, within ball: Ball, context: Context
  ) throws -> AttackResult
}

extension Attack {
  /// The name in ids and on the command line, such as `pgd`.
  public var name: String { Self.about.name }

  /// What commands and pages say of the attack.
  public var about: AttackDescription { Self.about }

  /// Every setting with its value, for reports.
  public var settings: [(name: String, value: String)] {
    Self.options.map { ($0.name, $0.text(self)) }
  }

  /// The names of all settings.
  public var optionNames: [String] { Self.options.map(\.name) }

  /// Every setting with its value, its range and what it is for, for pages.
  public var optionTexts: [(name: String, value: String, allowed: String, summary: String)] {
    Self.options.map { ($0.name, $0.text(self), $0.allowed, $0.summary) }
  }

  /// The attack with one setting changed.
  ///
  /// - Throws: ``PerturbationError/unknownOption(attack:option:known:)``, and
  ///   ``PerturbationError/option(attack:option:value:allowed:)`` for what cannot be read or is out of
  ///   range.
  public func setting(_ option: String, to text: String) throws(PerturbationError) -> Self {
    guard let found = Self.options.first(where: { $0.name == option }) else {
      throw .unknownOption(attack: name, option: option, known: optionNames)
    }
    var changed = self
    guard found.change(&changed, text), found.isAllowed(changed) else {
      throw .option(attack: name, option: option, value: text, allowed: found.allowed)
    }
    return changed
  }

  /// Checks that every setting is in its range and that the attack is defined for the norm.
  ///
  /// - Throws: ``PerturbationError``.
  public func validate(for ball: Ball) throws(PerturbationError) {
    if let wrong = Self.options.first(where: { !$0.isAllowed(self) }) {
      throw .option(
        attack: name, option: wrong.name, value: wrong.text(self), allowed: wrong.allowed)
    }
    guard about.norms.isEmpty || about.norms.contains(ball.norm.name) else {
      throw .norm(attack: name, norm: ball.norm.name, supported: about.norms)
    }
    guard ball.radius.isFinite || about.findsShortest || about.norms.isEmpty else {
      throw .needsRadius(attack: name)
    }
  }
}
