/// Where the processes of a job meet, and which of them this one is.
///
/// It is read from the environment variables that `torchrun`, and every other launcher for PyTorch, sets: `RANK`,
/// `WORLD_SIZE`, `MASTER_ADDR` and `MASTER_PORT`.
public struct Rendezvous: Sendable, Equatable {
  /// The number of this process, from 0.
  public var rank: Int
  /// How many processes there are.
  public var size: Int
  /// The machine of the first process, by a name or an address that all others reach.
  public var host: String
  /// The port there at which the processes meet.
  public var port: UInt16
  /// Whether the launcher itself serves the meeting place, as `torchrun` does; the first process otherwise.
  public var isServed = false
  /// What keeps the keys of this start apart from those of earlier ones at the same place.
  public var attempt = "0"
  /// How long to wait for the other processes at the start, in seconds.
  public var patience = 60.0
  /// How long a process may be silent before it counts as gone, in seconds.
  public var silence = 10.0

  /// A meeting place.
  public init(rank: Int, size: Int, host: String, port: UInt16) {
    (self.rank, self.size, self.host, self.port) = (rank, size, host, port)
  }

  /// What the environment says; `nil` where this is the only process.
  ///
  /// - Throws: ``ProcessGroupError/environment(_:remedy:)`` when variables are missing or make no sense.
  public init?(environment: [String: String]) throws(ProcessGroupError) {
    let rank = environment["RANK"]
    let size = environment["WORLD_SIZE"]
    guard rank != nil || size != nil else { return nil }
    guard let rank, let size else {
      throw .environment(
        rank == nil ? "WORLD_SIZE is set and RANK is not" : "RANK is set and WORLD_SIZE is not",
        remedy: "set both, start by torchrun --no-python, or unset them for one process")
    }
    let count = try Self.whole("WORLD_SIZE", size, in: 1...(1 << 20))
    let number = try Self.whole("RANK", rank, in: 0...(count - 1))
    guard count > 1 else { return nil }
    guard let host = environment["MASTER_ADDR"], !host.isEmpty else {
      throw .environment(
        "MASTER_ADDR is not set", remedy: "set it to the machine of the process with RANK 0")
    }
    guard let port = environment["MASTER_PORT"] else {
      throw .environment(
        "MASTER_PORT is not set", remedy: "set it to a free port of \(host), such as 29500")
    }
    self.init(
      rank: number, size: count, host: host,
      port: UInt16(try Self.whole("MASTER_PORT", port, in: 1...65535)))
    isServed = environment["TORCHELASTIC_USE_AGENT_STORE"]?.lowercased() == "true"
    attempt = environment["TORCHELASTIC_RESTART_COUNT"] ?? attempt
    if let text = environment[Self.patienceName] {
      patience = Double(try Self.whole(Self.patienceName, text, in: 1...86400))
    }
  }

  /// The variable that says how long to wait for others at the start.
  public static let patienceName = "TOUCHSTONE_JOIN_SECONDS"

  private static func whole(
    _ name: String, _ text: String, in range: ClosedRange<Int>
  ) throws(ProcessGroupError) -> Int {
    guard let value = Int(text), range ~= value else {
      throw .environment(
        "\(name) is '\(text)'",
        remedy: "set it to a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return value
  }
}
