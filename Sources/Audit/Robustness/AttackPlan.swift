import Networks
import Perturbations
import Reports

/// The attacks of an audit in one norm, in the order in which they are run.
package struct AttackPlan: Sendable {
  /// What an attack is there for.
  package enum Role: Sendable {
    /// Random points, which anything else must beat.
    case noise
    /// One gradient step.
    case singleStep
    /// Many gradient steps of one length.
    case iterated
    /// Gradients with steps and losses chosen on the way.
    case adaptive
    /// The model's outputs alone.
    case blackBox

    /// Whether the attack follows gradients.
    var isWhiteBox: Bool { self == .singleStep || self == .iterated || self == .adaptive }
    /// Whether the attack looks at all examples, or only at those that the attacks before it left.
    var looksAtAll: Bool { self == .noise || self == .singleStep || self == .iterated }
  }

  /// One of the attacks.
  package struct Entry: Sendable {
    let name: String
    let role: Role
    let make: @Sendable (_ radius: Double) -> any Attack

    /// An attack of a plan.
    package init(
      name: String, role: Role, make: @escaping @Sendable (_ radius: Double) -> any Attack
    ) {
      self.name = name
      self.role = role
      self.make = make
    }
  }

  let entries: [Entry]

  /// The plan of some attacks, in order.
  package init(_ entries: [Entry]) { self.entries = entries }

  /// The attacks.
  ///
  /// - Parameter surrogate: a model whose adversarial examples are tried on the one that is audited.
  package init(_ settings: AuditSettings, norm: any Norm, surrogate: (any Classifier)? = nil) {
    let transfer = surrogate.map { surrogate in
      Entry(name: "transfer", role: .blackBox) { radius in
        var attack = Self.projected(settings, radius: radius, loss: .margin)
        attack.stopsEarly = false
        return Transfer(surrogate: Target(surrogate), attack: attack)
      }
    }
    let (steps, restarts) = (settings.adaptiveSteps, settings.restarts)
    var entries = [
      Entry(name: "noise", role: .noise) { _ in UniformNoise(draws: settings.draws) },
      Entry(name: "fgm", role: .singleStep) { _ in FastGradient() },
      Entry(name: "pgd", role: .iterated) {
        Self.projected(settings, radius: $0)
      },
      Entry(name: "apgd-ce", role: .adaptive) { _ in
        AutoProjectedGradient(steps: steps, restarts: restarts, loss: .crossEntropy)
      },
      Entry(name: "apgd-dlr", role: .adaptive) { _ in
        AutoProjectedGradient(steps: steps, restarts: restarts, loss: .differenceOfLogitsRatio)
      },
    ]
    if settings.targetCount > 0 {
      entries.append(
        Entry(name: "apgd-t", role: .adaptive) { _ in
          TargetedAutoProjectedGradient(steps: steps, targetClasses: settings.targetCount)
        })
    }
    if let transfer { entries.append(transfer) }
    entries.append(
      Entry(name: "square", role: .blackBox) { _ in Square(queries: settings.queries) })
    self.entries = entries.filter { $0.make(1).about.norms.contains(norm.name) }
  }

  /// Projected gradient ascent as the settings have it.
  ///
  /// - Parameter loss: what is climbed; that of the settings when `nil`.
  static func projected(
    _ settings: AuditSettings, radius: Double, loss: AttackLoss? = nil, goal: Goal = .untargeted
  ) -> ProjectedGradient {
    ProjectedGradient(
      steps: settings.steps, stepSize: radius * settings.relativeStepSize,
      restarts: settings.restarts,
      loss: loss ?? (settings.climbsMargin ? .margin : .crossEntropy), goal: goal)
  }

  /// Every attack with all its settings, for reports; lengths of steps are in radii.
  var json: JSONValue {
    .object(
      JSONObject(
        entries.map { entry in
          let attack = entry.make(1)
          let settings = [("attack", attack.name)] + attack.settings.map { ($0.name, $0.value) }
          return (entry.name, .object(JSONObject(settings.map { ($0.0, .string($0.1)) })))
        }))
  }
}
