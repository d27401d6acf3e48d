import Foundation
import LinearGeometry
import Reports
import Torch

/// The article's toy problem as figures with a slider over lambda.
public enum ToyFigures {
  /// The boundary between images of a and b, an image x of class I, its projection and its mirror image,
  /// and how angle and distance follow lambda.
  ///
  /// - Throws: `LinearGeometryError` (it does not for the standard problem).
  public static func slides(loss: LinearLoss = .hinge) throws -> Plot {
    let toy = ToyProblem()
    let problem = try toy.problem()
    let path = try RegularisationPath(
      of: problem, loss: loss, over: LambdaGrid(from: 0.5, to: -4, perDecade: 5), tolerance: 1e-9)
    let states = try attempt {
      path.fits.map { State($0, problem: problem, toy: toy) }
    }
    return Plot(
      title: "The toy problem: images of a and b",
      caption: """
        Class I has a in [-1, -0.2], class J in [0.2, 1], b is 0; one image of class I is noise at \
        (0.3, 0.25). Weak regularisation tilts the line until the noise is right too, and x meets its \
        mirror image x_m. In pictures the left half shows a, the right half b.
        """,
      content: .slides(
        Plot.Slides(
          setting: "lambda =", steps: states.map { step($0, states, toy) }, start: 4, columns: 3,
          table: table(of: states))))
  }

  private struct State {
    let lambda: Double
    let measures: TiltMeasures
    let normal: SIMD2<Double>
    let offset: Double
    let x: SIMD2<Double>
    let projected: SIMD2<Double>
    let mirrored: SIMD2<Double>

    init(_ fit: LinearFit, problem: BinaryProblem, toy: ToyProblem) {
      lambda = fit.lambda
      measures = TiltMeasures(fit.classifier, on: problem)
      let direction = fit.classifier.direction.values(as: Double.self)
      normal = SIMD2(direction[0], direction[1])
      offset = fit.classifier.offset
      // An image in the middle of class I.
      let point = toy.negative[(toy.negative.size(0) / 2)..<(toy.negative.size(0) / 2 + 1)]
      func place(_ tensor: Tensor) -> SIMD2<Double> {
        let values = tensor.values(as: Double.self)
        return SIMD2(values[0], values[1])
      }
      x = place(point)
      projected = place(fit.classifier.projected(point))
      mirrored = place(fit.classifier.mirrored(point))
    }

    /// The length of the way from x to its mirror image.
    var way: Double { ((mirrored - x) * (mirrored - x)).sum().squareRoot() }
  }

  private static func step(
    _ state: State, _ states: [State], _ toy: ToyProblem
  ) -> Plot.Slides.Step {
    func curve(_ title: String, _ unit: String, _ value: (State) -> Double) -> Plot {
      let points = states.reversed().map {
        Plot.Series.Point(x: TiltFigures.rounded(log10($0.lambda)), y: value($0))
      }
      let here = Plot.Series.Point(x: TiltFigures.rounded(log10(state.lambda)), y: value(state))
      return Plot(
        title: title, caption: "",
        content: .lines(
          Plot.Lines(
            x: TiltFigures.axis, y: Plot.Axis(unit),
            series: [
              Plot.Series(title, points: points, style: .plain),
              Plot.Series("here", points: [here], style: .points),
            ])))
    }
    func picture(_ title: String, _ point: SIMD2<Double>) -> Plot {
      let grey = ToyProblem.picture(point, size: 2).prefix(2).map(Double.init)
      return Plot(
        title: title, caption: "", content: .picture(Plot.Picture(rows: [grey, grey])))
    }
    return Plot.Slides.Step(
      NumberText.short(state.lambda, digits: 3),
      panels: [
        plane(state, toy),
        curve("Tilting angle", "radians") { $0.measures.angle ?? .nan },
        curve("From x to its mirror image", "distance", \.way), picture("x", state.x),
        picture("x_p, on the boundary", state.projected),
        picture("x_m, the mirror image", state.mirrored),
      ])
  }

  private static func plane(_ state: State, _ toy: ToyProblem) -> Plot {
    func points(_ tensor: Tensor) -> [Plot.Series.Point] {
      let values = tensor.values(as: Double.self)
      return (0..<tensor.size(0)).map { .init(x: values[2 * $0], y: values[2 * $0 + 1]) }
    }
    let foot = state.normal * -state.offset
    let way = SIMD2(-state.normal.y, state.normal.x) * 3
    let ends = [foot - way, foot + way].sorted { $0.x < $1.x }
    let images = [state.x, state.projected, state.mirrored]
    return Plot(
      title: "Boundary", caption: "",
      content: .lines(
        Plot.Lines(
          x: Plot.Axis("a", range: -1.1...1.1), y: Plot.Axis("b", range: -1.1...1.1),
          series: [
            Plot.Series("class I", points: points(toy.negative), style: .points),
            Plot.Series("class J", points: points(toy.positive), style: .points),
            Plot.Series("boundary", points: ends.map { .init(x: $0.x, y: $0.y) }, style: .plain),
            Plot.Series(
              "x, x_p, x_m", points: images.map { .init(x: $0.x, y: $0.y) }, style: .marked),
          ])))
  }

  private static func table(of states: [State]) -> TextTable {
    func number(_ value: Double?) -> String {
      value.map { NumberText.short($0, digits: 4) } ?? ""
    }
    return TextTable(
      [
        "lambda", "angle (rad)", "adversarial distance", "error", "x", "x_p", "x_m",
        "from x to x_m",
      ].map { TextTable.Column($0, .trailing) },
      rows: states.map { state in
        func place(_ point: SIMD2<Double>) -> String {
          "(\(NumberText.short(point.x, digits: 3)), \(NumberText.short(point.y, digits: 3)))"
        }
        return [
          number(state.lambda), number(state.measures.angle),
          number(state.measures.adversarialDistance), NumberText.percent(state.measures.error),
          place(state.x), place(state.projected), place(state.mirrored), number(state.way),
        ]
      })
  }
}
