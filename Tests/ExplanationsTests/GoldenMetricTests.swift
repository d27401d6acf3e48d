import Explanations
import Perturbations
import Testing
import Torch

/// Metrics against independent implementations of the same protocols.
@Suite("Golden metrics of explanations")
struct GoldenMetricTests {
  @Test(
    "deletion and insertion curves",
    arguments: ["Saliency(abs)", "InputXGradient", "IG50 gausslegendre"],
    DeletionInsertion.Direction.allCases)
  func curves(_ map: String, _ direction: DeletionInsertion.Direction) throws {
    let result = GoldenNetwork.result(try GoldenNetwork.golden("net", "attr", map))
    let curve = try #require(
      DeletionInsertion(direction).curves(
        result, GoldenNetwork.batch, GoldenNetwork.question(), context: Context()
      ).first)
    let expected = try GoldenNetwork.golden("metrics", map, direction.rawValue, "curve")
    #expect(largestDifference(curve.logits, expected) < 1e-9)
    let area = try GoldenNetwork.golden("metrics", map, direction.rawValue, "auc")
    #expect(abs(curve.area(of: .logits) - area[0]) < 1e-9)
    #expect(curve.shares.first == 0 && curve.shares.last == 1)
    let logits = try GoldenNetwork.target.logits(GoldenNetwork.batch.inputs).softmax(along: 1)
    let probability = logits.values(as: Double.self)[GoldenNetwork.classNumber]
    let ends = [curve.probabilities.first, curve.probabilities.last]
    #expect(abs((ends[direction == .deletion ? 0 : 1] ?? 0) - probability) < 1e-12)
  }

  @Test("mu-fidelity", arguments: ["Saliency(abs)", "InputXGradient"])
  func muFidelity(_ map: String) throws {
    let result = GoldenNetwork.result(try GoldenNetwork.golden("net", "attr", map))
    let found = try MuFidelity(masks: GoldenNetwork.masks).measure(
      result, of: Saliency(), GoldenNetwork.batch, GoldenNetwork.question(), context: Context())
    let expected = try GoldenNetwork.golden("metrics", "muFidelity", "values", map)
    #expect(largestDifference(found, expected) < 1e-9)
  }

  @Test("equal values share the mean of their ranks")
  func ranks() {
    // 1 and 2 tie at 1.5; the textbook formula with ties gives 0.9486832980505138.
    let correlation = RankCorrelation.spearman([1, 1, 3, 4], [1, 2, 3, 4])
    #expect(abs(correlation - 0.948_683_298_050_513_8) < 1e-12)
    #expect(RankCorrelation.spearman([1, 1], [1, 2]).isNaN)
    #expect(RankCorrelation.spearman([3, 2, 1], [10, 20, 30]) == -1)
  }

  @Test("distances do not depend on the scale of maps")
  func distances() {
    let map = Tensor([1.0, -2, 3, 0.5], shape: [1, 4])
    for distance in ExplanationDistance.allCases {
      #expect(abs(distance(map, map * 7)[0]) < 1e-12)
    }
    #expect(abs(ExplanationDistance.euclidean(map, map * -3)[0] - 2) < 1e-12)
    #expect(abs(ExplanationDistance.spearman(map, map * -3)[0] - 2) < 1e-12)
  }

  @Test("complexity of one place and of all places")
  func complexity() throws {
    let one = GoldenNetwork.result([5] + Array(repeating: 0, count: 63))
    let all = GoldenNetwork.result(Array(repeating: -2, count: 64))
    func value(_ kind: Complexity.Kind, _ result: AttributionResult) throws -> Double {
      try Complexity(kind).measure(
        result, of: Saliency(), GoldenNetwork.batch, GoldenNetwork.question(), context: Context())[
          0]
    }
    #expect(abs(try value(.entropy, one)) < 1e-12)
    #expect(abs(try value(.entropy, all) - 4.158_883_083_359_672) < 1e-12)
    #expect(abs(try value(.gini, one) - 63.0 / 64) < 1e-12)
    #expect(abs(try value(.gini, all)) < 1e-12)
  }
}
