import Perturbations
import Torch

/// What the score loses when a patch is replaced with the baseline, for patches all over the input (Zeiler
/// and Fergus, "Visualizing and understanding convolutional networks", ECCV 2014, section 4.2).
public struct Occlusion: SampledAttribution {
  /// How places under several patches are counted.
  public enum Overlap: String, Sendable, CaseIterable {
    /// The mean of what the patches over a place cost, as in captum.
    case mean
    /// Their sum, as in xplique.
    case sum
  }

  /// The sides of a patch; its width alone where inputs are no pictures.
  public var patch: Int
  /// How far patches are apart.
  public var stride: Int
  /// How places under several patches are counted.
  public var overlap: Overlap
  /// Whether what is left at the far edges gets a smaller patch; it is never covered otherwise, as in
  /// xplique.
  public var coversEdges: Bool

  /// The method.
  public init(
    patch: Int = 3, stride: Int = 3, overlap: Overlap = .mean, coversEdges: Bool = true
  ) {
    self.patch = patch
    self.stride = stride
    self.overlap = overlap
    self.coversEdges = coversEdges
  }

  /// What pages say.
  public static let about = AttributionDescription(
    name: "occlusion", summary: "What the score loses when a patch is taken away.",
    kind: .perturbations, isSigned: true, cost: "a forward pass a patch",
    source: "Zeiler and Fergus, ECCV 2014, section 4.2")

  /// The settings.
  public static let options = [
    AttributionOption("patch", \Occlusion.patch, "The sides of a patch."),
    AttributionOption("stride", \Occlusion.stride, "How far patches are apart."),
    AttributionOption("overlap", \Occlusion.overlap, "How places under several patches count."),
    AttributionOption(
      "edges", \Occlusion.coversEdges, "Smaller patches for what is left at the far edges."),
  ]

  /// Where patches lie: one where a patch covers a row or column.
  struct Patches: Sendable {
    let places: Places
    /// `[patches down, H]`.
    let rows: Tensor
    /// `[patches across, W]`.
    let columns: Tensor
  }

  func layout(for shape: [Int]) throws -> Patches {
    let places = Places(shape)
    let tall = places.arePixels ? patch : 1
    guard tall <= places.height, patch <= places.width else {
      throw ExplanationError.grid(
        method: name, rows: tall, columns: patch, height: places.height, width: places.width)
    }
    func covers(_ size: Int, _ patch: Int, _ stride: Int) -> Tensor {
      let reach = size - patch
      let count = (coversEdges ? (reach + stride - 1) / stride : reach / stride) + 1
      let values = (0..<count).flatMap { number in
        (0..<size).map { (number * stride..<number * stride + patch).contains($0) ? 1.0 : 0 }
      }
      return Tensor(values, shape: [count, size])
    }
    return Patches(
      places: places, rows: covers(places.height, tall, places.arePixels ? stride : 1),
      columns: covers(places.width, patch, stride))
  }

  func sampleCount(_ layout: Patches) -> Int { layout.rows.size(0) * layout.columns.size(0) }

  func plan(_ example: Posed, _ layout: Patches, _ context: Context) throws -> Bool { true }

  func part(
    _ range: Range<Int>, _ example: Posed, _ plan: Bool, _ layout: Patches, _ question: Question,
    _ context: Context
  ) throws -> [Double] {
    let across = layout.columns.size(0)
    let rows = layout.rows.selecting(rows: range.map { $0 / across }).unsqueezed(2)
    let columns = layout.columns.selecting(rows: range.map { $0 % across }).unsqueezed(1)
    let kept = (1 - rows * columns).reshaped([range.count, -1]).to(example.input.device)
    let inputs = layout.places.blend(example.input, example.baseline, keeping: kept)
    return try example.scores(inputs, question).values(as: Double.self)
  }

  func outcome(
    _ parts: [[Double]], _ example: Posed, _ plan: Bool, _ layout: Patches
  ) throws -> Outcome {
    let lost = parts.flatMap { $0 }.map { example.score - $0 }
    let losses = Tensor(lost, shape: [layout.rows.size(0), layout.columns.size(0)])
    func added(_ values: Tensor) -> Tensor {
      layout.rows.transposed().matmul(values).matmul(layout.columns)
    }
    var map = added(losses)
    // Places under no patch stay zero.
    if overlap == .mean { map = map / added(Tensor.ones(like: losses)).clamped(to: 1...) }
    return Outcome(
      map: layout.places.maps(map.reshaped([1, -1])).to(example.input.dtype)
        .to(example.input.device))
  }
}
