import Explanations
import Networks
import Perturbations
import Testing
import Torch

@Suite("Questions that cannot be answered")
struct BadQuestionTests {
  private let target = Target(classCount: 3) { inputs in
    Tensor.zeros([inputs.size(0), 3])
      + inputs.flattened(from: 1).sum(along: 1, keepingDimensions: true)
  }

  private func batch(_ shape: [Int]) -> Batch {
    Batch(inputs: Tensor.ones([2] + shape), labels: Tensor([0, 2]), indices: [0, 1])
  }

  private func error(
    _ method: any Attribution, _ shape: [Int] = [1, 6, 6],
    _ change: (inout Question) -> Void = { _ in }
  ) throws -> ExplanationError? {
    var question = Question(target)
    change(&question)
    do {
      _ = try method.attribute(batch(shape), question, context: Context())
      return nil
    } catch let error as ExplanationError {
      #expect(!error.description.isEmpty)
      return error
    }
  }

  @Test("inputs smaller than the grid")
  func grids() throws {
    let small = [1, 6, 6]
    #expect(
      try error(RISE(), small)
        == .grid(method: "rise", rows: 7, columns: 7, height: 6, width: 6))
    #expect(
      try error(LIME(), small) == .grid(method: "lime", rows: 7, columns: 7, height: 6, width: 6))
    for method in [KernelSHAP(), SobolIndices(), HSIC(), Occlusion(patch: 7)] as [any Attribution] {
      guard case .grid = try error(method, small) else {
        Issue.record("\(method.name)")
        continue
      }
    }
    let result = try Saliency().attribute(batch(small), Question(target), context: Context())
    #expect(throws: ExplanationError.self) {
      try MuFidelity().measure(
        result, of: Saliency(), batch(small), Question(target), context: Context())
    }
  }

  @Test("more groups than can be enumerated")
  func groups() throws {
    #expect(
      try error(ExactShapley(groups: .grid(rows: 4, columns: 4)))
        == .tooManyGroups(16, limit: 12))
    #expect(try error(ExactShapley(groups: .each)) == .tooManyGroups(36, limit: 12))
    #expect(try error(KernelSHAP(samples: 10)) != nil)
    #expect(
      try error(KernelSHAP(samples: 8, groups: .grid(rows: 3, columns: 3)))
        == .samples(method: "kernel-shap", 8, needed: 9))
    #expect(try error(VarGrad(samples: 1)) == .samples(method: "vargrad", 1, needed: 2))
  }

  @Test("classes, baselines, noises and layers that are not there")
  func questions() throws {
    #expect(
      try error(Saliency()) { $0.focus = .classNumber(3) } == .classNumber(3, classCount: 3))
    #expect(try error(Saliency()) { $0.focus = .classes([0: 1]) } == .noClass(example: 1))
    #expect(try error(Saliency()) { $0.batchCap = 0 } != nil)
    #expect(try error(Occlusion()) { $0.baseline = .input(Tensor.zeros([6, 6])) } != nil)
    #expect(try error(Occlusion()) { $0.baseline = .blurred(-1) } != nil)
    #expect(try error(Occlusion(), [36]) { $0.baseline = .blurred(1) } != nil)
    #expect(try error(SmoothGrad(noise: Tensor.zeros([4, 6, 6]))) != nil)
    #expect(try error(RISE(masks: Tensor.zeros([4, 5, 6]))) != nil)
    #expect(
      try error(LIME(groups: .grid(rows: 2, columns: 2), masks: Tensor.zeros([4, 5]))) != nil)
    #expect(try error(GradCAM()) == .needsLayer(method: "grad-cam"))
    #expect(try error(GradCAM(), [36]) == .needsPictures(method: "grad-cam", shape: [36]))
    #expect(try error(RISE(), [36]) == .needsPictures(method: "rise", shape: [36]))
    let several = Batch(
      inputs: Tensor.ones([1, 4]), labels: Tensor([0]), targets: Tensor.ones([1, 3]), indices: [0])
    #expect(throws: ExplanationError.needsClass) {
      try Saliency().attribute(several, Question(target, focus: .label), context: Context())
    }
    let words = Batch(inputs: Tensor([1, 2], shape: [1, 2]), labels: Tensor([0]), indices: [0])
    #expect(throws: ExplanationError.inputsDoNotMove) {
      try Saliency().attribute(words, Question(target), context: Context())
    }
  }

  @Test("names and settings that there are not")
  func names() throws {
    #expect(throws: ExplanationError.self) { try Attributions.named("salience") }
    #expect(throws: ExplanationError.self) { try ExplanationMetrics.named("fidelity") }
    #expect(throws: ExplanationError.self) { try Saliency().setting("steps", to: "3") }
    for (option, value) in [("samples", "0"), ("samples", "many"), ("grid", "0x3"), ("grid", "x")] {
      #expect(throws: ExplanationError.self) { try LIME().setting(option, to: value) }
    }
    #expect(try KernelSHAP().setting("grid", to: "3x4").groups.text == "3x4")
    #expect(Set(Attributions.all.map(\.name)).count == Attributions.all.count)
    for method in Attributions.all {
      try method.validate()
      #expect(!method.about.source.isEmpty && !method.about.cost.isEmpty)
    }
  }
}
