import Reports
import Testing

@Suite("Heat maps")
struct HeatMapTests {
  private func pixel(_ picture: Bitmap, _ row: Int, _ column: Int) -> [UInt8] {
    let start = (row * picture.width + column) * 3
    return Array(picture.pixels[start..<start + 3])
  }

  @Test("red speaks for, blue against, white says nothing, and so does what is no number")
  func colours() throws {
    let picture = try HeatMap.picture([2, -1, 0, .nan], height: 2, width: 2, enlargement: 3)
    #expect(picture.width == 6 && picture.height == 6 && picture.channels == 3)
    let (red, blue) = (pixel(picture, 2, 2), pixel(picture, 0, 3))
    #expect(red[0] > 150 && red[2] < 50)
    #expect(blue[2] > blue[0] && blue[0] > 100)
    #expect(pixel(picture, 3, 0) == [255, 255, 255] && pixel(picture, 5, 5) == [255, 255, 255])
    let nothing = try HeatMap.picture([0, 0], height: 1, width: 2)
    #expect(nothing.pixels.allSatisfy { $0 == 255 })
  }

  @Test("an overlay keeps the picture where the map says nothing")
  func overlays() throws {
    let picture = try HeatMap.overlay(
      [0, 1], on: [0, 1, 0, 1, 0, 1], channels: 3, height: 1, width: 2)
    #expect(pixel(picture, 0, 0) == [115, 115, 115])
    #expect(pixel(picture, 0, 1)[0] > 150 && pixel(picture, 0, 1)[2] < 50)
    #expect(throws: BitmapError.self) { try HeatMap.picture([1, 2, 3], height: 2, width: 2) }
  }
}
