import Foundation
import Testing

@testable import Dashboard

@Suite("Curves")
struct CurveTests {
  @Test("few values are kept as they are")
  func few() {
    var sketch = CurveSketch(limit: 4)
    for step in 0..<4 { sketch.append(step: step, value: Double(step * step)) }
    #expect(sketch.points == (0..<4).map { .init(step: Double($0), value: Double($0 * $0)) })
    #expect(sketch.stride == 1)
  }

  @Test("many become means of equally many", arguments: [5, 8, 9, 63, 64, 65, 1000])
  func many(count: Int) {
    var sketch = CurveSketch(limit: 8)
    for step in 0..<count { sketch.append(step: step, value: Double(step)) }
    let stride = sketch.stride
    #expect(sketch.points.count == (count + stride - 1) / stride)
    #expect(sketch.points.count <= 9)
    for (index, point) in sketch.points.enumerated() {
      let range = (index * stride)..<min(count, (index + 1) * stride)
      let mean = Double(range.reduce(0, +)) / Double(range.count)
      #expect(abs(point.step - mean) < 1e-9 && abs(point.value - mean) < 1e-9)
    }
    #expect(sketch.latest == .init(step: Double(count - 1), value: Double(count - 1)))
  }

  @Test("what is no number makes a gap and spoils no other point")
  func gaps() {
    var sketch = CurveSketch(limit: 8)
    for step in 0..<3 { sketch.append(step: step, value: step == 1 ? .nan : 1) }
    #expect(sketch.points.map(\.value.isNaN) == [false, true, false])
  }

  private func update(_ reader: inout MetricsReader, _ folder: ServedFolder) -> Bool {
    reader.update(in: folder)
  }

  @Test("a log is read as it grows, by whole lines")
  func growing() throws {
    let scratch = try Scratch()
    let folder = ServedFolder(path: scratch.path("run"))
    var reader = MetricsReader()
    #expect(update(&reader, folder) == false)
    try scratch.write("run/metrics.csv", "step,loss,error\n0,2,\n1,1")
    #expect(update(&reader, folder))
    #expect(reader.curves.map(\.name) == ["loss", "error"])
    #expect(reader.step == 0)
    #expect(update(&reader, folder) == false)
    try append(".5,0.25\n2,nan,x\n", to: scratch.path("run/metrics.csv"))
    #expect(update(&reader, folder))
    #expect(reader.step == 2)
    #expect(reader.curves[0].sketch.points.prefix(2).map(\.value) == [2, 1.5])
    #expect(reader.curves[0].sketch.points[2].value.isNaN)
    #expect(reader.curves[1].sketch.points == [.init(step: 1, value: 0.25)])
  }

  @Test("a log that was cut back is read again, also when it has outgrown its old length")
  func cutBack() throws {
    let scratch = try Scratch()
    let folder = ServedFolder(path: scratch.path("run"))
    var reader = MetricsReader()
    let path = scratch.path("run/metrics.csv")
    try scratch.write("run/metrics.csv", "step,loss\n0,1\n1,1\n2,1\n")
    _ = reader.update(in: folder)
    let handle = try #require(FileHandle(forUpdatingAtPath: path))
    try handle.truncate(atOffset: 14)
    _ = reader.update(in: folder)
    #expect(reader.step == 0)
    try append("1,7\n2,7\n3,7\n", to: path)
    _ = reader.update(in: folder)
    #expect(reader.curves[0].sketch.points.map(\.value) == [1, 7, 7, 7])
    // Cut back and written past its old end between two looks.
    try handle.truncate(atOffset: 14)
    try append("1,8\n2,8\n3,8\n4,8\n5,8\n", to: path)
    _ = reader.update(in: folder)
    #expect(reader.curves[0].sketch.points.map(\.value) == [1, 8, 8, 8, 8, 8])
  }

  @Test("a log whose steps go back and forth is read to its end")
  func disordered() throws {
    let scratch = try Scratch()
    try scratch.write("run/metrics.csv", "step,loss\n0,1\n5,2\n3,3\n6,4\n")
    var reader = MetricsReader()
    #expect(update(&reader, ServedFolder(path: scratch.path("run"))))
    #expect(reader.curves[0].sketch.points.map(\.step) == [0, 5, 6])
  }

  @Test("values of terms are put together, six to a figure")
  func figures() {
    func curve(_ name: String) -> Curve {
      var curve = Curve(name)
      curve.sketch.append(step: 0, value: 1)
      return curve
    }
    let names =
      ["loss", "a", "a.weight", "a.gradient_norm", "a.part", "tuning/loss"]
      + (0..<7).map { "t\($0).weight" }
    let figures = CurveFigure.figures(of: names.map(curve))
    #expect(
      figures.map(\.title) == [
        "loss", "a", "weights", "gradient norms", "a, parts", "tuning/loss", "weights (2)",
      ])
    #expect(figures[2].curves.map(\.name) == ["a", "t0", "t1", "t2", "t3", "t4"])
    #expect(figures[6].curves.map(\.name) == ["t5", "t6"])
    #expect(!CurveFigure.figures(of: [curve("learning_rate")])[0].isMain)
    #expect(figures.filter(\.isMain).map(\.title) == ["loss", "a", "tuning/loss"])
    let compared = CurveFigure.figures(comparing: [
      ("one", [curve("loss"), curve("a.weight")]), ("two", [curve("loss")]),
    ])
    #expect(compared.map(\.title) == ["loss", "a.weight"])
    #expect(compared[0].curves.map(\.name) == ["one", "two"])
  }
}

/// Adds text to a file as a run does.
func append(_ text: String, to path: String) throws {
  let handle = try #require(FileHandle(forWritingAtPath: path))
  try handle.seekToEnd()
  try handle.write(contentsOf: Data(text.utf8))
  try handle.close()
}
