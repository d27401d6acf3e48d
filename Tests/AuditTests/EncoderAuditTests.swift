import Audit
import Datasets
import Foundation
import Inversion
import Networks
import Reports
import Testing
import Torch

@Suite("Audits of encoders")
struct EncoderAuditTests {
  private func withFolder<Result>(_ body: (URL) throws -> Result) throws -> Result {
    let folder = FileManager.default.temporaryDirectory.appending(path: "encoder-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try body(folder)
  }

  /// An encoder that learned nothing, of templates of 8 numbers, and how it is audited.
  private func subject(
    in folder: URL, learned: Set<String>? = nil,
    _ change: (inout EncoderAuditSettings) -> Void = { _ in }
  ) throws -> EncoderSubject {
    let file = folder.appending(path: "encoder.pt")
    let seed = Generator(seed: 3, purpose: "weights")
    try IdentityCNN(side: 16, embeddingSize: 8, width: 4, using: seed).export(to: file)
    var data = TemplateRecipe.Data(source: "portraits")
    data.portraits = PortraitOptions(
      privateIdentities: 5, publicIdentities: 16, size: 16, train: 4, test: 3)
    data.thresholdIdentities = 4
    var settings = EncoderAuditSettings(.tiny, data: data, imageShape: [1, 16, 16])
    settings.inversion.encoders.system.path = file.path
    settings.inversion.threads = 1
    settings.attacksDefences = false
    change(&settings)
    return try EncoderSubject(
      name: "encoder", settings: settings, context: Context(seed: 0), learned: learned,
      cache: folder)
  }

  @Test("a report has error rates, rows between look-alikes and real people, and who may make it")
  func whole() throws {
    let result = try withFolder { try EncoderAudit().run(on: subject(in: $0), profile: .tiny) }
    let report = result.report
    for id in [
      "verification.eer", "verification.tar.0.001", "defence.signs.eer",
      "defence.projection.nearest_public.0.001", "defence.projected-signs.eer",
    ] { #expect(report.finding(id) != nil, "\(id)") }
    let family = "leakage.template_inversion."
    for rate in ["0.1", "0.01", "0.001"] {
      for row in ["sar_type_one", "sar_type_two", "genuine", "random_public", "nearest_public"] {
        let finding = report.finding("\(family)\(row).\(rate)")
        #expect(finding?.low != nil && finding?.unit == Finding.rate)
      }
      let lift = try #require(report.finding("\(family)lift_type_two.\(rate)")?.value)
      let made = try #require(report.finding("\(family)sar_type_two.\(rate)")?.value)
      let near = try #require(report.finding("\(family)nearest_public.\(rate)")?.value)
      #expect(abs(lift - (made - near)) < 1e-12)
      // Real images are all that there are; only attacks choose.
      let real = report.finding("\(family)genuine.\(rate)")?.detail ?? "best of"
      let chosen = report.finding("\(family)sar_type_one.\(rate)")?.detail ?? ""
      #expect(!real.contains("best of") && chosen.contains("best of 2"))
    }
    // A hundred pairs are too few for one in a thousand.
    let flags = Dictionary(uniqueKeysWithValues: report.flags.map { ($0.id.text, $0.raised) })
    #expect(flags["verification.few_pairs"] == true && flags["\(family)few_pairs"] == true)
    let lows = ["0.1", "0.01", "0.001"].compactMap {
      report.finding("\(family)lift_type_two.\($0)")?.high
    }
    #expect(flags["\(family)weak_attack"] == lows.contains { $0 < 0 })
    let texts = [
      try HTMLReport(report).text(), MarkdownReport(report).text(),
      String(decoding: report.jsonData(), as: UTF8.self),
    ]
    for text in texts {
      #expect(text.contains("owns the audited model, or is authorised by its owner"))
      #expect(text.contains("They need scores of classes"))
    }
    #expect(result.samples.columns.first?.name == "person")
    let read = try JSONDecoder().decode(Report.self, from: report.jsonData())
    #expect(read.notice == report.notice)
  }

  @Test("a rotation of templates changes no score, so that it protects from nothing")
  func rotation() throws {
    var rotation = TemplateRecipe.Protection()
    (rotation.projection, rotation.seed) = (8, 7)
    let report = try withFolder { folder in
      let subject = try subject(in: folder) {
        $0.defences = [.init("rotation", rotation)]
      }
      return try EncoderAudit().run(on: subject, profile: .tiny).report
    }
    let plain = try #require(report.finding("verification.eer")?.value)
    let turned = try #require(report.finding("defence.rotation.eer")?.value)
    #expect(abs(plain - turned) < 1e-3)
    #expect(report.finding("defence.rotation.nearest_public_saved.0.001")?.value == 0)
  }

  @Test("an attack of its own learns what protected templates look like")
  func attackedDefence() throws {
    var signs = TemplateRecipe.Protection()
    signs.levels = 2
    let report = try withFolder { folder in
      let subject = try subject(in: folder) {
        ($0.defences, $0.attacksDefences) = ([.init("signs", signs)], true)
        $0.inversion.oracle = nil
      }
      return try EncoderAudit().run(on: subject, profile: .tiny).report
    }
    let made = try #require(report.finding("defence.signs.sar_type_two.0.001"))
    #expect(made.detail.contains("the best of 2"))
    let before = report.finding("leakage.template_inversion.sar_type_two.0.001")?.value
    let saved = report.finding("defence.signs.sar_type_two_saved.0.001")?.value
    #expect(abs((before ?? 9) - (made.value ?? 0) - (saved ?? 9)) < 1e-12)
    #expect(report.finding("leakage.template_inversion.attribute_error") == nil)
  }

  @Test("people whom the encoder learned from judge nothing")
  func learned() throws {
    try withFolder { folder in
      #expect(throws: InversionError.self) {
        _ = try subject(in: folder, learned: ["public 0", "private 3"])
      }
      _ = try subject(in: folder, learned: ["public 0", "public 1"])
      #expect(throws: InversionError.self) {
        _ = try subject(in: folder) { $0.inversion.encoders.system.path = nil }
      }
      #expect(throws: InversionError.noEncoder(path: "/nowhere.pt", role: "system")) {
        _ = try subject(in: folder) { $0.inversion.encoders.system.path = "/nowhere.pt" }
      }
    }
  }
}
