import Certificates
import Datasets
import Networks
import Perturbations
import Reports
import Torch
import Training
import Transport

/// How close a 1-Lipschitz classifier of two classes comes to the best function there is, on a few
/// examples.
///
/// On the first 100 examples of either class the best value of the hinge-regularised Kantorovich-Rubinstein
/// loss over all Lipschitz functions is a linear programme (`HingeTransport`). No network whose slope is
/// bounded as it says gets below it, so that a loss below is a flaw of the bound (check E10).
public struct OptimalTransportProbe: Probe {
  /// The most examples of either class.
  private static let sideLimit = 100
  /// A bound above which a network is no 1-Lipschitz one, and the comparison says nothing.
  private static let largestBound = 1.5

  /// The probe.
  public init() {}

  /// `optimal-transport`.
  public var name: String { "optimal-transport" }

  /// Networks whose layers are known, for two classes.
  public func suits(_ subject: Subject) -> Bool {
    subject.data.vocabulary == nil && subject.data.outputs == .classes
      && subject.classifier.classCount == 2 && subject.classifier is FrozenNetwork
  }

  /// The gap to the best function, and the share of the distance of the classes that the network sees;
  /// nothing for networks without a bound, or with a large one.
  public func run(on subject: Subject) throws -> Evidence {
    guard let bound = try Self.smallBound(of: subject) else { return Evidence() }
    let labels = subject.data.labelValues
    let sides = [1, 0].map { side in
      Array(labels.indices.lazy.filter { labels[$0] == side }.prefix(Self.sideLimit))
    }
    guard sides.allSatisfy({ !$0.isEmpty }) else { return Evidence() }
    let batches = sides.map { subject.data.batch($0) }
    let costs = try Self.costs(batches.map(\.inputs), bound: bound)
    let functions = try Self.functions(subject.classifier, sides.flatMap(\.self), subject)
    let (lambda, margin) = (subject.settings.hinge.lambda, subject.settings.hinge.margin)
    let loss = functions.loss(try HingeRegularisation(lambda: lambda, margin: margin)).item
    let best = try HingeTransport(costs, hingeWeight: lambda, margin: margin).loss
    let distance = -(try HingeTransport(costs, hingeWeight: 0, margin: 0).loss)
    let seen = functions.kantorovichRubinstein.item
    guard distance > 0, best != 0 else { return Evidence() }
    let how = """
      \(sides[0].count) and \(sides[1].count) examples; the network is \
      \(FindingID.part(for: bound))-Lipschitz by a proof.
      """
    return Evidence(
      findings: [
        try Finding(
          id: "transport.optimality_gap", title: "Loss above the best Lipschitz function",
          value: (loss - best) / abs(best), better: .lower,
          detail: """
            hKR with lambda \(lambda) and margin \(margin): \(loss), the linear programme \(best). \(how)
            """),
        try Finding(
          id: "transport.kr_over_w1", title: "Share of the Wasserstein distance that is seen",
          value: seen / distance,
          detail: "Kantorovich-Rubinstein \(seen) of at most \(distance). \(how)"),
      ],
      flags: [try Self.flag(max(seen - distance, best - loss) / max(distance, abs(best)))])
  }

  /// A proven bound that is near 1; `nil` where there is none.
  static func smallBound(of subject: Subject) throws -> Double? {
    try bound(of: subject).flatMap { $0 <= largestBound ? $0 : nil }
  }

  private static func bound(of subject: Subject) throws -> Double? {
    guard let frozen = subject.classifier as? FrozenNetwork else { return nil }
    do {
      let bound = try LipschitzMargin().lipschitzBound(of: frozen)
      let example = subject.data.batch([0]).inputs
      let outputs = try attempt { withoutGradients { frozen.network(example) } }.size(1)
      // A difference of two outputs can move by √2 times what both move by.
      return outputs == 1 ? bound : bound * 2.squareRoot()
    } catch is CertificateError {
      return nil
    }
  }

  private static func costs(_ sides: [Tensor], bound: Double) throws -> TransportCosts {
    let rows = sides.map { $0.to(.float64).flattened(from: 1) }
    let distances = try attempt {
      (rows[0].unsqueezed(1) - rows[1].unsqueezed(0)).norm(along: [2]) * bound
    }
    return try TransportCosts(
      distances.values(as: Double.self), rows: rows[0].size(0), columns: rows[1].size(0))
  }

  private static func functions(
    _ classifier: any Classifier, _ indices: [Int], _ subject: Subject
  ) throws -> SignedScores {
    let batch = subject.data.batch(indices)
    let logits = try withoutGradients { try classifier.logits(batch.inputs) }
    return SignedScores(logits.to(.float64), of: batch)
  }

  private static func flag(_ excess: Double) throws -> Flag {
    try Flag(
      id: "transport.beyond_optimum", check: "E10", raised: excess > 1e-4, value: excess,
      threshold: 1e-4,
      meaning: "The network does better than any function of its Lipschitz constant can.",
      remedy: "Report it: the bound of a layer does not hold.")
  }
}
