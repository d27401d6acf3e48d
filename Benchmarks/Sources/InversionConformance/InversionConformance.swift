import Foundation
import Inversion
import Networks
import Torch

/// Computes for `Conformance/inversion.py` what it compares: `inversion-conformance FOLDER`.
///
/// The folder holds `inputs.npz` and exported networks; `results.npz` is written beside them.
@main
struct InversionConformance {
  static func main() throws {
    let folder = URL(filePath: CommandLine.arguments.dropFirst().first ?? ".")
    let inputs = try NPZ.read(folder.appending(path: "inputs.npz"))
    var results = try MIFaceConformance(inputs, folder: folder).results()
    results.merge(try neighbours(inputs)) { first, _ in first }
    try NPZ.write(results, to: folder.appending(path: "results.npz"))
  }

  /// PRDC of every pair of sets, in both formulas.
  private static func neighbours(_ inputs: [String: Tensor]) throws -> [String: Tensor] {
    var results: [String: Tensor] = [:]
    for (key, real) in inputs where key.hasPrefix("prdc.") && key.hasSuffix(".real") {
      let name = String(key.dropLast(".real".count))
      let made = try tensor("\(name).made", of: inputs)
      let neighbours = try tensor("\(name).neighbours", of: inputs).values(as: Int.self)
      for formula in PRDC.Formula.allCases {
        let rows = try neighbours.map { count in
          let found = try PRDC(
            real: FeatureSet(name: name, rows: real), made: FeatureSet(name: name, rows: made),
            neighbours: count, formula: formula)
          return [found.precision, found.recall, found.density, found.coverage]
        }
        results["\(name).\(formula.rawValue)"] = Tensor(
          rows.flatMap(\.self), shape: [rows.count, 4])
      }
    }
    return results
  }

  /// A tensor that the script has to have written.
  static func tensor(_ name: String, of inputs: [String: Tensor]) throws -> Tensor {
    guard let found = inputs[name] else { throw ConformanceError(reason: "there is no \(name)") }
    return found
  }
}

/// What the script and the program disagree about before anything is compared.
struct ConformanceError: LocalizedError {
  let reason: String
  var errorDescription: String? { "inputs.npz: \(reason)" }
}
