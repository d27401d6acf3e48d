/// The attributions there are, by name.
public enum Attributions {
  /// What `touchstone explain --method NAME` finds: one line a method.
  public static let all: [any Attribution] = [
    Saliency(),
    GradientTimesInput(),
    SmoothGrad(),
    SquareGrad(),
    VarGrad(),
    IntegratedGradients(),
    GradCAM(),
    GradCAMPlusPlus(),
    Occlusion(),
    RISE(),
    LIME(),
    KernelSHAP(),
    ExactShapley(),
    SobolIndices(),
    HSIC(),
  ]

  /// The method with a name, with its default settings.
  ///
  /// - Throws: ``ExplanationError/unknownMethod(_:known:)``.
  public static func named(_ name: String) throws(ExplanationError) -> any Attribution {
    guard let method = all.first(where: { $0.name == name.lowercased() }) else {
      throw .unknownMethod(name, known: all.map(\.name))
    }
    return method
  }
}
