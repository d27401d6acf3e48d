/// What was measured over the steps of a run, under one name.
struct Curve: Sendable {
  let name: String
  var sketch = CurveSketch()

  init(_ name: String) { self.name = name }
}
