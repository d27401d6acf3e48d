import Testing
import Torch

@testable import Datasets

@Suite struct TableTests {
  private func read(_ text: String, _ options: TableOptions = TableOptions()) throws -> Dataset {
    let table = try Table(Array(text.utf8), name: "t.csv", options: options)
    return try Dataset(table.examples(named: "t"), range: Dataset.unbounded)
  }

  @Test func readsHeaderQuotesAndNamedLabels() throws {
    let data = try read("a,\"b, \"\"c\"\"\",kind\r\n1,2.5,dog\r\n\r\n-3,4e1,\"cat\"\r\n")
    #expect(data.inputs.values(as: Float.self) == [1, 2.5, -3, 40] && data.inputShape == [2])
    #expect(data.classNames == ["cat", "dog"] && data.labelValues == [1, 0])
    #expect(data.range == Dataset.unbounded)
  }

  @Test(arguments: [",", ";", "\t"]) func detectsDelimitersAndNoHeader(mark: String) throws {
    let data = try read("1\(mark)2\(mark)10\n3\(mark)4\(mark)9\n")
    #expect(data.inputs.values(as: Float.self) == [1, 2, 3, 4])
    #expect(data.classNames == ["9", "10"] && data.labelValues == [1, 0])
  }

  @Test func takesTheLabelColumnByNameOrNumber() throws {
    let text = "label,x\n1,5\n0,6\n"
    #expect(try read(text).labelValues == [1, 0])
    #expect(try read(text, TableOptions(label: "x")).classNames == ["5", "6"])
    #expect(try read(text, TableOptions(label: "1")).classNames == ["0", "1"])
    let error = try failure { _ = try read(text, TableOptions(label: "z")) }
    #expect(error.kind == .badSetting && error.remedy.contains("label, x"))
  }

  @Test(arguments: [
    ("a,b\n1,x\n2\n", DatasetError.Kind.countsDiffer, "line 3 has 1 fields"),
    ("a,b,c\n1,2,x\n1,oops,y\n", .badValue, "line 3, column 2 (b): \"oops\""),
    ("a,b,c\n1,,x\n1,2,y\n", .badValue, "line 2, column 2 (b): an empty field"),
    ("1,nan,0\n1,2,0\n", .notFinite, "line 1, column 2: \"nan\""),
    ("1,1e99,0\n", .notFinite, "line 1, column 2"),
    ("1,\"2\n", .truncated, "line 1, column 2: a quoted field is never closed"),
    ("1,\"2\"3,4\n", .corrupt, "line 1, column 2: text follows"),
    ("", .empty, "has no example"), ("a,b\n", .empty, "has no example"),
    ("1\n2\n", .badValue, "single column"), ("1,\n2,1\n", .badValue, "the label is empty"),
  ]) func saysWhereATableIsWrong(text: String, kind: DatasetError.Kind, part: String) throws {
    let error = try failure { _ = try read(text) }
    #expect(error.kind == kind && error.problem.contains(part))
  }

  @Test func givenClassesAreBinding() throws {
    let options = TableOptions(classNames: ["b", "a"])
    #expect(try read("1,a\n2,b\n", options).labelValues == [1, 0])
    let error = try failure { _ = try read("1,a\n2,c\n", options) }
    #expect(error.kind == .labelOutOfRange && error.problem.contains("line 2, column 2: \"c\""))
  }

  @Test func loadsByPath() throws {
    let path = try Scratch().write(Array("x,y\n1,0\n2,1\n".utf8), "my.csv")
    #expect(try failure { _ = try Dataset.load(from: path) }.kind == .missing)
    let scratch = try Scratch()
    let data = try Dataset.load(from: scratch.write(Array("x,y\n1,0\n2,1\n".utf8), "my.csv"))
    #expect(data.name == "my" && data.count == 2)
  }
}
