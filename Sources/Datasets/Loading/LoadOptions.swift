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
  /// How many of the first examples are looked at, where the others need not be drawn; a source may draw more all the
  /// same. nil wants all of them.
  public var most: Int?
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
    vocabulary: Vocabulary? = nil, count: Int? = nil, most: Int? = nil, seed: UInt64 = 0,
    portraits: PortraitOptions? = nil, classes: [String]? = nil, side: Int? = nil
  ) {
    self.portraits = portraits
    self.table = table
    self.text = text
    self.vocabulary = vocabulary
    self.count = count
    self.most = most
    self.seed = seed
    self.classes = classes
    self.side = side
  }

  /// How many examples are drawn where every example has a random stream of its own, so that the first ones are the
  /// same however many follow.
  ///
  /// - Parameter usual: how many there are unless somebody says otherwise.
  func count(usually usual: Int) -> Int {
    count ?? most.map { min(max($0, 1), usual) } ?? usual
  }
}
