import Reports
import Testing

@Suite("Grids of pictures")
struct GridTests {
  @Test("pictures lie in rows, magnified, with white between them")
  func places() throws {
    let pictures: [[Float]] = [[0, 0.2], [0.4, 0.6], [0.8, 1]]
    let grid = try Bitmap.grid(
      pictures, shape: (channels: 1, height: 1, width: 2), columns: 2, magnification: 1)
    #expect(grid.width == 6 && grid.height == 4)
    #expect(
      grid.pixels == [
        0, 51, 255, 255, 102, 153, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 204,
        255, 255, 255, 255, 255,
      ])
    let large = try Bitmap.grid(
      [[0, 1, 0.2]], shape: (channels: 3, height: 1, width: 1), columns: 1, magnification: 2)
    #expect(large.width == 2 && large.height == 2)
    #expect(large.pixels == [0, 255, 51, 0, 255, 51, 0, 255, 51, 0, 255, 51])
  }

  @Test("pictures of another size are refused, also when there are none")
  func refusals() {
    #expect(throws: BitmapError.self) {
      try Bitmap.grid([[0, 0, 0]], shape: (channels: 1, height: 1, width: 2), columns: 1)
    }
    #expect(throws: BitmapError.self) {
      try Bitmap.grid([], shape: (channels: 1, height: 1, width: 2), columns: 1)
    }
  }
}
