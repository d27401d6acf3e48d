import Foundation
import Networks
import Testing
import Torch
import Training

@Suite("Losses of optimal transport")
struct TransportLossTests {
  /// A golden number and what it is computed by.
  private struct Case {
    let golden: String
    var gradient: String?
    let isBinary: Bool
    var tolerance = 1e-12
    let term: String
    let options: [String: SettingValue]
  }

  private static let hkr: [String: SettingValue] = ["alpha": 0.9, "minMargin": 1]

  private static let cases = [
    Case(golden: "Hinge(mm=1)", isBinary: true, term: "hinge", options: ["margin": 0.5]),
    Case(golden: "HKR(.9,1)", gradient: "HKR(.9,1)", isBinary: true, term: "hkr", options: hkr),
    Case(
      golden: "HKR(10,1)->alpha 10/11", isBinary: true, term: "hkr",
      options: ["alpha": .number(10.0 / 11), "minMargin": 1]),
    Case(golden: "HingeMulti(1)", isBinary: false, term: "hinge", options: ["margin": 0.5]),
    Case(
      golden: "HKRMulti(.9,1)", gradient: "HKRMulti(.9,1)", isBinary: false, term: "hkr",
      options: hkr),
    Case(
      golden: "SoftHKR(.9,1,am.99,T1) first call", gradient: "SoftHKR(.9,1,T1)", isBinary: false,
      tolerance: 1e-6, term: "soft-hkr", options: hkr),
    Case(
      golden: "SoftHKR(.995,.1,T50) first call", isBinary: false, tolerance: 1e-6,
      term: "soft-hkr", options: ["alpha": 0.995, "minMargin": 0.1, "temperature": 50]),
    Case(
      golden: "LseHKR(.9,1,T1)", gradient: "LseHKR(.9,1,T1)", isBinary: false, tolerance: 1e-6,
      term: "lse-hkr", options: hkr),
    Case(
      golden: "LseHKR(.9,1,T10)", isBinary: false, tolerance: 1e-6, term: "lse-hkr",
      options: ["alpha": 0.9, "minMargin": 1, "temperature": 10]),
    Case(
      golden: "TauCE(10)", isBinary: false, term: "temperature-cross-entropy",
      options: ["temperature": 10]),
    Case(
      golden: "TauBCE(10)", isBinary: true, term: "temperature-cross-entropy",
      options: ["temperature": 10]),
    Case(
      golden: "CatHinge(1)", isBinary: false, term: "categorical-hinge", options: ["margin": 1]),
  ]

  @Test("values and gradients are those of an independent implementation")
  func golden() throws {
    let golden = try TransportGolden.load().losses
    let binary = FixedOutputs(golden.bin_out)
    let classes = FixedOutputs(golden.multi_out)
    let signs = golden.bin_y.map { Int($0[0]) }
    let labels = golden.multi_onehot.map { $0.firstIndex(of: 1) ?? 0 }
    for entry in Self.cases {
      let term = try TermRegistry.term(entry.term, options: entry.options)
      let (value, gradient) =
        try entry.isBinary
        ? binary.value(term, signs) : classes.value(term, labels)
      let expected = try #require(golden.values[entry.golden])
      #expect(abs(value - expected) < entry.tolerance, "\(entry.golden): \(value), \(expected)")
      guard let name = entry.gradient else { continue }
      let slopes = try #require(golden.grads[name]).flatMap(\.self)
      for (found, wanted) in zip(gradient, slopes) {
        #expect(abs(found - wanted) < entry.tolerance, "\(name)")
      }
    }
    for (name, outputs, numbers) in [("KR", binary, signs), ("KRMulti", classes, labels)] {
      let value = try outputs.value(KantorovichRubinstein(), numbers).value
      #expect(abs(value + (golden.values[name] ?? 0)) < 1e-12)
    }
  }

  @Test("labels 0 and 1 are as good as -1 and 1, and two logits as one score")
  func oneOutput() throws {
    let scores = [0.7, -0.2, 0.05, -1.1]
    let one = FixedOutputs(scores.map { [$0] })
    let two = FixedOutputs(scores.map { [-$0 / 2, $0 / 2] })
    let names = [
      "kr", "hinge", "hkr", "learnable-margin-hkr", "lse-hkr", "temperature-cross-entropy",
    ]
    for name in names {
      let values = try [
        one.value(TermRegistry.term(name), [1, 0, 0, 1]).value,
        one.value(TermRegistry.term(name), [1, -1, -1, 1]).value,
        two.value(TermRegistry.term(name), [1, 0, 0, 1]).value,
      ]
      #expect(abs(values[0] - values[1]) < 1e-15 && abs(values[0] - values[2]) < 1e-12, "\(name)")
    }
  }

