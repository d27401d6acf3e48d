import Explanations
import Perturbations
import Testing
import Torch

/// Sizes against those that Pillow 13 with libjpeg-turbo 6.2 gives the same pixels.
@Suite("Maps as JPEG files")
struct CompressedSizeTests {
  private func kilobytes(
    quality: Int = 75, _ value: (_ x: Int, _ y: Int) -> Double
  ) throws -> Double {
    let values = (0..<28 * 28).map { value($0 % 28, $0 / 28) }
    let result = AttributionResult(
      method: "by hand", indices: [0], classes: [0], scores: [0],
      maps: Tensor(values, shape: [1, 28, 28]))
    return try CompressedSize(quality: quality).measure(
      result, of: Saliency(), GoldenNetwork.batch, GoldenNetwork.question(), context: Context())[0]
  }

  private func texture(_ x: Int, _ y: Int) -> Double {
    Double((x * 37 + y * 101 + x * y * 7) % 256)
  }

  @Test("a file has as many bytes as elsewhere, give or take its header")
  func agrees() throws {
    func differs(_ found: Double, _ bytes: Int) -> Bool { abs(found * 1000 - Double(bytes)) > 8 }
    #expect(!differs(try kilobytes { _, _ in 3 }, 344))
    #expect(!differs(try kilobytes { x, y in Double((x + y) * 255 / 54) }, 421))
    #expect(!differs(try kilobytes(texture), 847))
    #expect(!differs(try kilobytes(quality: 95, texture), 1282))
  }

  @Test("a constant map is smallest, noise is largest, and the scale does not matter")
  func order() throws {
    var stream = RandomStream(seed: 1, purpose: "noise")
    let noise = (0..<28 * 28).map { _ in stream.uniform() }
    let (flat, ramp) = (try kilobytes { _, _ in 0 }, try kilobytes { x, _ in Double(x) })
    #expect(flat < ramp)
    #expect(ramp < (try kilobytes { x, y in noise[28 * y + x] }))
    #expect(try kilobytes(texture) == kilobytes { x, y in -3 + 0.5 * texture(x, y) })
    #expect(try kilobytes { x, y in x == y ? .nan : 0 }.isNaN)
  }

  @Test("a quality that there is not, and inputs that are no pictures, are refused")
  func refuses() {
    #expect(throws: ExplanationError.self) { try kilobytes(quality: 0) { _, _ in 0 } }
    let flat = AttributionResult(
      method: "by hand", indices: [0], classes: [0], scores: [0],
      maps: Tensor([1.0, 2], shape: [1, 2]))
    #expect(throws: ExplanationError.self) {
      try CompressedSize().measure(
        flat, of: Saliency(), GoldenNetwork.batch, GoldenNetwork.question(), context: Context())
    }
  }
}
