import Datasets
import Networks
import Reports
import Torch

/// The adversarial examples with the smallest perturbations, as pictures.
enum RobustnessPictures {
  static func strips(
    of curves: [RobustnessCurve], subject: Subject, count: Int = 8
  ) throws -> [PictureStrip] {
    let shape = subject.data.inputShape
    guard shape.count == 3, shape[0] == 1 || shape[0] == 3 else { return [] }
    var best: [Int: (input: Tensor, length: Double, attack: String)] = [:]
    for curve in curves {
      for (example, found) in curve.breaking where found.length < best[example]?.length ?? .infinity
      {
        best[example] = (found.input, found.length, curve.name)
      }
    }
    let worst = best.sorted { ($0.value.length, $0.key) < ($1.value.length, $1.key) }.prefix(count)
    return try worst.map { example, found in
      let names = subject.data.classNames
      let logits = try withoutGradients { try subject.classifier.logits(found.input) }
      let predicted = Int(logits.argmax(along: 1).item)
      return try PictureStrip.adversarial(
        caption: """
          Example \(example), broken by \(found.attack) with a perturbation of length \
          \(FindingID.part(for: found.length))
          """,
        original: (
          subject.data.batch([example]).inputs.values(as: Float.self),
          names[subject.clean.labels[example]]
        ),
        adversarial: (found.input.values(as: Float.self), names[predicted]),
        shape: (channels: shape[0], height: shape[1], width: shape[2]))
    }
  }
}
