import Diffusion
import Foundation
import Training

extension TemplateRecipe {
  /// The encoders in their roles.
  public struct Encoders: Sendable, Codable, Equatable {
    /// What made the templates: the model that is audited.
    public var system = EncoderSettings()
    /// What the attack computes its loss with, a black box; the system's own, a white box, when `nil`.
    public var attack: EncoderSettings?
    /// What judges independently.
    public var evaluation = EncoderSettings()
    /// What images are compared by to the eye.
    public var perception = Perception()

    init() {
      evaluation.model = "identity-resnet"
      evaluation.seed = 1
    }

    /// Reads encoders; what is absent has its default.
    public init(from decoder: any Decoder) throws {
      self.init()
      let fields = try decoder.container(keyedBy: CodingKeys.self)
      system = try fields.decodeIfPresent(EncoderSettings.self, forKey: .system) ?? system
      attack = try fields.decodeIfPresent(EncoderSettings.self, forKey: .attack)
      evaluation =
        try fields.decodeIfPresent(EncoderSettings.self, forKey: .evaluation) ?? evaluation
      perception = try fields.decodeIfPresent(Perception.self, forKey: .perception) ?? perception
    }

    /// Those whose templates are compared, and what they are for.
    package var roles: [(role: String, settings: EncoderSettings)] {
      [("system", system), ("attack", attack), ("evaluation", evaluation)].compactMap {
        role, settings in settings.map { (role, $0) }
      }
    }

    func validate() throws {
      for encoder in [system, attack, evaluation, perception.network] { try encoder?.validate() }
      guard perception.network.model == "identity-cnn", perception.network.path == nil else {
        throw InversionError.setting(
          name: "encoders.perception.network", value: perception.network.model,
          allowed: "an identity-cnn that is trained here; for a file give lpips or script")
      }
    }
  }

  /// The network by whose layers images are compared.
  public struct Perception: Sendable, Codable, Equatable {
    /// A TorchScript file that is LPIPS.
    public var lpips: String?
    /// A TorchScript file whose layers are compared, such as a VGG.
    public var script: String?
    /// Those layers, three.
    public var layers: [String] = []
    /// What is trained on public people where no file is given: once for the loss and once more, with the
    /// next seed, for the measure.
    public var network = EncoderSettings()

    init() { network.seed = 10 }

    /// Reads settings; what is absent has its default.
    public init(from decoder: any Decoder) throws {
      self.init()
      let fields = try decoder.container(keyedBy: CodingKeys.self)
      lpips = try fields.decodeIfPresent(String.self, forKey: .lpips)
      script = try fields.decodeIfPresent(String.self, forKey: .script)
      layers = try fields.decodeIfPresent([String].self, forKey: .layers) ?? layers
      network = try fields.decodeIfPresent(EncoderSettings.self, forKey: .network) ?? network
    }
  }

  /// What is done to templates before they are stored.
  public struct Protection: Sendable, Codable, Equatable {
    /// The width of a random projection; none when `nil`.
    public var projection: Int?
    /// The levels of a quantisation, after the projection; none when `nil`.
    public var levels: Int?
    /// The secret of the projection; 0 when `nil`.
    public var seed: UInt64?

    /// No protection.
    public init() {}

    /// The encoder behind the protections.
    ///
    /// - Throws: ``InversionError`` for widths and levels that cannot be.
    public func applied(to encoder: any TemplateEncoder) throws(InversionError) -> ProtectedEncoder
    {
      var protections: [any TemplateProtection] = []
      if let projection {
        protections.append(
          try RandomProjection(from: encoder.templateWidth, to: projection, seed: seed ?? 0))
      }
      if let levels { protections.append(try TemplateQuantisation(levels: levels)) }
      return try ProtectedEncoder(encoder, protections: protections)
    }
  }

  /// How templates are inverted with the finished prior.
  public struct Reconstruction: Sendable, Codable, Equatable {
    /// Images of each template, of which the one is taken that is most like it by the system.
    public var count = 5
    /// How far templates are exaggerated; 1 takes them as they are.
    public var guidance = 2.0
    /// κ: how closely templates of samples are led to the stolen one by the gradient of the system; 0
    /// leaves it to the prior. For white boxes.
    public var concentration = 0.0
    /// The sampler.
    public var sampler = Sampler()
    /// Other strengths of guidance that are judged as well.
    public var guidances: [Double] = []
    /// Other concentrations that are judged as well.
    public var concentrations: [Double] = []
    /// Other numbers of steps that are judged as well.
    public var steps: [Int] = []

    /// The defaults.
    public init() {}

    /// The other settings of the grid, by the names that findings give them.
    public var others: [(name: String, setting: Reconstruction)] {
      var all: [(name: String, setting: Reconstruction)] = []
      for guidance in guidances {
        var other = self
        other.guidance = guidance
        all.append((String(format: "guidance.%g", guidance), other))
      }
      for concentration in concentrations {
        var other = self
        other.concentration = concentration
        all.append((String(format: "concentration.%g", concentration), other))
      }
      for count in steps {
        var other = self
        other.sampler.levels.steps = count
        all.append(("steps.\(count)", other))
      }
      return all
    }

    /// Reads settings; what is absent has its default.
    public init(from decoder: any Decoder) throws {
      self.init()
      let fields = try decoder.container(keyedBy: CodingKeys.self)
      count = try fields.decodeIfPresent(Int.self, forKey: .count) ?? count
      guidance = try fields.decodeIfPresent(Double.self, forKey: .guidance) ?? guidance
      concentration =
        try fields.decodeIfPresent(Double.self, forKey: .concentration) ?? concentration
      sampler = try fields.decodeIfPresent(Sampler.self, forKey: .sampler) ?? sampler
      guidances = try fields.decodeIfPresent([Double].self, forKey: .guidances) ?? guidances
      concentrations =
        try fields.decodeIfPresent([Double].self, forKey: .concentrations) ?? concentrations
      steps = try fields.decodeIfPresent([Int].self, forKey: .steps) ?? steps
    }

    func validate() throws {
      for setting in [self] + others.map(\.setting) {
        try setting.sampler.validate()
        guard 0...1000 ~= setting.guidance else {
          throw InversionError.setting(
            name: "reconstruction.guidance", value: "\(setting.guidance)",
            allowed: "from 0 to 1000")
        }
        guard 0...1e6 ~= setting.concentration else {
          throw InversionError.setting(
            name: "reconstruction.concentration", value: "\(setting.concentration)",
            allowed: "from 0 to 1000000")
        }
      }
    }
  }

  /// Who reads traits off portraits.
  public struct Oracle: Sendable, Codable, Equatable {
    /// Of how many people it learns, none of them private.
    public var people = 2000
    /// From how many pictures.
    public var pictures = 20_000
    /// How often it sees each.
    public var epochs = 8
    /// The channels of its first convolution.
    public var width = 32

    /// Reads settings; what is absent has its default.
    public init(from decoder: any Decoder) throws {
      let fields = try decoder.container(keyedBy: CodingKeys.self)
      people = try fields.decodeIfPresent(Int.self, forKey: .people) ?? people
      pictures = try fields.decodeIfPresent(Int.self, forKey: .pictures) ?? pictures
      epochs = try fields.decodeIfPresent(Int.self, forKey: .epochs) ?? epochs
      width = try fields.decodeIfPresent(Int.self, forKey: .width) ?? width
    }
  }
}
