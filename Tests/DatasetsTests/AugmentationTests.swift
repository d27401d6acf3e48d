import Testing
import Torch

@testable import Datasets

@Suite struct AugmentationTests {
  private func batch(_ indices: [Int], channels: Int = 2, size: Int = 5) -> Batch {
    let area = channels * size * size
    let values = indices.flatMap { index in (0..<area).map { Float(index * area + $0) } }
    return Batch(
      inputs: Tensor(values, shape: [indices.count, channels, size, size]), labels: Tensor(indices),
      indices: indices)
  }

  @Test func windowsMirrorOrPad() {
    let list: [Int?] = [0, 1, 2]
    #expect(PixelMap.window(list, from: -2, count: 7, .reflect) == [2, 1, 0, 1, 2, 1, 0])
    #expect(PixelMap.window(list, from: -1, count: 4, .zero) == [nil, 0, 1, 2])
  }

  @Test func flipAlwaysMirrorsColumns() throws {
    let before = batch([3])
    let after = try Augmentation([.flip(probability: 1)]).apply(to: before, seed: 0, epoch: 0)
    #expect(after.inputs.isIdentical(to: before.inputs.flipped(3)))
    let same = try Augmentation([.flip(probability: 0)]).apply(to: before, seed: 0, epoch: 0)
    #expect(same.inputs.isIdentical(to: before.inputs))
  }

  @Test func doesNotDependOnTheBatch() throws {
    let steps = try Augmentation([
      .shift(pixels: 2, padding: .reflect), .flip(probability: 0.5),
      .crop(height: 4, width: 4, padding: 1, mode: .zero),
    ])
    let whole = try steps.apply(to: batch([0, 1, 2, 3]), seed: 9, epoch: 2).inputs
    let back = try steps.apply(to: batch([3, 1]), seed: 9, epoch: 2).inputs
    #expect(whole.shape == [4, 2, 4, 4])
    #expect(back[0].isIdentical(to: whole[3]) && back[1].isIdentical(to: whole[1]))
    let later = try steps.apply(to: batch([0, 1, 2, 3]), seed: 9, epoch: 3).inputs
    #expect(!later.isIdentical(to: whole))
  }

  @Test func everyShiftIsAsLikely() throws {
    let steps = try Augmentation([.shift(pixels: 1, padding: .zero)])
    var counts: [PixelMapKey: Int] = [:]
    for index in 0..<9000 {
      var stream = RandomStream(seed: 1, purpose: "test", index: UInt64(index))
      let map = try steps.pixelMap(height: 3, width: 3, using: &stream)
      counts[PixelMapKey(rows: map.rows, columns: map.columns), default: 0] += 1
    }
    #expect(counts.count == 9)
    // Five standard deviations of a binomial count with p = 1/9 are 149.
    #expect(counts.values.allSatisfy { abs($0 - 1000) < 150 })
  }

  private struct PixelMapKey: Hashable {
    let rows: [Int?]
    let columns: [Int?]
  }

  @Test func refusesImpossibleSteps() throws {
    for step in [
      Augmentation.Step.shift(pixels: -1, padding: .zero), .flip(probability: 1.5),
      .flip(probability: .nan), .crop(height: 0, width: 1, padding: 0, mode: .zero),
    ] {
      #expect(try failure { _ = try Augmentation([step]) }.kind == .badSetting)
    }
    for step in [
      Augmentation.Step.shift(pixels: 5, padding: .reflect),
      .crop(height: 8, width: 5, padding: 1, mode: .zero),
    ] {
      let error = try failure {
        _ = try Augmentation([step]).apply(to: batch([1]), seed: 0, epoch: 0)
      }
      #expect(error.kind == .badSetting)
    }
    let rows = Batch(
      inputs: Tensor([1] as [Float], shape: [1, 1]), labels: Tensor([0]), indices: [0])
    #expect(throws: DatasetError.self) { try Augmentation([]).apply(to: rows, seed: 0, epoch: 0) }
  }
}
