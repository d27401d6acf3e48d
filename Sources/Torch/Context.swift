import CTorch
import Foundation

/// What every run travels with: seed, device and workers. There is no global state beside it.
public struct Context: Sendable {
  /// The seed of the run, from which every random stream is derived by name.
  public let seed: UInt64
  /// Where operators run.
  public let device: Device
  /// The threads that share the work.
  public let pool: WorkerPool
  /// The processes that share the work; `nil` where there is only this one.
  public let group: ProcessGroup?

  /// A context with its own workers.
  ///
  /// - Parameters:
  ///   - seed: the seed of the run.
  ///   - device: where operators run.
  ///   - workers: the number of threads, at least 1. Results do not depend on it.
  ///   - group: the processes that share the work.
  public init(
    seed: UInt64 = 0, device: Device = .cpu, workers: Int = 1, group: ProcessGroup? = nil
  ) {
    self.seed = seed
    self.device = device
    self.group = group
    pool = WorkerPool(count: workers)
  }

  /// The random streams of some examples, for one purpose.
  public func streams(_ purpose: String, examples: [Int]) -> [RandomStream] {
    examples.map { RandomStream(seed: seed, purpose: purpose, index: UInt64($0)) }
  }
}

/// Threads inside one operator, on the calling thread and on threads it makes.
public enum IntraOperatorThreads {
  /// As many as a job takes where it does not say: `OMP_NUM_THREADS` where that is set, else the machine's cores, but
  /// no more than 4.
  ///
  /// Sums by another number of threads round otherwise: jobs that must come to the same bits say their number.
  public static var usual: Int {
    let process = ProcessInfo.processInfo
    // A list is one number for each level of nesting.
    let told = process.environment["OMP_NUM_THREADS"]?.split(separator: ",").first.flatMap {
      Int($0)
    }
    if let told, told > 0 { return told }
    return min(4, process.activeProcessorCount)
  }

  /// The number in use.
  public static var count: Int { Int(ct_thread_count()) }
  /// Sets the number.
  public static func set(_ count: Int) { ct_set_thread_count(Int32(max(1, count))) }
}

/// How the process handles memory that tensors give back.
public enum FreedMemory {
  /// Keeps freed memory for the next tensor, for the rest of the process.
  ///
  /// Feature maps are megabytes, and by default every one of them is handed back to the system and
  /// asked for again, page by page. For programs that do little else than run networks, such as the
  /// command; a library leaves the choice to its host.
  public static func keep() { ct_keep_freed_memory() }
}

/// The version of libtorch that is linked.
public var libtorchVersion: String { String(cString: ct_version()) }
