/// Settings that some formats need.
public struct LoadOptions: Sendable, Equatable {
  /// How to read tables.
  public var table: TableOptions
  /// How to read texts.
  public var text: TextOptions
  /// The words to read texts with, such as those of a trained model; those of the training part when
  /// nil.
  public var vocabulary: Vocabulary?
  /// How many examples a generator draws; nil takes its default.
  public var count: Int?
  /// The seed of a generator, and of the division of texts.
  public var seed: UInt64
  /// Who is drawn and how, of portraits; nil takes the defaults.
  public var portraits: PortraitOptions?
  /// The classes whose examples are wanted, numbered in this order; nil takes all of them.
  public var classes: [String]?

  /// The pixels of a side of the middle square that images in files of their own are reduced to; nil takes them
  /// as they are.
  public var side: Int?

  /// Options, each of which has a default that suits most data.
  public init(
    table: TableOptions = TableOptions(), text: TextOptions = TextOptions(),
    vocabulary: Vocabulary? = nil, count: Int? = nil, seed: UInt64 = 0,
    portraits: PortraitOptions? = nil, classes: [String]? = nil, side: Int? = nil
  ) {
    self.portraits = portraits
    self.table = table
    self.text = text
    self.vocabulary = vocabulary
    self.count = count
    self.seed = seed
    self.classes = classes
    self.side = side
  }
}
