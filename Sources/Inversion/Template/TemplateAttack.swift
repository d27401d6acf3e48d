import Datasets
import Diffusion
import Foundation
import Networks
import Torch
import Training

/// Inverts templates: a diffusion prior learns on public images what image a template belongs to, and is
/// then told stolen ones.
///
/// The attacker has the system as a black box at least, which makes templates of public images. In a white
/// box the gradients of its losses go through the system too, in a black box through another encoder.
public struct TemplateAttack {
  private let recipe: TemplateRecipe
  private let roles: EncoderRoles
  private let images: Dataset
  private let network: DenoisingNetwork
  private let description: Prior.Description
  private let objective: Objective
  private let context: Context

  /// An attack that has learned nothing yet.
  ///
  /// - Parameters:
  ///   - images: public.
  ///   - perception: what ``TemplateRecipe/Loss/perceptual`` compares images by.
  ///   - context: the seed of weights, order and samples.
  /// - Throws: ``InversionError`` for templates that cannot be used, `DiffusionError`, `TrainingError`.
  public init(
    _ recipe: TemplateRecipe, learningFrom images: Dataset, roles: EncoderRoles,
    perception: PerceptualDistance?, context: Context
  ) throws {
    self.recipe = recipe
    self.roles = roles
    self.images = images
    self.context = context
    description = Prior.Description(
      network: recipe.network, imageShape: images.inputShape,
      vectors: roles.system.templateWidth,
      dataDeviation: try recipe.dataDeviation ?? Prior.deviation(of: images))
    network = try description.makeNetwork(
      using: Generator(seed: context.seed, purpose: "weights"))
    objective = try Self.objective(
      recipe, images, roles, perception, dataDeviation: description.dataDeviation)
  }

  /// The weights of the prior.
  public var parameterCount: Int { network.parameterCount }

  /// The prior as it is now.
  public var prior: Prior { Prior(network, description: description) }

  /// Templates as the prior is told them: of length 1, since a network of DDPM++ itself multiplies conditions
  /// by the root of their width.
  package static func condition(of templates: Tensor) -> Tensor {
    templates.detached().to(.float32).unitRows()
  }

  private static func objective(
    _ recipe: TemplateRecipe, _ images: Dataset, _ roles: EncoderRoles,
    _ perception: PerceptualDistance?, dataDeviation: Double
  ) throws -> Objective {
    let told = try TemplateTable(of: images, by: roles.system)
    let wanted = try TemplateTable(of: images, by: roles.attack)
    var draw = NoiseDraw()
    draw.levels = recipe.noise
    draw.labelDropout = recipe.dropout
    draw.source = .vectors { condition(of: told($0)) }
    let gate = recipe.loss.noiseGate(dataDeviation: dataDeviation)
    let matching = try TemplateMatching(
      roles.attack, draw: draw, loss: recipe.loss.featureLoss(), gate: gate,
      negatives: recipe.loss.source
    ) { wanted($0) }
    var terms = [
      try Denoising(draw).weighted(1), matching.weighted(recipe.loss.weight),
    ]
    if let schedule = recipe.loss.perceptual {
      guard let perception else {
        throw InversionError.setting(
          name: "loss.perceptual", value: "given", allowed: "left out without a network for it")
      }
      terms.append(
        PerceptualMatching(perception, draw: draw, gate: gate).weighted(schedule))
    }
    return try Objective(terms)
  }

  /// What trains the prior, from the newest checkpoint in a folder on.
  ///
  /// - Throws: `TrainingError`.
  public func trainer(
    in folder: URL, identity: String, settings: TrainerSettings? = nil,
    isStopRequested: @escaping @Sendable () -> Bool = { false }
  ) throws -> Trainer {
    try Trainer(
      model: network, objective: objective, training: images, evaluation: nil,
      settings: settings ?? recipe.training, context: context, folder: folder,
      identity: identity, isStopRequested: isStopRequested)
  }

  /// Images of stolen templates `[P, D]`, as many of each as the setting says, target by target.
  ///
  /// - Parameter setting: how; as the recipe says when `nil`.
  /// - Throws: ``InversionError`` for vectors that are no templates of the system, and for guidance by an
  ///   encoder that the attacker does not have; `DiffusionError`.
  public func reconstructions(
    of templates: Tensor, by setting: TemplateRecipe.Reconstruction? = nil
  ) throws -> Reconstructions {
    try roles.system.check(templates)
    let setting = setting ?? recipe.reconstruction
    let each = max(1, setting.count)
    let targets = (0..<templates.size(0)).flatMap { Array(repeating: $0, count: each) }
    var request = SampleRequest(
      count: targets.count,
      condition: Self.condition(of: templates).selecting(rows: targets))
    request.guidance = setting.guidance
    request.guide = try guide(towards: templates.selecting(rows: targets), by: setting)
    let samples = try prior.samples(request, by: setting.sampler, context: context)
    return try Reconstructions(samples.images, targets: targets)
  }

  /// What leads samples to the templates `[N, D]`; nothing without a concentration.
  private func guide(
    towards templates: Tensor, by setting: TemplateRecipe.Reconstruction
  ) throws -> (@Sendable (Denoiser, Range<Int>) -> Denoiser)? {
    guard setting.concentration > 0 else { return nil }
    guard roles.isWhiteBox else {
      throw InversionError.setting(
        name: "reconstruction.concentration", value: "\(setting.concentration)",
        allowed: "0 in a black box: templates are of an encoder that the attacker cannot look into")
    }
    let wanted = templates.detached().to(.float32)
    let (encoder, known) = (roles.attack, description)
    return { denoiser, chunk in
      denoiser.guided(
        towards: wanted[chunk], by: encoder, concentration: setting.concentration,
        dataDeviation: known.dataDeviation, range: known.range)
    }
  }
}
