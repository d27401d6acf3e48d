import Certificates
import Datasets
import Foundation
import Networks
import Perturbations
import Testing
import Torch
import Training

/// Every attack there is on 2000 test images of a network that was trained for certificates.
@Suite("No attack beats a certificate on Fashion-MNIST")
struct CertifiedRadiiTests {
  init() { IntraOperatorThreads.set(1) }

  private static let isSlow = ProcessInfo.processInfo.environment["TOUCHSTONE_SLOW_TESTS"] != nil
  private static let count = 2000

  /// `TOUCHSTONE_DATA`, or `shared/data` beside the package.
  private static var fashion: String {
    let package = URL(filePath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    let beside = package.deletingLastPathComponent().appending(path: "shared/data").path
    return (ProcessInfo.processInfo.environment["TOUCHSTONE_DATA"] ?? beside) + "/fashion-mnist"
  }

  /// Settings with which 2000 images take seconds, where an attack's own would take an hour.
  private static let settings: [String: [String: String]] = [
    "apgd": ["steps": "30"], "apgd-t": ["steps": "20", "targetClasses": "3"],
    "boundary": ["steps": "200"],
    "cw": ["steps": "40"], "fab": ["steps": "30"], "fab-t": ["steps": "30", "targets": "3"],
    "gaussian": ["draws": "50"], "hopskipjump": ["steps": "6", "evaluations": "50"],
    "noise": ["draws": "50"], "spsa": ["steps": "10", "samples": "8"],
    "square": ["queries": "300"],
  ]

  /// The radii at which attacks of a fixed budget are run.
  private static let radii = ["l2": [0.25, 1], "linf": [0.03], "l1": [4]]

  private static func trained() throws -> FrozenNetwork {
    let model = LipschitzCNN(using: Generator(seed: 0, purpose: "weights"))
    let data = try Dataset.load(from: fashion, split: .train)
    var settings = TrainerSettings()
    (settings.steps, settings.batchSize) = (400, 256)
    settings.optimiser = OptimiserSettings(rule: .adam)
    settings.learningRate = LearningRate(5e-3, shape: .cosine, warmup: 0.05)
    let folder = FileManager.default.temporaryDirectory.appending(path: "radii-\(UUID())")
    defer { try? FileManager.default.removeItem(at: folder) }
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let term = try SoftHKR(HingeRegularisation(alpha: 0.98, minMargin: 0.5), temperature: 50)
    _ = try Trainer(
      model: model, objective: Objective { term }, training: data, evaluation: try data.prefix(100),
      settings: settings, context: Context(seed: 0), folder: folder, identity: "radii",
      isStopRequested: { false }
    ).run()
    return FrozenNetwork(model, inputShape: [1, 28, 28], classCount: 10)
  }

  @Test(
    "what breaks an image is longer than its certified radius",
    .enabled(if: isSlow, "set TOUCHSTONE_SLOW_TESTS"))
  func everyAttack() throws {
    guard FileManager.default.fileExists(atPath: Self.fashion) else {
      print("skipped: \(Self.fashion) is not there")
      return
    }
    let model = try Self.trained()
    let test = try Dataset.load(from: Self.fashion, split: .test)
    let batch = test.batch(Array(0..<Self.count))
    let context = Context(seed: 1, workers: 4)
    let proven = try LipschitzMargin().certify(model, batch, context: context)
    let certified = proven.radius.map { $0 ?? 0 }
    #expect(certified.count { $0 > 0.25 } > Self.count / 2, "else there is nothing to beat")
    for name in Attacks.ofNumbers.map(\.name) {
      let attack = try (Self.settings[name] ?? [:]).reduce(try Attacks.named(name)) {
        try $0.setting($1.key, to: $1.value)
      }
      for norm in attack.about.norms where norm != "l0" {
        let searches =
          attack.about.kind == .minimumNorm || ["boundary", "hopskipjump"].contains(name)
        for radius in searches ? [.infinity] : Self.radii[norm] ?? [] {
          let ball = try Ball(Norms.named(norm), radius: radius, box: 0...1)
          let result = try AttackEngine().run(
            attack, on: Target(model), batch, within: ball, context: context)
          expectLonger(result, than: certified, batch, "\(name) \(norm) \(radius)")
        }
      }
    }
  }

  private func expectLonger(
    _ result: AttackResult, than certified: [Double], _ batch: Batch, _ what: String
  ) {
    let lengths = L2().length(of: result.adversarial - batch.inputs).values(as: Double.self)
    let broken = lengths.indices.filter { result.success[$0] && certified[$0] > 0 }
    // Lengths are measured in single precision.
    let beaten = broken.filter { lengths[$0] <= certified[$0] * (1 - 1e-5) }
    let nearest = broken.map { lengths[$0] / certified[$0] }.min() ?? .infinity
    print("\(what): \(broken.count) broken, nearest at \(nearest) certified radii")
    #expect(beaten.isEmpty, "\(what) beats the certificates of \(beaten)")
  }
}
