import ArgumentParser
import Audit
import Foundation
import Torch

/// The processes that this command is one of, where there are several.
///
/// Every process runs the same command. The first one writes the files, the run store and what a person reads; the
/// others write to a folder that is gone afterwards, and are silent until something goes wrong.
enum Job {
  /// The processes; `nil` where there is only this one.
  @TaskLocal static var group: ProcessGroup?

  /// Whether another process writes what there is to write.
  static var isFollower: Bool { group.map { !$0.isFirst } ?? false }

  /// Commands that several processes can do together.
  private static let commands: [any ParsableCommand.Type] = [
    TrainCommand.self, AuditCommand.self, AttackCommand.self, CertifyCommand.self,
    AblateCommand.self,
  ]

  /// Runs a command in the group that the environment speaks of, where it does.
  @MainActor static func run(_ command: any ParsableCommand) async throws {
    let environment = ProcessInfo.processInfo.environment
    guard let place = try Rendezvous(environment: environment) else {
      return try await perform(command)
    }
    guard commands.contains(where: { type(of: command) == $0 }) else {
      let names = commands.map { $0._commandName }.joined(separator: ", ")
      throw ValidationError(
        """
        \(type(of: command)._commandName) is done by one process, and WORLD_SIZE is \(place.size); several can do \
        \(names)
        """)
    }
    let group = try ProcessGroup(
      joining: place, version: "\(Audit.version), libtorch \(libtorchVersion)")
    group.whenStalled { error in
      Exit.report(RankedError(rank: group.rank, underlying: error))
      Exit.abandon(Exit.badInput)
    }
    // Processes that this one starts, such as the runs of a sweep, are not of the group.
    for name in ["RANK", "WORLD_SIZE"] { unsetenv(name) }
    if !group.isFirst { silence() }
    do {
      try await $group.withValue(group) { try await perform(command) }
      group.leave()
    } catch let code as ExitCode {
      group.leave()
      throw code
    } catch {
      group.fail(error)
      throw RankedError(rank: group.rank, underlying: error)
    }
  }

  @MainActor private static func perform(_ command: any ParsableCommand) async throws {
    if let command = command as? any AsyncParsableCommand {
      // Nobody else has it: a command is parsed, run and forgotten.
      nonisolated(unsafe) var command = command
      try await command.run()
    } else {
      var command = command
      try command.run()
    }
  }

  /// Lets nothing through to standard output.
  private static func silence() {
    guard let sink = fopen("/dev/null", "w") else { return }
    dup2(fileno(sink), STDOUT_FILENO)
  }

  // MARK: What followers do otherwise

  /// The folder that files go to: the given one, in the first process alone.
  static func folder(_ path: String) -> String { isFollower ? scratch("folder") : path }

  /// The file that runs are recorded in: the given one, in the first process alone.
  static func store(_ path: String) -> String { isFollower ? scratch("store.sqlite") : path }

  private static func scratch(_ name: String) -> String {
    try? FileManager.default.createDirectory(at: scratchFolder, withIntermediateDirectories: true)
    return scratchFolder.appending(path: name).path
  }

  private static let scratchFolder = FileManager.default.temporaryDirectory.appending(
    path: "touchstone-rank-\(UUID().uuidString)")

  /// Removes what this process wrote for nobody.
  static func removeScratch() { try? FileManager.default.removeItem(at: scratchFolder) }

  // MARK: Cores

  /// The cores that this process may use: those of the machine, shared with the processes beside it.
  static var cores: Int {
    let all = ProcessInfo.processInfo.activeProcessorCount
    guard let group else { return all }
    let host = group.hosts[group.rank]
    return max(1, all / max(1, group.hosts.count { $0 == host }))
  }
}

extension Job {
  /// The threads of operators where the job does not say how many: in several processes as many in each, whatever the
  /// launcher sets for each, since it knows neither the others' machines nor that sums must be the same.
  static func threads() throws -> Int {
    group == nil ? IntraOperatorThreads.usual : try agreed(min(4, cores))
  }

  /// A number that all processes take from the first one.
  static func agreed(_ number: Int) throws -> Int {
    guard let group else { return number }
    let data = try group.fromFirst { Data("\(number)".utf8) }
    return Int(String(decoding: data, as: UTF8.self)) ?? number
  }
}

/// An error with the number of the process that had it.
struct RankedError: LocalizedError {
  let rank: Int
  let underlying: any Error

  var errorDescription: String? {
    let text = (underlying as? any LocalizedError)?.errorDescription
    return "rank \(rank): \(text ?? Touchstone.message(for: underlying))"
  }

  var recoverySuggestion: String? { (underlying as? any LocalizedError)?.recoverySuggestion }
}
