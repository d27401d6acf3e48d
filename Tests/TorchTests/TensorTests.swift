import Foundation
import Testing
import Torch

@Suite("Tensor")
struct TensorTests {
  @Test("values go in and come out in row-major order, for every scalar type")
  func roundTrip() {
    #expect(
      Tensor([1, 2, 3, 4, 5, 6], shape: [2, 3]).transposed().values() == [1, 4, 2, 5, 3, 6])
    #expect(Tensor([0.5, -1.5]).values() == [0.5, -1.5])
    #expect(Tensor([Float(0.5), 2]).values(as: Double.self) == [0.5, 2])
    #expect(Tensor([UInt8(255), 0]).to(.float32).values() == [Float(255), 0])
    #expect(Tensor([true, false]).values() == [true, false])
    #expect(Tensor([1.0, 2.0, 3.0]).item(at: 1) == 2)
  }

  @Test("arithmetic broadcasts and keeps the element type beside numbers")
  func arithmetic() {
    let x = Tensor([Float(1), 2, 3, 4], shape: [2, 2])
    let row = Tensor([Float(10), 20])
    #expect((x + row).values() == [Float(11), 22, 13, 24])
    #expect((1 - x * 2 / 4).values() == [Float(0.5), 0, -0.5, -1])
    #expect((2.0 / x).dtype == .float32)
    #expect((Tensor([7]) + 1).dtype == .int64)
  }

  @Test("indexing takes what it says")
  func indexing() {
    let x = Tensor.range(0..<24).reshaped(2, 3, 4)
    #expect(x[1].shape == [3, 4])
    #expect(x[0..<1].shape == [1, 3, 4])
    #expect(x[1, 2, 3].item == 23)
    #expect(x[.all, 1].values() == [4, 5, 6, 7, 16, 17, 18, 19])
    #expect(x[.rest, .range(1..<3)].shape == [2, 3, 2])
    #expect(x[.newAxis, .rest, 0].shape == [1, 2, 3])
    #expect(x[.all, .every(2)].shape == [2, 2, 4])
    #expect(x.selecting(rows: [1, 0])[0].isIdentical(to: x[1]))
  }

  @Test("scatter and gather are inverse on a permutation")
  func scatter() {
    let x = Tensor([5.0, 6, 7, 8]).reshaped(1, 4)
    let order = Tensor([2, 0, 3, 1]).reshaped(1, 4)
    let scattered = Tensor.zeros(like: x).scattering(x, at: order, along: 1)
    #expect(scattered.gathering(order, along: 1).isIdentical(to: x))
  }

  @Test("decompositions multiply back")
  func linearAlgebra() {
    let generator = Generator(seed: 1, purpose: "test")
    let a = Tensor.normal([4, 4], dtype: .float64, using: generator)
    let (u, s, v) = a.svd()
    #expect((u.matmul(s.diagonalMatrix()).matmul(v) - a).abs().max().item < 1e-12)
    let (q, r) = a.qr()
    #expect((q.matmul(r) - a).abs().max().item < 1e-12)
    let symmetric = a + a.transposed()
    let (values, vectors) = symmetric.symmetricEigen()
    #expect((symmetric.matmul(vectors) - vectors * values).abs().max().item < 1e-12)
    let b = Tensor.ones([4, 1], dtype: .float64)
    #expect((a.matmul(a.solve(b)) - b).abs().max().item < 1e-10)
  }

  @Test("the Fourier transform of a shifted impulse has modulus one, and inverts")
  func fourier() {
    let x = Tensor([0.0, 1, 0, 0, 0, 0, 0, 0])
    let spectrum = x.realFFT()
    #expect((spectrum.asReal().squared().sum(along: -1) - 1).abs().max().item < 1e-14)
    #expect((spectrum.inverseRealFFT(count: 8) - x).abs().max().item < 1e-14)
  }

  @Test("a million small operations do not grow memory")
  func memory() async {
    // In a process of its own: other tests take memory beside this one.
    await #expect(processExitsWith: .success) {
      func residentBytes() throws -> Int {
        let text = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8)
        return try #require(Int(text.split(separator: " ")[1])) * 4096
      }
      func work(_ count: Int) {
        var x = Tensor([1.0])
        for _ in 0..<count { x = x * 0.5 + 1 }
      }
      work(20_000)
      let before = try residentBytes()
      work(500_000)
      // A million results that were kept would take 356 MB: 192 bytes of tensor, 100 of storage and 64 of data each.
      #expect(try residentBytes() - before < 10 << 20)
    }
  }
}

extension Tensor {
  fileprivate func item(at index: Int) -> Double { self[index].item }
}
