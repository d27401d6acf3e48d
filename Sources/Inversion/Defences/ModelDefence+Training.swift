import Networks
import Torch
import Training

extension ModelDefence {
  /// Changes what a network is and how it is trained.
  ///
  /// - Throws: ``InversionError`` for a strength out of range, an objective without the cross-entropy, and a
  ///   transfer from nowhere.
  public func apply(
    model: inout TrainingRecipe.Model, objective: inout [TrainingRecipe.TermEntry],
    training: inout TrainerSettings
  ) throws(InversionError) {
    try validate()
    switch kind {
    case .none, .rounding, .truncation: break
    case .informationBottleneck:
      model.options = (model.options ?? [:]).merging(
        [ModelRegistry.bottleneck: Double(size)], uniquingKeysWith: { $1 })
      objective.append(
        .init(term: InformationBottleneck().name, weight: .constant(strength)))
    case .bilateralDependency:
      objective.append(
        .init(
          term: BilateralDependency().name,
          options: [
            "dependence": .text(dependence.rawValue), "inputWeight": .number(strength),
            "labelWeight": .number(labelWeight ?? 10 * strength),
          ]))
    case .negativeLabelSmoothing:
      let ramp = SmoothingRamp.halfway(to: strength)
      let name = CrossEntropy().name
      guard let place = objective.firstIndex(where: { $0.term == name }) else {
        throw missingCrossEntropy
      }
      objective[place].options = (objective[place].options ?? [:]).merging(
        [
          "labelSmoothing": .number(ramp.end), "smoothingStart": .number(ramp.start),
          "smoothingFull": .number(ramp.full),
        ], uniquingKeysWith: { $1 })
    case .transfer:
      guard let initial else {
        throw .missingPart(loss: kind.rawValue, part: "initial, a run on public people")
      }
      training.initial = initial
      training.freeze = Int(strength)
    case .differentialPrivacy: training.privacy = privacy
    }
  }

  /// A recipe with the defence.
  ///
  /// - Throws: as ``apply(model:objective:training:)``.
  public func applied(to recipe: TrainingRecipe) throws(InversionError) -> TrainingRecipe {
    var recipe = recipe
    try apply(model: &recipe.model, objective: &recipe.objective, training: &recipe.training)
    return recipe
  }

  /// A training with the defence.
  ///
  /// A folder with checkpoints has to be told of it: ``name`` is for the run's identity.
  ///
  /// - Parameter publicNetwork: where transferred layers come from: a network that the same training made of
  ///   public people.
  /// - Throws: ``InversionError`` for a strength out of range, and a transfer from nowhere. What cannot be done
  ///   with the network is thrown when it is trained.
  public func applied(
    to training: NetworkTraining, publicNetwork: FrozenNetwork? = nil
  ) throws(InversionError) -> NetworkTraining {
    try validate()
    var result = training
    switch kind {
    case .none, .rounding, .truncation: break
    case .informationBottleneck:
      let (model, objective, weight, size) = (training.model, training.objective, strength, size)
      result.model = { shape, classes, generator in
        guard
          let network = try model(shape, classes, generator)
            .withBottleneck(size, using: generator)
        else {
          throw InversionError.notDefined(
            measure: "bottleneck of the network", reason: "it does not end with a linear map")
        }
        return network
      }
      result.objective = {
        try Objective(objective().terms + [InformationBottleneck().weighted(weight)])
      }
    case .bilateralDependency:
      let (objective, defence) = (training.objective, self)
      result.objective = {
        var term = BilateralDependency()
        (term.dependence, term.inputWeight) = (defence.dependence, defence.strength)
        term.labelWeight = defence.labelWeight ?? 10 * defence.strength
        return try Objective(objective().terms + [term.weighted(1)])
      }
    case .negativeLabelSmoothing:
      let (objective, missing) = (training.objective, missingCrossEntropy)
      let ramp = SmoothingRamp.halfway(to: strength)
      result.objective = {
        let terms = try objective().terms
        guard terms.contains(where: { $0.term is CrossEntropy }) else { throw missing }
        return try Objective(
          terms.map { item in
            guard item.term is CrossEntropy else { return item }
            let smoothed = CrossEntropy(smoothing: ramp)
            switch item.weight {
            case .scheduled(let schedule): return smoothed.weighted(schedule)
            case .learned(let weight): return try smoothed.learnedWeight(weight)
            }
          })
      }
    case .transfer:
      guard let publicNetwork else {
        throw .missingPart(loss: kind.rawValue, part: "a network of public people")
      }
      result = training.starting(from: publicNetwork)
      result.settings.freeze = Int(strength)
    case .differentialPrivacy: result.settings.privacy = privacy
    }
    return result
  }

  /// The settings of DP-SGD.
  private var privacy: DifferentialPrivacy {
    var privacy = DifferentialPrivacy()
    (privacy.clip, privacy.noise, privacy.delta) = (clip, strength, delta)
    return privacy
  }

  private var missingCrossEntropy: InversionError {
    .missingPart(loss: kind.rawValue, part: "an objective with the term cross-entropy")
  }
}
