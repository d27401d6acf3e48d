import Datasets
import Explanations
import Networks
import Perturbations
import Reports
import Torch
import Training

/// Counterfactuals in the plane that examples lie in, with the boundary they are meant to reach: the figure
/// of Serrurier et al. (NeurIPS 2023) for two snowflakes.
///
/// From some examples of every class, spread evenly, a line leads one step along the gradient,
/// `x - f ∇f / |∇f|²`. Where a loss is given for which the network is compared with optimal transport,
/// another leads on to the example that the best plan pairs it with.
public struct CounterfactualPlane: Sendable {
  /// The picture.
  public let plot: Plot
  /// Which examples have a line.
  public let indices: [Int]

  /// A picture, or `nil` for examples that have not two features and one class each.
  ///
  /// - Parameters:
  ///   - classifier: the model.
  ///   - data: the examples.
  ///   - perClass: how many examples of a class have a line.
  ///   - transport: the loss whose plan is drawn; only for two classes, and no plan when `nil`.
  /// - Throws: what the model throws, or `ExplanationError`.
  public init?(
    of classifier: any Classifier, on data: Dataset, perClass: Int = 14,
    transport: HingeRegularisation? = nil, context: Context
  ) throws {
    guard data.inputShape.reduce(1, *) == 2, classifier.classCount > 1,
      let picture = try BoundaryPicture(
        of: classifier, on: data, shown: 1200, context: context),
      case .plane(var content) = picture.plot.content,
      let plane = try ExamplePlane(holding: data)
    else { return nil }
    let places = try attempt { plane.places(of: data) }
    // Where the solver fails, a picture without a plan is better than a run without an end.
    let pairs =
      data.classNames.count == 2
      ? transport.flatMap { try? TransportPairs(of: places, data.labelValues, $0) } : nil
    let candidates = pairs.map(\.indices) ?? Array(places.indices.prefix(1000))
    let labels = data.labelValues
    let chosen = data.classNames.indices.flatMap { label in
      Self.spread(candidates.filter { labels[$0] == label }, of: places, count: perClass)
    }
    let found = try TransportCounterfactual(multiples: [1]).find(
      data.batch(chosen), on: Target(classifier), context: context)
    let ends = try attempt { plane.places(of: found.path[0].points) }
    content.ways = zip(chosen, ends).map { index, end in
      Plot.Plane.Way(
        from: .init(x: places[index].x, y: places[index].y, label: labels[index]), to: end,
        image: pairs?[index].map { places[$0] })
    }
    indices = chosen
    plot = Plot(
      title: "Counterfactuals in the plane",
      caption: Self.caption(found, content, data, transport: pairs == nil ? nil : transport),
      content: .plane(content))
  }

  /// How to read it, and how many of the lines do what they should.
  private static func caption(
    _ found: CounterfactualResult, _ content: Plot.Plane, _ data: Dataset,
    transport: HingeRegularisation?
  ) -> String {
    let count = found.indices.count
    let outside = content.ways.filter { way in
      !(content.x.range ?? 0...1).contains(way.end.x)
        || !(content.y.range ?? 0...1).contains(way.end.y)
    }.count
    let near = found.residuals(at: 0).filter { $0 < 0.05 }.count
    let plan =
      transport.map { loss in
        let name =
          loss.hingeWeight == 0
          ? "the Wasserstein distance"
          : "hKR with lambda \(NumberText.short(loss.lambda)) and margin \(NumberText.short(loss.margin))"
        return " Dots lead on to the example that the best plan for \(name) pairs it with."
      } ?? ""
    return """
      From \(count) examples a line leads one step along the gradient, x - f ∇f / (∇f · ∇f), to a ring: on the \
      boundary (dashes) for a network that transports. \(near) of \(count) steps leave less than 5 % of the \
      margin\(outside > 0 ? ", and \(outside) end outside of the picture" : "").\(plan)
      """
  }

  /// Some of the candidates, as far from one another as can be: the first, and then always the one that is
  /// farthest from all that were taken.
  package static func spread(
    _ candidates: [Int], of places: [SIMD2<Double>], count: Int
  ) -> [Int] {
    guard let first = candidates.first, count > 0 else { return [] }
    var taken = [first]
    var distances = candidates.map { squaredDistance(places[$0], places[first]) }
    while taken.count < min(count, candidates.count) {
      guard let farthest = distances.indices.max(by: { distances[$0] < distances[$1] }),
        distances[farthest] > 0
      else { break }
      let next = candidates[farthest]
      taken.append(next)
      for index in distances.indices {
        distances[index] = min(
          distances[index], squaredDistance(places[candidates[index]], places[next]))
      }
    }
    return taken
  }

  private static func squaredDistance(_ a: SIMD2<Double>, _ b: SIMD2<Double>) -> Double {
    ((a - b) * (a - b)).sum()
  }
}
