import Perturbations
import Torch

/// A way to say which features of an input a model's answer rests on.
///
/// Attributions are small values: settings and one method. To add one, write it in a file of its own and
/// name it in ``Attributions/all``.
public protocol Attribution: Sendable {
  /// What commands and pages say of the method, its name first.
  static var about: AttributionDescription { get }
  /// The settings that can be changed by name, in the order of pages.
  static var options: [AttributionOption<Self>] { get }
  /// Explains the answers to some examples, on all workers of the context.
  ///
  /// The map of an example depends on the example, its index, the settings and the seed; not on the
  /// batch it is in, on how many rows go through the model at once, or on the number of workers.
  /// Must not be called from one of the pool's own threads, which it would wait for.
  ///
  /// - Throws: ``ExplanationError`` for settings or inputs that make no sense, or what the model throws.
  func attribute(
    _ batch: Batch, _ question: Question, context: Context
  ) throws -> AttributionResult
}

/// A setting of an attribution that can be changed by name: declared as those of attacks are.
public typealias AttributionOption<Owner> = AttackOption<Owner>

extension Attribution {
  /// The name in ids and on the command line, such as `rise`.
  public var name: String { Self.about.name }

  /// What commands and pages say of the method.
  public var about: AttributionDescription { Self.about }

  /// Every setting with its value, for reports.
  public var settings: [(name: String, value: String)] {
    Self.options.map { ($0.name, $0.text(self)) }
  }

  /// Every setting with its value, its range and what it is for, for pages.
  public var optionTexts: [(name: String, value: String, allowed: String, summary: String)] {
    Self.options.map { ($0.name, $0.text(self), $0.allowed, $0.summary) }
  }

  /// The method with one setting changed.
  ///
  /// - Throws: ``ExplanationError/unknownOption(method:option:known:)``, and
  ///   ``ExplanationError/option(method:option:value:allowed:)`` for what cannot be read or is out of
  ///   range.
  public func setting(_ option: String, to text: String) throws(ExplanationError) -> Self {
    guard let found = Self.options.first(where: { $0.name == option }) else {
      throw .unknownOption(method: name, option: option, known: Self.options.map(\.name))
    }
    var changed = self
    guard found.change(&changed, text), found.isAllowed(changed) else {
      throw .option(method: name, option: option, value: text, allowed: found.allowed)
    }
    return changed
  }

  /// Checks that every setting is in its range.
  public func validate() throws(ExplanationError) {
    if let wrong = Self.options.first(where: { !$0.isAllowed(self) }) {
      throw .option(
        method: name, option: wrong.name, value: wrong.text(self), allowed: wrong.allowed)
    }
  }
}
