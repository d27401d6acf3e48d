import Foundation

/// What the runs of an experiment that are not done yet will take.
public struct ExperimentCost: Sendable {
  /// How many runs are not finished.
  public let waiting: Int
  /// How long they will take, in seconds; `nil` where nobody knows.
  public let seconds: Double?
  /// What that is taken from; empty where nothing is left.
  public let basis: String

  /// The cost of the rest: by the finished runs of the same variants where there are any, else by what the recipe
  /// says of itself, of which the share that is left counts.
  ///
  /// - Parameters:
  ///   - store: where finished runs are; `nil` where there is no store yet.
  ///   - cores: how many runs of a sweep go on at a time.
  /// - Throws: ``StoreError``.
  public init(_ plan: ExperimentPlan, in store: RunStore?, cores: Int) throws {
    let members = try store.map { try plan.members(in: $0) } ?? []
    waiting = plan.runs.count - members.count
    guard waiting > 0 else {
      (seconds, basis) = (0, "")
      return
    }
    let jobs = Double(plan.experiment.run.isSweep ? min(max(1, cores), waiting) : 1)
    let times = Dictionary(grouping: members, by: \.variant).mapValues { members in
      members.compactMap(\.run.seconds).reduce(0, +) / Double(members.count)
    }
    if !times.isEmpty {
      let done = Set(members.map { [$0.variant, $0.seed] })
      let mean = times.values.sorted().reduce(0, +) / Double(times.count)
      let rest = plan.runs.filter { !done.contains([$0.variant, $0.seed]) }
        .map { times[$0.variant] ?? mean }.reduce(0, +)
      (seconds, basis) = (rest / jobs, "its finished runs")
      return
    }
    guard let text = plan.recipe.header.cost(of: plan.recipe.profile) else {
      (seconds, basis) = (nil, "not known")
      return
    }
    seconds = Self.seconds(in: text)
    basis = "the recipe says \(text)"
  }

  /// The time at the beginning of a text such as `1 h 30 min on 4 cores`; `nil` without one.
  package static func seconds(in text: String) -> Double? {
    let units: [String: Double] = [
      "s": 1, "min": 60, "h": 3600, "day": 86400, "days": 86400, "week": 604_800,
      "weeks": 604_800,
    ]
    let words = text.split(separator: " ").map(String.init)
    var total: Double?
    for index in stride(from: 0, to: words.count - 1, by: 2) {
      guard let number = Double(words[index]), number.isFinite, number >= 0,
        let unit = units[words[index + 1]]
      else { break }
      total = (total ?? 0) + number * unit
    }
    return total
  }
}
