import Audit
import Foundation
import Networks
import Reports
import Testing
import Torch

/// The checks of attacks, on models on which attacks are known to fail.
@Suite("Flags of attacks")
struct AttackFlagTests {
  @Test("C1 to C5, C7, C8 and D3: a ripple that drowns the slope")
  func shattered() throws {
    let model = FlagTests.Model(input: { $0 + ($0 * 40).sin() * 0.1 })
    let flags = try FlagTests.flags(model, probes: [RobustnessProbe()]) {
      ($0.queries, $0.probedCount) = (50, 40)
      $0.radii = [.init(norm: "linf", radii: [0.05, 0.1, 0.3])]
    }
    #expect(FlagTests.raised(flags) == ["C1", "C2", "C3", "C4", "C5", "C7", "C8", "D3"])
    #expect(flags["attack.many_draws_win.linf"]?.raised == true)
  }

  @Test("C5 and C6: what no attack can break, and what only PGD cannot")
  func unbounded() throws {
    let constant = try FlagTests.flags(
      FlagTests.Model(output: { $0 * 0 + Tensor([Float(-1), 1]) }), probes: [RobustnessProbe()])
    #expect(constant["attack.curve_open.linf"]?.raised == true)
    let detached = try FlagTests.flags(
      FlagTests.Model(output: { $0.detached() }), probes: [RobustnessProbe()])
    #expect(detached["attack.unbounded_fails.linf"]?.raised == true)
    #expect(detached["attack.curve_open.linf"]?.raised == false)
  }

  @Test("C10: targets are climbed by the margin, which a flat cross-entropy is not")
  func targeted() throws {
    let flags = try FlagTests.flags(
      FlagTests.Model(output: { $0 * 1e4 }), probes: [RobustnessProbe()]
    ) {
      $0.adaptiveSteps = 1
    }
    #expect(flags["attack.targeted_wins.linf"]?.raised == true)
  }

  @Test("what a model throws ends the audit with what it threw")
  func refusal() throws {
    let model = FlagTests.Model(output: { _ in throw Refusal() })
    #expect(throws: Refusal.self) { try FlagTests.flags(model, probes: [RobustnessProbe()]) }
  }

  @Test("C9 and D2: too few steps, by arithmetic and by outcome")
  func steps() throws {
    let flags = try FlagTests.flags(FlagTests.Model(), probes: [RobustnessProbe()]) {
      ($0.steps, $0.relativeStepSize) = (4, 0.1)
    }
    #expect(flags["attack.short_steps.linf"]?.raised == true)
    #expect(flags["attack.short_steps.linf"]?.value == 0.4)
    #expect(flags["attack.incomplete.linf"]?.raised == true)
    let long = try FlagTests.flags(FlagTests.Model(), probes: [RobustnessProbe()]) {
      ($0.steps, $0.relativeStepSize) = (4, 1.5)
    }
    #expect(long["attack.short_steps.linf"]?.raised == true)
  }

  @Test("C11: radii that cannot be meant")
  func radii() throws {
    func flag(_ norm: String, _ radii: [Double]) throws -> Bool? {
      try FlagTests.flags(FlagTests.Model(), probes: [RobustnessProbe()]) {
        $0.radii = [.init(norm: norm, radii: radii)]
      }["attack.radius_implausible.\(norm)"]?.raised
    }
    #expect(try flag("linf", [0.1, 0.6]) == true)
    #expect(try flag("linf", [0.1]) == false)
    #expect(try flag("l2", [0.03]) == true)
    #expect(try flag("l2", [0.06]) == false)
  }

  @Test("E6 and E8: a handful of examples, and a model that guesses")
  func statistics() throws {
    let few = try FlagTests.flags(FlagTests.Model(), probes: [RobustnessProbe()]) {
      $0.attackedCount = 10
    }
    #expect(few["statistics.few_examples"]?.raised == true)
    let guess = try FlagTests.flags(
      FlagTests.Model(output: { $0 * -1 }), probes: [RobustnessProbe()])
    #expect(guess["accuracy.chance"]?.raised == true)
  }

  private struct Refusal: Error {}
}
