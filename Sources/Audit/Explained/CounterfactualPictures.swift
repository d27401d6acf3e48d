import Datasets
import Explanations
import Reports
import Torch

/// Pictures of counterfactuals: the example, points along the way, and what changes.
public enum CounterfactualPictures {
  /// One strip an example.
  ///
  /// - Parameters:
  ///   - found: the counterfactuals of `examples`, in their order.
  ///   - data: what they are from.
  public static func strips(
    of found: CounterfactualResult, _ examples: Batch, in data: Dataset, count: Int
  ) throws -> [PictureStrip] {
    let shape = data.inputShape
    guard ExplanationPictures.suits(shape), data.range == 0...1 else { return [] }
    return try (0..<min(count, examples.count)).map { row in
      try strip(of: found, row, examples, in: data, shape)
    }
  }

  private static func strip(
    of found: CounterfactualResult, _ row: Int, _ examples: Batch, in data: Dataset, _ shape: [Int]
  ) throws -> PictureStrip {
    func name(_ number: Int) -> String {
      data.classNames.indices.contains(number) ? data.classNames[number] : "class \(number)"
    }
    func bitmap(_ values: [Float]) throws -> Bitmap {
      try Bitmap(channelsFirst: values, channels: shape[0], height: shape[1], width: shape[2])
    }
    let original = examples.inputs[row]
    var panels = [
      PictureStrip.Panel(name(found.from[row]), try bitmap(original.values(as: Float.self)))
    ]
    for (index, multiple) in found.multiples.enumerated() {
      let measured = found.boxed?[index] ?? found.path[index]
      panels.append(
        PictureStrip.Panel(
          "\(FindingID.part(for: multiple)) steps: \(name(measured.predicted[row]))",
          try bitmap(measured.points[row].values(as: Float.self))))
    }
    if let first = found.path.first, let multiple = found.multiples.first, multiple != 0 {
      let way = (first.points[row] - original) / multiple
      let map = shape[0] == 1 ? way.reshaped([-1]) : way.mean(along: 0).reshaped([-1])
      panels.append(
        PictureStrip.Panel(
          "the way",
          try HeatMap.picture(map.values(as: Float.self), height: shape[1], width: shape[2])))
    }
    return PictureStrip(
      caption: """
        Example \(found.indices[row]), towards \(name(found.to[row])): one step has length \
        \(FindingID.part(for: found.lengths[row]))
        """, panels: panels)
  }
}