  @Test("the parameters of articles and of libraries convert into each other")
  func conversion() throws {
    for (alpha, lambda) in [(0.98, 49.0), (0.99, 99), (10.0 / 11, 10), (0, 0)] {
      let library = try HingeRegularisation(alpha: alpha, minMargin: 0.6)
      let article = try HingeRegularisation(lambda: library.lambda, margin: library.margin)
      #expect(abs(library.lambda - lambda) < 1e-10 && abs(article.alpha - alpha) < 1e-12)
      #expect(article.minMargin == 0.6 && library.margin == 0.3)
      // One loss is 1 + λ times the other.
      let outputs = FixedOutputs([[0.7], [-0.2], [0.05]])
      let (left, right) = try (
        outputs.value(HKR(library), [1, 1, 0]), outputs.value(HKR(article), [1, 1, 0])
      )
      #expect(abs(left.value * (1 + lambda) - right.value) < 1e-9)
    }
    #expect(try HingeRegularisation(alpha: 1, minMargin: 1).lambda == .infinity)
  }

  @Test("numbers out of range are refused, and never remapped")
  func badSettings() throws {
    let bad: [(String, [String: SettingValue])] = [
      ("hkr", ["alpha": 10]), ("hkr", ["alpha": -0.1]), ("hkr", ["alpha": 0.9, "minMargin": -1]),
      ("hkr", ["lambda": -1]), ("hkr", ["lambda": 1, "margin": -0.1]),
      ("hkr", ["lambda": 1, "minMargin": 1]), ("hinge", ["margin": -1]),
      ("categorical-hinge", ["margin": -1]), ("lse-hkr", ["alpha": 0.5, "minMargin": 0]),
      ("soft-hkr", ["temperature": 0]), ("learnable-margin-hkr", ["alpha": 0]),
      ("learnable-margin-hkr", ["alpha": 1]), ("learnable-margin-hkr", ["lambda": -1]),
      ("lip-cross-entropy", ["temperature": 0]), ("temperature-cross-entropy", ["temperature": -1]),
    ]
    for (name, options) in bad {
      #expect(throws: TrainingError.self, "\(name) \(options)") {
        try TermRegistry.term(name, options: options)
      }
    }
    #expect(throws: TrainingError.self) { try HingeRegularisation(alpha: .nan, minMargin: 1) }
    #expect(throws: TrainingError.self) { try HingeRegularisation(lambda: .infinity, margin: 1) }
  }

  @Test("a class that is absent from a batch leaves the mean of the others, without a NaN")
  func absentClass() throws {
    let binary = FixedOutputs([[0.5], [-0.25]])
    #expect(try binary.value(KantorovichRubinstein(), [1, 1]).value == -0.125)
    #expect(try binary.value(KantorovichRubinstein(), [0, 0]).value == 0.125)
    // Class 2 is absent: its function counts by what it says of the others.
    let classes = FixedOutputs([[1, 0, 3], [0, 2, 5]])
    #expect(
      abs(try classes.value(KantorovichRubinstein(), [0, 1]).value + (1 + 2 - 4) / 3.0) < 1e-12)
    for name in ["hkr", "soft-hkr", "lse-hkr", "learnable-margin-hkr"] {
      let (value, gradient) = try classes.value(TermRegistry.term(name), [0, 0])
      #expect(value.isFinite && gradient.allSatisfy(\.isFinite), "\(name)")
    }
  }

  @Test("labels have a loss each")
  func labels() throws {
    let outputs = FixedOutputs([[0.7, -0.3], [-0.2, 0.4], [0.1, 0.9]])
    let targets = Tensor([1, 0, 0, 1, 0, 1] as [Float], shape: [3, 2])
    let term = try TermRegistry.term("hkr", options: ["lambda": 5, "margin": 0.5])
    let both = try outputs.value(term, [0, 0, 0], targets: targets).value
    let first = try FixedOutputs([[0.7], [-0.2], [0.1]]).value(term, [1, 0, 0]).value
    let second = try FixedOutputs([[-0.3], [0.4], [0.9]]).value(term, [0, 1, 1]).value
    #expect(abs(both - (first + second) / 2) < 1e-12)
  }

  @Test("the offset cross-entropy is that of the shifted scores")
  func offset() throws {
    let outputs = FixedOutputs([[1.5, -0.5], [0.1, 0.9]])
    let term = try OffsetCrossEntropy(offset: 0.5, temperature: 0.25)
    let value = try outputs.value(term, [0, 1]).value
    let leads = [1.5 + 0.5 - 0.5, 0.9 - 0.1 - 0.5]
    let expected = leads.reduce(0) { $0 + 0.25 * log1p(exp(-$1 / 0.25)) } / 2
    #expect(abs(value - expected) < 1e-12)
  }
}
