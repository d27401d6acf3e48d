import Perturbations
import Testing
import Torch

/// The numbers that the authors' and other implementations gave on a network of closed form.
@Suite("Minimum-norm attacks against other implementations")
struct GoldenMinimumNormTests {
  private func lengths(
    _ attack: any Attack, _ norm: any Norm, _ dtype: DType = .float64
  ) throws -> [Double] {
    let ball = try Ball(norm, radius: .infinity, box: 0...1)
    let batch = try ToyNetwork.batch(dtype)
    let result = try attack.run(
      on: ToyNetwork.target(dtype), batch, within: ball, context: Context())
    let logits = try ToyNetwork.target(dtype).logits(result.adversarial)
    #expect(!Target.isCorrect(logits, batch.labels).any)
    return try result.distance.map { try #require($0) }
  }

  private func check(_ found: [Double], _ row: String, _ norm: String, within tolerance: Double)
    throws
  {
    let golden = try ToyNetwork.golden("attacks", row, norm).values(as: Double.self)
    for (found, golden) in zip(found, golden) {
      #expect(abs(found - golden) < tolerance, "\(row)")
    }
  }

  @Test("steps onto hyperplanes inside the box", arguments: ["linf", "l2", "l1"])
  func hyperplane(_ name: String) throws {
    let inputs = try ToyNetwork.golden("x")
    let normal = try ToyNetwork.golden("hyperplane", "w")
    let change = try ToyNetwork.golden("hyperplane", "b") - (inputs * normal).sum(along: 1)
    let room = Room(around: inputs, in: try Ball(L2(), radius: 1, box: 0...1))
    let step = try Norms.named(name).shortestStep(along: normal, by: change, within: room)
    let golden = try ToyNetwork.golden("hyperplane", name)
    #expect((step - golden).abs().max().item < 1e-6)
  }

  @Test("FAB")
  func fab() throws {
    let attack = FastAdaptiveBoundary(steps: 50, polishes: false)
    try check(lengths(attack, LInf(), .float32), "fab/Linf/n50 (float32)", "linf", within: 1e-5)
    try check(lengths(attack, L2(), .float32), "fab/L2/n50 (float32)", "l2", within: 1e-5)
  }

  @Test("FAB towards the runner-up")
  func targetedFab() throws {
    let attack = TargetedFastAdaptiveBoundary(targets: 1, steps: 50, polishes: false)
    try check(
      lengths(attack, LInf(), .float32), "fab-t(rank2)/Linf/n50 (float32)", "linf", within: 1e-5)
    try check(
      lengths(attack, L1(), .float32), "fab-t(rank2)/L1/n50 (float32)", "l1", within: 1e-5)
  }

  @Test("DeepFool")
  func deepFool() throws {
    try check(lengths(DeepFool(polishes: false), L2()), "foolbox deepfool/L2", "l2", within: 1e-6)
  }

  @Test("DDN")
  func ddn() throws {
    let found = try lengths(DecoupledDirectionNorm(polishes: false), L2())
    try check(found, "foolbox ddn100", "l2", within: 1e-6)
    try check(found, "advlib ddn100 levels=None", "l2", within: 1e-6)
  }

  @Test("FMN")
  func fmn() throws {
    try check(
      lengths(FastMinimumNorm(polishes: false), LInf()), "foolbox fmn100/Linf", "linf", within: 1e-6
    )
    // The other implementation rescales perturbations onto the sphere in every step, also those inside
    // it, which is not the projection of the paper: the lengths come out alike, not equal.
    let golden = try ToyNetwork.golden(
      "attacks", "advlib fmn100/L2 (rescales onto sphere every step)", "l2"
    ).values(as: Double.self)
    for (found, golden) in zip(try lengths(FastMinimumNorm(polishes: false), L2()), golden) {
      #expect(abs(found / golden - 1) < 0.03)
    }
  }

  @Test("C&W")
  func carliniWagner() throws {
    let attack = CarliniWagner(steps: 200, abortsEarly: false, polishes: false)
    try check(lengths(attack, L2()), "advlib cw_l2 9x200 lr.01", "l2", within: 1e-6)
  }
}
