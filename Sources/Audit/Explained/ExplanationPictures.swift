import Datasets
import Explanations
import Reports
import Torch

/// Pictures of explanations: the example, and each map over it.
public enum ExplanationPictures {
  /// Whether examples can be shown.
  public static func suits(_ shape: [Int]) -> Bool {
    shape.count == 3 && [1, 3].contains(shape[0])
  }

  /// Strips of the example and up to four maps, as many an example as it takes.
  ///
  /// - Parameters:
  ///   - examples: the examples that were explained, in the order of the results.
  ///   - data: what they are from.
  ///   - results: one a method.
  public static func strips(
    of examples: Batch, in data: Dataset, _ results: [AttributionResult], count: Int
  ) throws -> [PictureStrip] {
    let shape = data.inputShape
    guard suits(shape) else { return [] }
    let maps = results.map { ($0.method, shown($0, shape)) }
    return try (0..<min(count, examples.count)).flatMap { row in
      let values = examples.inputs[row].values(as: Float.self)
      let picture = try Bitmap(
        channelsFirst: values, channels: shape[0], height: shape[1], width: shape[2])
      let number = results.first?.classes[row] ?? 0
      let name =
        data.classNames.indices.contains(number) ? data.classNames[number] : "class \(number)"
      return try stride(from: 0, to: maps.count, by: 4).map { start in
        let panels = try maps[start..<min(start + 4, maps.count)].map { method, map in
          PictureStrip.Panel(
            method, try overlay(map[row], on: values, shape, enlargement: 1))
        }
        return PictureStrip(
          caption: "Example \(examples.indices[row]), explained as \(name)",
          panels: [PictureStrip.Panel("the example", picture)] + panels)
      }
    }
  }

  /// Maps `[N, P]` as they are shown: above the least of each where zero does not stand for nothing.
  public static func shown(_ result: AttributionResult, _ shape: [Int]) -> Tensor {
    let maps = result.importances(for: shape)
    let isRelative = Attributions.all.contains { $0.name == result.method && $0.about.isRelative }
    return isRelative ? maps - maps.min(along: 1, keepingDimensions: true) : maps
  }

  /// A map `[P]` over the picture that it explains.
  public static func overlay(
    _ map: Tensor, on picture: [Float], _ shape: [Int], enlargement: Int
  ) throws -> Bitmap {
    // Maps of a layer's own size are shown in blocks.
    let side = map.count == shape[1] * shape[2] ? nil : Int(Double(map.count).squareRoot())
    let full =
      side.map {
        map.reshaped([1, 1, $0, map.count / $0]).resized(
          to: [shape[1], shape[2]], mode: .nearest)
      } ?? map
    return try HeatMap.overlay(
      full.values(as: Float.self), on: picture, channels: shape[0], height: shape[1],
      width: shape[2], enlargement: enlargement)
  }
}
