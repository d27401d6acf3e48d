import Foundation
import Reports
import Testing

@Suite struct ReportJSONTests {
  @Test func bytesAreGolden() throws {
    let report = try Sample.report()
    let golden = #"""
      {
        "confidence": {
          "grade": "C",
          "next": ["Attack the margin"],
          "weight": 2
        },
        "findings": [
          {
            "better": "higher",
            "detail": "PGD, 40 steps, 1000 images",
            "high": 0.463,
            "id": "evasion.robust_accuracy.linf.0.1",
            "low": 0.401,
            "threshold": null,
            "title": "Robust accuracy, Linf 0.1",
            "unit": "rate",
            "value": 0.432,
            "verdict": "info"
          },
          {
            "better": "higher",
            "detail": "a | b & \"c\"\nsecond line",
            "high": 0.92,
            "id": "accuracy.clean",
            "low": 0.88,
            "threshold": 0.8,
            "title": "Clean <script>alert(1)</script> accuracy",
            "unit": "rate",
            "value": 0.9,
            "verdict": "pass"
          },
          {
            "better": "lower",
            "detail": "",
            "high": null,
            "id": "calibration.ece",
            "low": null,
            "threshold": null,
            "title": "Calibration error",
            "unit": "",
            "value": null,
            "verdict": "info"
          }
        ],
        "flags": [
          {
            "check": null,
            "id": "gradients.zero_share",
            "meaning": "Gradients vanish & hide weakness",
            "raised": true,
            "remedy": "Attack the margin",
            "threshold": 0.0,
            "value": 0.99
          },
          {
            "check": null,
            "id": "model.random",
            "meaning": "Random answers",
            "raised": false,
            "remedy": "Average over draws",
            "threshold": null,
            "value": null
          }
        ],
        "samples": "samples.csv",
        "schema": "touchstone.audit/1",
        "seconds": 12.5,
        "seed": 18446744073709551615,
        "settings": {
          "alpha": [0.1, 0.25],
          "nested": {
            "none": null,
            "off": false
          },
          "zeta": 1
        },
        "started": "2027-01-15T08:00:00Z",
        "subject": {
          "model": {
            "bytes": 12,
            "file": "a\"b.pt"
          },
          "name": "</title><script>alert(2)</script>"
        },
        "version": "0.1.0"
      }

      """#
    #expect(String(decoding: report.jsonData(), as: UTF8.self) == golden)
  }

  @Test func readsBackWhatItWrote() throws {
    let data = try Sample.report().jsonData()
    let report = try JSONDecoder().decode(Report.self, from: data)
    #expect(report.jsonData() == data)
    #expect(report.finding("calibration.ece")?.value == nil)
    #expect(report.seed == .max)
  }

  @Test func foundationsEncoderWritesTheSameFields() throws {
    let report = try Sample.report()
    let data = try JSONEncoder().encode(report)
    let decoded = try JSONDecoder().decode(Report.self, from: data)
    #expect(decoded.jsonData() == report.jsonData())
  }

  @Test func anotherSchemaIsRefused() throws {
    let text = String(decoding: try Sample.report().jsonData(), as: UTF8.self)
    let other = text.replacingOccurrences(of: "touchstone.audit/1", with: "touchstone.audit/9")
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(Report.self, from: Data(other.utf8))
    }
  }

  @Test func objectsKeepTheirOrderAndReplaceInPlace() {
    var object: JSONObject = ["b": 1, "a": 2]
    object["b"] = 3
    object["c"] = 4
    object["a"] = nil
    #expect(object.members.map(\.key) == ["b", "c"])
    #expect(JSONValue.object(object).text() == #"{"b":3,"c":4}"#)
  }

  @Test func numbersAndTextsAreWrittenToBeReadBack() {
    let values: JSONValue = [0.1, 1.0, 1e-7, 12_345_678.9, .number(.infinity), -0.0]
    #expect(values.text() == "[0.1,1.0,1e-07,12345678.9,null,-0.0]")
    #expect(JSONValue.string("\u{1}\u{2028}\"\\\t/é😀").text() == #""\u0001\u2028\"\\\t/é😀""#)
  }
}

@Suite struct FindingIDTests {
  @Test(arguments: [
    "accuracy.clean", "evasion.robust_accuracy.linf.0.1", "leakage.membership.tpr_at_fpr_0.01",
    "explanation.deletion.integrated-gradients", "a",
  ])
  func accepts(id: String) throws {
    #expect(try FindingID(id).text == id)
  }

  @Test(arguments: ["", ".", "a..b", "a.", ".a", "A.b", "a b", "0.1", "é", "a\n", "a/b"])
  func refuses(id: String) {
    #expect(throws: FindingIDError.self) { try FindingID(id) }
  }

  @Test(arguments: [
    (0.1, "0.1"), (0.03137254901960784, "0.0313725"), (1, "1"), (0.00001, "0.00001"), (0, "0"),
    (0.5, "0.5"), (12.25, "12.25"), (1000, "1000"),
  ])
  func partsOfRadii(radius: Double, expected: String) {
    #expect(FindingID.part(for: radius) == expected)
  }
}
