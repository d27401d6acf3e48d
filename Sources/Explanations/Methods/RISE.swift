import Perturbations
import Torch

/// The mean score of randomly masked inputs, for every place over the masks that keep it (Petsiuk et al.,
/// "RISE: randomized input sampling for explanation of black-box models", BMVC 2018, equation 6).
///
/// A mask is a small random grid, enlarged by linear interpolation and shifted by a random part of a cell;
/// every mask has its own shift.
public struct RISE: SampledAttribution {
  /// What sums of masked scores are divided by.
  public enum Normalisation: String, Sendable, CaseIterable {
    /// What the masks kept of a place, plus 1e-4, as in xplique.
    case coverage
    /// What they keep on average, as in the paper.
    case expectation
  }

  /// How many masks.
  public var samples: Int
  /// The sides of the small grid.
  public var grid: Int
  /// The probability that a cell is kept.
  public var probability: Double
  /// What sums of masked scores are divided by.
  public var normalisation: Normalisation
  /// Masks that are used as they are, `[S, H, W]`, the same for all examples; drawn when `nil`.
  public var masks: Tensor?

  /// The method, with the number of masks that the paper draws for small networks.
  public init(
    samples: Int = 4000, grid: Int = 7, probability: Double = 0.5,
    normalisation: Normalisation = .coverage, masks: Tensor? = nil
  ) {
    self.samples = samples
    self.grid = grid
    self.probability = probability
    self.normalisation = normalisation
    self.masks = masks
  }

  /// What pages say.
  public static let about = AttributionDescription(
    name: "rise", summary: "The mean score of random masks that keep a place.",
    kind: .perturbations, isSigned: false, isRelative: true, cost: "samples forward passes",
    source: "Petsiuk et al., BMVC 2018, equation 6")

  /// The settings.
  public static let options = [
    AttributionOption("samples", \RISE.samples, "Masks."),
    AttributionOption("grid", \RISE.grid, "The sides of the small grid."),
    AttributionOption(
      "probability", \RISE.probability, in: 0.01...0.99, "How likely a cell is kept."),
    AttributionOption("normalisation", \RISE.normalisation, "What sums are divided by."),
  ]

  /// The enlargement of a grid along both sides, for every shift: `[shifts, size, grid]`.
  struct Enlargement: Sendable {
    let places: Places
    let rows: Tensor
    let columns: Tensor
  }

  /// The masks of an example: grids `[S, grid, grid]` with the shift of each, or masks as they are.
  struct Masks: Sendable {
    let grids: Tensor
    let shifts: Tensor?
  }

  /// A block's sums over masks, `[P]` each.
  struct Sums: Sendable {
    let scored: Tensor
    let kept: Tensor
  }

  func layout(for shape: [Int]) throws -> Enlargement {
    guard shape.count == 3 else {
      throw ExplanationError.needsPictures(method: name, shape: shape)
    }
    let places = Places(shape)
    if let masks, masks.rank != 3 || Array(masks.shape.dropFirst()) != Array(shape.dropFirst()) {
      throw ExplanationError.shape(
        name: "masks", shape: masks.shape, expected: "[masks, \(places.height), \(places.width)]")
    }
    guard masks != nil || (grid <= places.height && grid <= places.width) else {
      throw ExplanationError.grid(
        method: name, rows: grid, columns: grid, height: places.height, width: places.width)
    }
    return Enlargement(
      places: places, rows: enlargement(to: places.height),
      columns: enlargement(to: places.width))
  }

  /// Linear interpolation from the grid to one cell more than `size`, cut to `size` at every shift.
  private func enlargement(to size: Int) -> Tensor {
    let cell = (size + grid - 1) / grid
    let long = (grid + 1) * cell
    let unit = Tensor.identity(grid, dtype: .float64).reshaped([1, grid, grid, 1])
    let whole = unit.resized(to: [long, 1]).reshaped([grid, long]).transposed()
    return Tensor.stacked((0..<cell).map { whole[$0..<$0 + size] })
  }

  func sampleCount(_ layout: Enlargement) -> Int { masks?.size(0) ?? samples }

  func plan(_ example: Posed, _ layout: Enlargement, _ context: Context) throws -> Masks {
    if let masks { return Masks(grids: masks, shifts: nil) }
    let generator = Generator(
      seed: context.seed, purpose: "rise.masks", index: UInt64(example.index))
    let kept = Tensor.uniform([samples, grid, grid], using: generator).less(than: probability)
    let shifts = [layout.rows.size(0), layout.columns.size(0)].map {
      Tensor.integers([samples], in: 0..<$0, using: generator)
    }
    return Masks(grids: kept, shifts: Tensor.stacked(shifts))
  }

  func part(
    _ range: Range<Int>, _ example: Posed, _ plan: Masks, _ layout: Enlargement,
    _ question: Question, _ context: Context
  ) throws -> Sums {
    let kept = enlarged(plan, range, layout, example.input.dtype).to(example.input.device)
    let rows = layout.places.blend(example.input, example.baseline, keeping: kept)
    let scores = try example.scores(rows, question)
    let masks = kept.to(.float64)
    return Sums(scored: scores.unsqueezed(0).matmul(masks), kept: masks.sum(along: 0))
  }

  /// The masks of a block, `[B, P]`.
  private func enlarged(
    _ plan: Masks, _ range: Range<Int>, _ layout: Enlargement, _ dtype: DType
  ) -> Tensor {
    let grids = plan.grids[range].to(dtype)
    guard let shifts = plan.shifts else { return grids.flattened(from: 1) }
    func along(_ matrices: Tensor, _ side: Int) -> Tensor {
      matrices.to(dtype).selecting(rows: shifts[side][range])
    }
    return along(layout.rows, 0).matmul(grids).matmul(along(layout.columns, 1).transposed())
      .flattened(from: 1)
  }

  func outcome(
    _ parts: [Sums], _ example: Posed, _ plan: Masks, _ layout: Enlargement
  ) throws -> Outcome {
    let scored = Tensor.stacked(parts.map { $0.scored.reshaped([-1]) }).sum(along: 0)
    let kept = Tensor.stacked(parts.map(\.kept)).sum(along: 0)
    let map =
      normalisation == .coverage
      ? scored / (kept + 1e-4) : scored / (probability * Double(plan.grids.size(0)))
    return Outcome(map: layout.places.maps(map.unsqueezed(0)).to(example.input.dtype))
  }
}
