import Audit
import Foundation
import Networks
import Perturbations
import Runs
import Torch
import Training

/// The kinds of runs that recipes can ask for: one line a kind.
enum RunKinds {
  static let all: [any RunKind.Type] = [
    TrainingKind.self, TiltKind.self, PriorKind.self, TemplateKind.self,
    ModelKind.self, MembershipKind.self,
  ]
}

/// What a run's record says of the program.
enum Versions {
  static var environment: RunEnvironment {
    .current(versions: [("touchstone", Audit.version), ("libtorch", libtorchVersion)])
  }
}
