import Testing
import Torch

/// Row V7 of the verification plan.
@Suite("Losses of labels that do not exclude one another")
struct BernoulliTests {
  private static let logits = Tensor(
    [-700, -40, -25, -21, -3.5, -1e-9, 0, 0.3, 2, 19.9, 20.1, 24, 36, 44, 700], shape: [3, 5])
  private static let others = Tensor(
    [-650, 2, -20.5, 21, 3.5, 1e-9, 0, -7, 2, 23, -20.1, 24.5, 37, -3, 690], shape: [3, 5])

  /// The two logits 0 and z of every class, `[N · K, 2]`.
  private func twoClasses(_ logits: Tensor) -> Tensor {
    let flat = logits.flattened()
    return Tensor.stacked([.zeros(like: flat), flat], along: 1)
  }

  private func classSums(_ values: Tensor) -> Tensor { values.reshaped([3, 5]).sum(along: 1) }

  private func expectEqual(_ one: Tensor, _ other: Tensor, _ tolerance: Double = 1e-12) {
    let error = ((one - other).abs() / other.abs().clamped(to: 1...)).max().item
    #expect(error < tolerance)
  }

  @Test("cross-entropy, divergence and entropy equal those of a softmax over 0 and z")
  func twoClassSoftmax() {
    let (logits, others) = (Self.logits, Self.others)
    let targets = Tensor([0, 1, 0.3, 1, 0, 0.5, 1, 0, 0.2, 1, 0, 1, 0, 0.9, 1.0], shape: [3, 5])
    let logs = twoClasses(logits).logSoftmax(along: 1)
    let both = Tensor.stacked([1 - targets.flattened(), targets.flattened()], along: 1)
    expectEqual(
      logits.bernoulliCrossEntropy(targets), classSums(-(both * logs).sum(along: 1)))
    expectEqual(
      logits.bernoulliDivergence(toLogits: others),
      classSums(twoClasses(logits).klDivergence(toLogits: twoClasses(others))))
    expectEqual(logits.bernoulliEntropy(), classSums(-(logs.exp() * logs).sum(along: 1)))
    expectEqual(
      logits.bernoulliCrossEntropy(targets).mean(),
      logits.binaryCrossEntropy(targets, reduction: .sum) / 3)
  }

  @Test("gradients equal those of the softmax")
  func gradients() {
    let others = Self.others
    let found = valueAndGradient(at: others) {
      Self.logits.bernoulliDivergence(toLogits: $0).sum()
    }.gradient
    let expected = valueAndGradient(at: others) {
      twoClasses(Self.logits).klDivergence(toLogits: twoClasses($0)).sum()
    }.gradient
    #expect((found - expected).abs().max().item < 1e-12)
    let entropy = valueAndGradient(at: Self.logits) { $0.bernoulliEntropy().sum() }.gradient
    let slope = -Self.logits * Self.logits.sigmoid() * (-Self.logits).sigmoid()
    #expect((entropy - slope).abs().max().item < 1e-12)
  }

  @Test("a distribution does not diverge from itself, and nothing is negative")
  func bounds() {
    #expect(Self.logits.bernoulliDivergence(toLogits: Self.logits).abs().max().item == 0)
    #expect(Self.logits.bernoulliDivergence(toLogits: Self.others).min().item > 0)
    let none = Tensor.zeros([2, 3], dtype: .float64)
    expectEqual(none.bernoulliEntropy(), Tensor([3 * 2.0.logarithm, 3 * 2.0.logarithm]))
  }

  @Test("logits of ±1000 are finite, with their gradients", arguments: [DType.float32, .float64])
  func extremes(_ type: DType) {
    let logits = Tensor([1000.0, -1000, 1000, -1000], shape: [2, 2]).to(type)
    let others = Tensor([-1000.0, 1000, 1000, -1000], shape: [2, 2]).to(type)
    #expect(
      logits.bernoulliDivergence(toLogits: others).values(as: Double.self) == [2000, 0])
    #expect(logits.bernoulliEntropy().values(as: Double.self) == [0, 0])
    let targets = Tensor([0.0, 1, 1, 0], shape: [2, 2]).to(type)
    #expect(logits.bernoulliCrossEntropy(targets).values(as: Double.self) == [2000, 0])
    for gradient in [
      valueAndGradient(at: others) { logits.bernoulliDivergence(toLogits: $0).sum() }.gradient,
      valueAndGradient(at: logits) { $0.bernoulliDivergence(toLogits: others).sum() }.gradient,
      valueAndGradient(at: logits) { $0.bernoulliEntropy().sum() }.gradient,
      valueAndGradient(at: logits) { $0.bernoulliCrossEntropy(targets).sum() }.gradient,
    ] { #expect(gradient.isFinite.all) }
  }
}

extension Double {
  fileprivate var logarithm: Double { Tensor([self]).log().item }
}
