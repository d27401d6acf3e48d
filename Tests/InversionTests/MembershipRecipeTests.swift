import Datasets
import Foundation
import Inversion
import Networks
import Statistics
import Testing
import Torch
import Training

@Suite("Recipes that ask who was a member")
struct MembershipRecipeTests {
  private func recipe(_ settings: [String: Any] = [:]) throws -> MembershipRecipe {
    let whole: [String: Any] = [
      "data": ["source": "gaussians", "members": 40], "model": ["name": "mlp"],
    ]
    return try JSONDecoder().decode(
      MembershipRecipe.self,
      from: JSONSerialization.data(withJSONObject: whole.merging(settings) { $1 }))
  }

  @Test("members and others are drawn apart, the same ones for every seed of a run")
  func drawn() throws {
    let first = try MembershipData(recipe().data)
    #expect(first.members.count == 40 && first.others.count == 40)
    let shared = Set(first.members.sourceIndices).intersection(first.others.sourceIndices)
    #expect(shared.isEmpty)
    let again = try MembershipData(recipe(["seed": 5]).data)
    #expect(again.members.sourceIndices == first.members.sourceIndices)
    let others = try MembershipData(
      recipe(["data": ["source": "gaussians", "members": 40, "others": 7, "drawSeed": 1]]).data)
    #expect(others.others.count == 7)
    #expect(others.members.sourceIndices != first.members.sourceIndices)
    // All there are, and not one more.
    let all = ["source": "gaussians", "members": 1200, "others": 800] as [String: Any]
    #expect(try MembershipData(recipe(["data": all]).data).others.count == 800)
    #expect(throws: InversionError.self) {
      try MembershipData(recipe(["data": all.merging(["others": 801]) { $1 }]).data)
    }
  }

  @Test("a stopped training ends with a checkpoint, and the next goes on to the same weights")
  func stopped() throws {
    IntraOperatorThreads.set(1)
    let settings = try recipe(["training": ["steps": 6, "batchSize": 10]])
    let data = try MembershipData(settings.data)
    let training = try settings.networkTraining()
    let whole = try training.trained(on: data.members, seed: 3)
    try Laboratory.withFolder { folder in
      let calls = Calls()
      var stopping = training
      stopping.isStopRequested = { calls.next() > 3 }
      #expect(throws: CancellationError.self) {
        try stopping.trained(on: data.members, seed: 3, folder: folder)
      }
      let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      #expect(!files.contains { $0.hasPrefix("finished-") })
      let rest = try training.trained(on: data.members, seed: 3, folder: folder)
      let (one, two) = (try #require(whole.state()), try #require(rest.state()))
      #expect(one.allSatisfy { two[$0]?.isIdentical(to: $1) == true } && one.count == two.count)
    }
  }

  @Test("every attack that is asked for has a row, the others have none")
  func rows() throws {
    IntraOperatorThreads.set(1)
    let settings = try recipe(["training": ["steps": 20, "batchSize": 10]])
    let data = try MembershipData(settings.data)
    let training = try settings.networkTraining()
    let inference = try MembershipInference(
      of: training.trained(on: data.members, seed: 0), members: data.members, others: data.others,
      bootstrap: Bootstrap(.percentile, resamples: 20))
    var attacks = MembershipAttacks()
    attacks.boundary = .init(steps: 1, evaluations: 4)
    var said: [String] = []
    let plain = try attacks.rows(of: inference, shadows: nil, context: Context(seed: 1)) {
      said.append($0)
    }
    #expect(
      plain.map(\.id)
        == ["loss", "confidence", "entropy", "modified-entropy", "decisions-boundary"])
    #expect(said.count == 1 && plain[0].queries == 80 && plain[4].queries > 400)
    #expect(plain[0].scores == (try inference.threshold(.loss)))
    attacks.boundary = nil
    let shadows = try ShadowModels.trained(
      4, on: inference.pool, by: training, context: Context(seed: 2))
    let rows = try attacks.rows(of: inference, shadows: shadows, context: Context(seed: 1))
    #expect(rows.dropFirst(4).map(\.id) == ["likelihood-ratio-online", "likelihood-ratio-offline"])
    #expect(rows[4].scores == (try inference.likelihoodRatio(shadows)))
  }
}

/// Counts from any thread.
private final class Calls: @unchecked Sendable {
  private let lock = NSLock()
  private var count = 0

  func next() -> Int {
    lock.withLock {
      count += 1
      return count
    }
  }
}
