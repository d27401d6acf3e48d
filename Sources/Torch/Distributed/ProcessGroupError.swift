import Foundation

/// Why several processes cannot work together, or not any longer.
public enum ProcessGroupError: LocalizedError, CustomStringConvertible, Sendable, Equatable {
  /// The variables that say which process this is make no sense.
  case environment(String, remedy: String)
  /// The process at which all meet does not answer.
  case unreachable(host: String, port: UInt16, seconds: Double, reason: String)
  /// The port at which all are to meet cannot be had.
  case port(UInt16, reason: String)
  /// Some processes did not come.
  case missing(ranks: [Int], size: Int, seconds: Double)
  /// A process is there twice.
  case twice(rank: Int)
  /// The processes do not work on the same thing.
  case disagreement(about: String, ranks: [Int])
  /// A process is gone, without a word.
  case lost(rank: Int, place: String, reason: String)
  /// A process failed, and said why.
  case failed(rank: Int, reason: String)
  /// Processes cannot exchange numbers.
  case exchange(String)

  /// What was wrong.
  public var description: String {
    switch self {
    case .environment(let problem, _): problem
    case .unreachable(let host, let port, let seconds, let reason):
      "nothing answers at \(host):\(port), where the processes are to meet, for \(Int(seconds)) s (\(reason))"
    case .port(let port, let reason): "the processes cannot meet at port \(port) (\(reason))"
    case .missing(let ranks, let size, let seconds):
      "\(Self.names(ranks)) of \(size) did not come within \(Int(seconds)) s"
    case .twice(let rank): "there are two processes with RANK \(rank)"
    case .disagreement(let what, let ranks):
      "the \(what) of \(Self.names(ranks)) differs from that of rank 0"
    case .lost(let rank, let place, let reason): "rank \(rank) (\(place)) is gone: \(reason)"
    case .failed(let rank, let reason): "rank \(rank) failed: \(reason)"
    case .exchange(let reason): "the processes cannot exchange numbers: \(reason)"
    }
  }

  private static func names(_ ranks: [Int]) -> String {
    (ranks.count == 1 ? "rank " : "ranks ") + ranks.map(String.init).joined(separator: ", ")
  }

  /// What was wrong.
  public var errorDescription: String? { description }

  /// What to do.
  public var recoverySuggestion: String? {
    switch self {
    case .environment(_, let remedy): remedy
    case .unreachable:
      """
      check MASTER_ADDR, MASTER_PORT and firewalls, and that the process with RANK 0 runs; \
      \(Rendezvous.patienceName) sets how long to wait
      """
    case .port: "choose another MASTER_PORT"
    case .missing: "start them, or set WORLD_SIZE to the number that there are"
    case .twice: "give every process a RANK of its own, or another MASTER_PORT to each job"
    case .disagreement: "start all processes with the same command, version and data"
    case .lost: "start all processes again: the run goes on from its last checkpoint"
    case .failed: nil
    case .exchange: "start all processes again: the run goes on from its last checkpoint"
    }
  }
}
