import Networks
import Torch

/// The point in the target's feature space that an image of each class should be near: the `p_reg` of Diff-MI,
/// `MSE(f, c_y)`.
///
/// Centres come from public images, those that the target takes for the class most readily.
public final class FeatureCentres {
  /// How centres move.
  public enum Rule: Sendable, Equatable {
    /// Not: the mean of the public features of each class (Diff-MI).
    case fixed
    /// By an exponential mean of public features that come in (``learn(from:classes:)``).
    case moving(decay: Double)
    /// By gradients of ``fit(to:classes:)``, which sees public features alone.
    case learned
    /// By gradients of the loss itself, as the note prints it. The least loss is then had by moving the centre to
    /// where the image is, and asks nothing of the image. For showing that.
    case freeAsPrinted
  }

  /// How they move.
  public let rule: Rule
  private let parameter: Parameter

  /// Centres of the public features of each class.
  ///
  /// - Parameters:
  ///   - features: of public images, `[N, D]`.
  ///   - classes: which class the target takes each for, N numbers; an image may be given more than once.
  ///   - count: the number of classes.
  /// - Throws: ``InversionError/counts(first:count:second:otherCount:)``,
  ///   ``InversionError/tooFew(_:count:least:)`` for a class without an image,
  ///   ``InversionError/setting(name:value:allowed:)`` for a decay outside of 0..<1.
  public init(
    of features: Tensor, classes: [Int], count: Int, rule: Rule = .fixed
  ) throws(InversionError) {
    if case .moving(let decay) = rule, !(0..<1 ~= decay) {
      throw .setting(name: "decay", value: "\(decay)", allowed: "at least 0 and below 1")
    }
    let means = try Self.means(of: features, classes: classes, count: count)
    if let empty = means.counts.firstIndex(of: 0) {
      throw .tooFew("public images of class \(empty)", count: 0, least: 1)
    }
    self.rule = rule
    parameter = Parameter(wrappedValue: means.values)
  }

  /// The centres `[C, D]`, with their history where the rule lets the loss itself move them.
  public var vectors: Tensor {
    rule == .freeAsPrinted ? parameter.value : parameter.value.detached()
  }

  /// Centres that move without an optimiser, to be saved with checkpoints.
  var state: [String: Tensor] {
    get {
      guard case .moving = rule else { return [:] }
      return ["centres": parameter.value.detached()]
    }
    set {
      guard let saved = newValue["centres"], saved.shape == parameter.value.shape else { return }
      parameter.replace(with: saved.copy())
    }
  }

  /// What an optimiser moves: the centres, where gradients do.
  public var parameters: [Parameter] {
    switch rule {
    case .fixed, .moving: []
    case .learned, .freeAsPrinted: [parameter]
    }
  }

  /// The mean squared difference of each image's features to the centre of its class, `[B]`.
  ///
  /// - Parameters:
  ///   - features: of the target, `[B, D]`, with their history.
  ///   - labels: the wanted classes `[B]`, int64.
  /// - Throws: ``InversionError`` for features of another width, or labels that are no classes.
  public func losses(_ features: Tensor, labels: Tensor) throws(InversionError) -> Tensor {
    let wanted = try rows(of: vectors, labels.values(as: Int.self), for: features)
    return (features - wanted.to(features.dtype)).squared().mean(along: 1)
  }

  /// How far centres are from public features of their classes, a tensor with one element, whose gradient
  /// reaches centres alone.
  ///
  /// - Throws: ``InversionError`` for features of another width, or classes that there are not.
  public func fit(to features: Tensor, classes: [Int]) throws(InversionError) -> Tensor {
    let centres = try rows(of: parameter.value, classes, for: features)
    return (features.detached().to(centres.dtype) - centres).squared().mean()
  }

  /// Moves centres towards the mean public features of the classes that come in, where the rule is
  /// ``Rule/moving(decay:)``; `c ← d c + (1 - d) mean`.
  ///
  /// - Throws: ``InversionError`` for features of another width, or classes that there are not.
  public func learn(from features: Tensor, classes: [Int]) throws(InversionError) {
    guard case .moving(let decay) = rule else { return }
    let centres = parameter.value.detached()
    _ = try rows(of: centres, classes, for: features)
    let means = try Self.means(of: features, classes: classes, count: centres.size(0))
    let isSeen = Tensor(means.counts.map { $0 > 0 ? 1.0 : 0 }).to(centres.dtype).unsqueezed(1)
    let moved = (means.values - centres) * (isSeen * (1 - decay))
    parameter.replace(with: centres + moved)
  }

  private func rows(
    of centres: Tensor, _ classes: [Int], for features: Tensor
  ) throws(InversionError) -> Tensor {
    guard features.rank == 2, features.size(1) == centres.size(1) else {
      throw .templateWidth(
        encoder: "the target's features", width: features.shape.last ?? 0,
        expected: centres.size(1))
    }
    try Self.check(classes, features, count: centres.size(0))
    return centres.selecting(rows: classes)
  }

  private static func check(
    _ classes: [Int], _ features: Tensor, count: Int
  ) throws(InversionError) {
    guard features.rank == 2, features.size(0) == classes.count else {
      throw .counts(
        first: "features", count: features.shape.first ?? 0, second: "classes",
        otherCount: classes.count)
    }
    if let other = classes.first(where: { !(0..<count ~= $0) }) {
      throw .setting(name: "class", value: "\(other)", allowed: "from 0 to \(count - 1)")
    }
  }

  private static func means(
    of features: Tensor, classes: [Int], count: Int
  ) throws(InversionError) -> (values: Tensor, counts: [Int]) {
    try check(classes, features, count: count)
    var counts = Array(repeating: 0, count: count)
    for place in classes { counts[place] += 1 }
    let features = features.detached()
    let sums = Tensor.zeros([count, features.size(1)], dtype: features.dtype)
      .adding(features, at: Tensor(classes), along: 0)
    let shares = Tensor(counts.map { 1 / Double(max($0, 1)) }).to(features.dtype)
    return (sums * shares.unsqueezed(1), counts)
  }
}
