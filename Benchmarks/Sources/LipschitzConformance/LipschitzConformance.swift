import Certificates
import Foundation
import Networks
import Torch

/// Computes for `Conformance/lipschitz.py` what it compares: `lipschitz-conformance FOLDER`.
///
/// The folder holds `inputs.npz` with `x` and free weights with their vectors, and exported networks with
/// the ending `pt`; `results.npz` is written beside them.
@main
struct LipschitzConformance {
  static func main() throws {
    let folder = URL(filePath: CommandLine.arguments.dropFirst().first ?? ".")
    let inputs = try NPZ.read(folder.appending(path: "inputs.npz"))
    var results: [String: Tensor] = [:]
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    for file in files.sorted() where file.hasSuffix(".pt") {
      let name = String(file.dropLast(3))
      let family = name.split(separator: "-").first.map(String.init) ?? name
      guard let x = inputs["\(family).x"], let labels = inputs["\(family).labels"] else { continue }
      let model = try ScriptClassifier(
        contentsOf: folder.appending(path: file), example: x.narrowed(to: 0..<2, along: 0),
        classCount: 10)
      let variable = x.variable()
      let logits = try model.logits(variable)
      results["\(name).logits"] = logits.detached()
      results["\(name).gradient"] =
        gradients(of: logits.select(0, along: 1).sum(), withRespectTo: [variable])[0]
      let batch = Batch(inputs: x, labels: labels, indices: Array(0..<x.size(0)))
      for head in LipschitzMargin.Head.allCases {
        let found = try LipschitzMargin(head: head).certify(model, batch, context: Context())
        results["\(name).\(head.rawValue)"] = Tensor(found.radius.map { $0 ?? .nan })
      }
    }
    for (name, weight) in inputs where name.hasSuffix(".original") {
      let layer = String(name.dropLast(".original".count))
      guard let u = inputs["\(layer).u"], let v = inputs["\(layer).v"] else { continue }
      results["\(layer).weight"] = constrained(weight, u, v)
    }
    try NPZ.write(results, to: folder.appending(path: "results.npz"))
  }

  /// deel-torchlip's way from a free weight to the one that acts, with its own vectors.
  private static func constrained(_ weight: Tensor, _ u: Tensor, _ v: Tensor) -> Tensor {
    let matrix = weight.flattened(from: 1)
    var current = matrix / u.dot(matrix.matmul(v))
    for _ in 0..<15 {
      let next = Bjorck.iterated(current)
      let change = (next - current).norm().item
      current = next
      if change < 1e-3 { break }
    }
    guard weight.rank == 4 else { return current }
    let factor = PatchMultiplicity.factor(
      kernel: weight.size(2), stride: 1, padding: weight.size(2) / 2, mode: .zeros)
    return (current / factor).reshaped(weight.shape)
  }
}
