import Testing
import Torch

@testable import Datasets

@Suite struct StandardisationTests {
  private func table(_ values: [Float], columns: Int) throws -> Dataset {
    let rows = values.count / columns
    return try Dataset(
      name: "t", inputs: Tensor(values, shape: [rows, columns]),
      labels: Tensor([Int64](repeating: 0, count: rows)), classNames: ["a"],
      range: Dataset.unbounded)
  }

  @Test func columnsHaveMeanZeroAndDeviationOne() throws {
    let train = try table([1, 10, 7, 3, 30, 7, 5, 50, 7, 7, 70, 7], columns: 3)
    let fitted = try Standardisation(fittedTo: train)
    #expect(fitted.mean == [4, 40, 7])
    // A constant column has no deviation to divide by.
    let deviation = Float(5).squareRoot()
    #expect(
      zip(fitted.standardDeviation, [deviation, 10 * deviation, 1]).allSatisfy {
        abs($0 - $1) < 1e-5
      })
    let scaled = try fitted.applied(to: train).inputs
    #expect(scaled.mean(along: 0).abs().max().item < 1e-6)
    let squares = scaled.squared().mean(along: 0).values(as: Double.self)
    #expect(zip(squares, [1, 1, 0]).allSatisfy { abs($0 - $1) < 1e-5 })
  }

  @Test func otherPartsUseTheTrainingColumns() throws {
    let fitted = try Standardisation(fittedTo: table([0, 2, 0, 2], columns: 1))
    let test = try table([5, 1, 9], columns: 1).subset([0, 2])
    let scaled = try fitted.applied(to: test)
    #expect(scaled.inputs.values(as: Float.self) == [4, 8] && scaled.sourceIndices == [0, 2])
    #expect(scaled.range == Dataset.unbounded)
    let error = try failure { _ = try fitted.applied(to: table([1, 2], columns: 2)) }
    #expect(error.kind == .countsDiffer)
  }

  @Test func onlyTablesHaveColumns() throws {
    let images = try Dataset(
      name: "i", inputs: .zeros([2, 1, 2, 2]), labels: Tensor([0, 0]), classNames: ["a"])
    #expect(try failure { _ = try Standardisation(fittedTo: images) }.kind == .unsupported)
    let nodes = try Dataset(
      name: "n", inputs: Tensor([0, 1]), labels: Tensor([0, 0]), classNames: ["a"])
    #expect(try failure { _ = try Standardisation(fittedTo: nodes) }.kind == .unsupported)
  }
}
