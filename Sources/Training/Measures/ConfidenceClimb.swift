import Datasets
import Networks
import Torch

/// How far an image must be moved until the network takes it, with confidence, for the next class: the
/// robustness measure of Tanay and Griffin's experiment with LeNet.
///
/// The softmax's temperature is first set so that the median confidence over the examples is the same for
/// every network; confidences of networks with large and small weights cannot be compared otherwise.
/// Then every image climbs the probability of class `label + 1`, by steps of fixed Euclidean length
/// inside of the data's range, until it is reached. The norm of the whole way is the answer.
public struct ConfidenceClimb: Measure {
  /// The confidence that is reached, and the median confidence of clean examples.
  public let confidence: Double
  /// The length of a step, in the data's units.
  public let step: Double
  /// The most steps; an image that needs more has no answer.
  public let steps: Int

  /// A measure.
  ///
  /// - Parameters:
  ///   - confidence: between 1/classes and 1.
  ///   - step: positive.
  ///   - steps: at least 1.
  public init(confidence: Double = 0.95, step: Double = 1.0 / 255, steps: Int = 4000) {
    self.confidence = confidence
    self.step = step
    self.steps = max(1, steps)
  }

  /// `confidence-climb`.
  public var name: String { "confidence-climb" }
  /// The confidence.
  public var radii: [Double] { [confidence] }
  /// What it is.
  public var title: String { "Length of the perturbation to the next class at \(confidence)" }
  /// The data's units.
  public var unit: String { "units of the data" }
  /// Long ways are good.
  public var isLowerBetter: Bool { false }
  /// How it is measured.
  public var method: String {
    """
    Euclidean; steps of \(step) up the probability of the next class to \(confidence), at the \
    temperature at which the median confidence is \(confidence).
    """
  }

  /// The length of the way of every example; not a number where it is not reached.
  ///
  /// - Throws: what libtorch reports.
  public func values(of model: any Layer, on data: Dataset, context: Context) throws -> [Double] {
    try climbed(model, data).flatMap { moved, clean in
      zip(moved.reached, (moved.inputs - clean).flattened(from: 1).norm(along: [1]).values())
        .map { $0 ? $1 : .nan }
    }
  }

  /// The images at the end of their ways and whether they got there, with the clean ones beside them,
  /// batch by batch.
  ///
  /// - Parameter known: the temperature, where other examples have set it.
  /// - Throws: what libtorch reports.
  public func climbed(
    _ model: any Layer, _ data: Dataset, temperature known: Double? = nil
  ) throws -> [(moved: (inputs: Tensor, reached: [Bool]), clean: Tensor)] {
    let temperature = try known ?? self.temperature(of: model, on: data)
    return try batches(of: data).map { batch in
      (try attempt { climb(model, batch, temperature, data) }, batch.inputs)
    }
  }

  /// The temperature at which the median confidence is the wanted one.
  ///
  /// - Throws: what libtorch reports.
  public func temperature(of model: any Layer, on data: Dataset) throws -> Double {
    let logits = try attempt {
      withoutGradients {
        Tensor.concatenated(batches(of: data).map { model($0.inputs).to(.float64) })
      }
    }
    func median(at temperature: Double) -> Double {
      let scores = (logits / temperature).softmax(along: 1).max(along: 1)
      return scores.median(along: 0).values.item
    }
    var (low, high) = (-20.0, 20.0)
    for _ in 0..<60 {
      let middle = (low + high) / 2
      if median(at: exponential(middle)) > confidence { low = middle } else { high = middle }
    }
    return exponential((low + high) / 2)
  }

  private func exponential(_ value: Double) -> Double { Tensor(value).exp().item }

  private func climb(
    _ model: any Layer, _ batch: Batch, _ temperature: Double, _ data: Dataset
  ) -> (inputs: Tensor, reached: [Bool]) {
    let classes = data.classNames.count
    let targets = batch.labels.values(as: Int.self).map { ($0 + 1) % classes }
    var (rows, images) = (Array(targets.indices), batch.inputs)
    var finished = [Tensor](repeating: batch.inputs, count: 0)
    var order: [Int] = []
    var reached = [Bool](repeating: false, count: targets.count)
    for _ in 0...steps where !rows.isEmpty {
      let goal = Tensor(rows.map { targets[$0] })
      let variable = images.variable()
      let (scores, slopes) = withGradients(enabled: true) {
        let logarithms = (model(variable, .evaluation) / temperature).logSoftmax(along: 1)
        let score = logarithms.gathering(goal.unsqueezed(1), along: 1).squeezed(1)
        return (score.detached(), gradients(of: score.sum(), withRespectTo: [variable])[0])
      }
      let isThere = scores.exp().values(as: Double.self).map { $0 >= confidence }
      let going = rows.indices.filter { !isThere[$0] }
      let done = rows.indices.filter { isThere[$0] }
      if !done.isEmpty {
        finished.append(images.selecting(rows: done))
        for place in done { reached[rows[place]] = true }
        order += done.map { rows[$0] }
      }
      rows = going.map { rows[$0] }
      guard !rows.isEmpty else { break }
      images = stepped(images.selecting(rows: going), along: slopes.selecting(rows: going), data)
    }
    if !rows.isEmpty {
      finished.append(images)
      order += rows
    }
    var places = [Int](repeating: 0, count: order.count)
    for (place, row) in order.enumerated() { places[row] = place }
    return (Tensor.concatenated(finished).selecting(rows: places), reached)
  }

  /// A step of fixed length along each slope, inside of the data's range.
  private func stepped(_ images: Tensor, along slopes: Tensor, _ data: Dataset) -> Tensor {
    let lengths = slopes.flattened(from: 1).norm(along: [1]).clamped(to: 1e-30...)
    let shape = [images.size(0)] + Array(repeating: 1, count: slopes.rank - 1)
    return (images + slopes / lengths.reshaped(shape) * step)
      .clamped(to: Double(data.range.lowerBound)...Double(data.range.upperBound))
  }

  private func batches(of data: Dataset) -> [Batch] {
    stride(from: 0, to: data.count, by: 250).map { start in
      data.batch(Array(start..<min(start + 250, data.count)))
    }
  }
}

extension ConfidenceClimb {
  /// The measure with options of a recipe.
  init(_ options: TermOptions) throws(TrainingError) {
    self.init(
      confidence: try options.number(
        "confidence", default: 0.95, in: 0.05...0.9999, "from 0.05 to 0.9999"),
      step: try options.positive("step") ?? 1.0 / 255,
      steps: try options.count("steps", default: 4000))
  }
}
