import Datasets
import Foundation
import Networks
import Torch
import Training

/// Runs the cases that `Conformance/smoothness.py` wrote into a folder, in float32 and in float64, and
/// writes what came out beside them.
///
/// The folder holds `cases.json`, and `inputs.safetensors` with `x` `[N, D]` float32 in 0...1, `y`
/// `[N]` int64 and the weights of every network, float32, as `<network>/<name>`. Results go to
/// `float32.safetensors` and `float64.safetensors`, as `<case>/<what>`.
@main
struct SmoothnessConformance {
  static func main() throws {
    guard let path = CommandLine.arguments.dropFirst().first, CommandLine.arguments.count == 2
    else {
      print("usage: smoothness-conformance FOLDER")
      exit(2)
    }
    IntraOperatorThreads.set(1)
    let folder = URL(filePath: path)
    let cases = try JSONDecoder().decode(
      [ConformanceCase].self, from: Data(contentsOf: folder.appending(path: "cases.json")))
    let inputs = try SafeTensors.read(folder.appending(path: "inputs.safetensors")).tensors
    for dtype in [DType.float32, .float64] {
      var results: [String: Tensor] = [:]
      for item in cases {
        for (name, tensor) in try item.run(on: inputs, dtype: dtype) {
          results["\(item.name)/\(name)"] = tensor
        }
      }
      try SafeTensors.write(results, to: folder.appending(path: "\(dtype).safetensors"))
    }
  }
}
