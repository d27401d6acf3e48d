/// Settings that some formats need.
public struct LoadOptions: Sendable, Equatable {
  /// How to read tables.
  public var table: TableOptions
  /// How many examples a generator draws; nil takes its default.
  public var count: Int?
  /// The seed of a generator.
  public var seed: UInt64

  /// Options, each of which has a default that suits most data.
  public init(table: TableOptions = TableOptions(), count: Int? = nil, seed: UInt64 = 0) {
    self.table = table
    self.count = count
    self.seed = seed
  }
}
