import Torch

/// What a method said about some examples, and about what.
public struct AttributionResult: Sendable {
  /// The name of the method.
  public var method: String
  /// Its settings.
  public var settings: [(name: String, value: String)]
  /// Which examples these are.
  public var indices: [Int]
  /// The class of every example whose score was explained.
  public var classes: [Int]
  /// The score of every example that was explained, on the scale of the question.
  public var scores: [Double]
  /// The maps, signed as the method makes them, one an example: `[N, C, H, W]` in the shape of the inputs
  /// (`[N, H, W]` where a method treats all channels as one, or where channels were reduced), `[N, D]` for
  /// inputs that are no pictures.
  public var maps: Tensor
  /// How far the sum of every map is from the difference of scores it should add up to, for methods that
  /// promise one.
  public var completenessErrors: [Double]?
  /// The forward passes spent on an example.
  public var forwardPasses: Int
  /// The backward passes spent on an example.
  public var backwardPasses: Int
  /// What the scores are: logits or probabilities.
  public var scale: OutputScale
  /// How channels were brought together.
  public var reduction: ChannelReduction
  /// What absent features were replaced with, where the method replaces any.
  public var baseline: String
  /// The seed of everything that was drawn.
  public var seed: UInt64

  /// A result; by hand for maps that another program made, to measure what they are worth.
  public init(
    method: String, settings: [(name: String, value: String)] = [], indices: [Int],
    classes: [Int], scores: [Double], maps: Tensor, completenessErrors: [Double]? = nil,
    forwardPasses: Int = 0, backwardPasses: Int = 0, scale: OutputScale = .logits,
    reduction: ChannelReduction = .none, baseline: String = "", seed: UInt64 = 0
  ) {
    self.method = method
    self.settings = settings
    self.indices = indices
    self.classes = classes
    self.scores = scores
    self.maps = maps
    self.completenessErrors = completenessErrors
    self.forwardPasses = forwardPasses
    self.backwardPasses = backwardPasses
    self.scale = scale
    self.reduction = reduction
    self.baseline = baseline
    self.seed = seed
  }

  /// The number of examples.
  public var count: Int { indices.count }

  /// Whether all of an example's map are numbers.
  public var isFinite: [Bool] {
    count == 0 ? [] : maps.flattened(from: 1).isFinite.all(along: 1).values(as: Bool.self)
  }

  /// The map of every example over places, `[N, P]`: channels averaged, rows of a picture one after the
  /// other.
  ///
  /// - Parameter shape: the shape of one input.
  public func importances(for shape: [Int]) -> Tensor {
    Places(shape).importances(maps)
  }
}
