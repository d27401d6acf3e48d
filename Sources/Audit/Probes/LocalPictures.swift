import Datasets
import Perturbations
import Reports
import Torch

/// What noise, the fast gradient and the virtual adversarial direction look like, magnified.
enum LocalPictures {
  static func strips(
    of subject: Subject, radius: Double, count: Int = 4
  ) throws -> [PictureStrip] {
    let shape = subject.data.inputShape
    guard shape.count == 3, shape[0] == 1 || shape[0] == 3 else { return [] }
    let batch = subject.data.batch(Array(0..<min(count, subject.attackedCount)))
    let target = subject.target
    let clean = try withoutGradients { try target.logits(batch.inputs) }
    let ball = try Ball(L2(), radius: radius)
    func found(_ iterations: Int) throws -> Tensor {
      var streams = subject.context.streams("local-pictures", examples: batch.indices)
      return try VirtualAdversarialDirection(
        divergence: .standard(for: batch.outputs), powerIterations: iterations
      ).perturbations(
        of: batch.inputs, clean: clean, within: ball, streams: &streams, logits: target.logits)
    }
    let (_, _, slope) = try target.gradient(at: batch.inputs) {
      batch.crossEntropy(of: $0, reduction: .none)
    }
    let kinds = [
      ("noise", try found(0)), ("fast gradient", L2().steepest(slope) * radius),
      ("virtual adversarial", try found(4)),
    ]
    let sets = subject.data.labelSets
    let size = (channels: shape[0], height: shape[1], width: shape[2])
    return try (0..<batch.count).map { row in
      let name = sets[row].map { subject.data.classNames[$0] }.joined(separator: ", ")
      return try PictureStrip.perturbations(
        caption: "Example \(row): perturbations of Euclidean length \(FindingID.part(for: radius))",
        original: (batch.inputs[row].values(as: Float.self), name),
        perturbations: kinds.map { ($0.1[row].values(as: Float.self), $0.0) }, shape: size)
    }
  }
}
