import Foundation

/// A program that measures something about itself and prints it: this one in a process of its own, so that peak
/// memory is that of one piece of work, or a peer.
public struct MeasuringProgram {
  private let url: URL
  private let environment: [String: String]
  /// Whether what it says beside its results is dropped.
  private var isQuiet = false

  /// This benchmark itself, with threads that do not spin.
  public static var this: MeasuringProgram {
    let quiet = ProcessInfo.processInfo.environment.merging(QuietThreads.variables) { $1 }
    return MeasuringProgram(
      url: URL(filePath: "/proc/self/exe").resolvingSymlinksInPath(), environment: quiet)
  }

  /// A Python with peers; they get OpenMP as it comes, not with our settings for waiting threads.
  ///
  /// - Parameters:
  ///   - path: a virtual environment is known by the path of its python, so links are not followed.
  ///   - isQuiet: whether progress that they print beside their results is dropped.
  public static func python(_ path: String, isQuiet: Bool = false) -> MeasuringProgram {
    MeasuringProgram(
      url: URL(filePath: path), environment: QuietThreads.environmentOfPeers, isQuiet: isQuiet)
  }

  /// What the program prints as JSON.
  ///
  /// - Throws: ``Failure`` when it fails or prints something else.
  public func value<Value: Decodable>(_ arguments: [String]) throws -> Value {
    let output = try output(arguments)
    do {
      return try JSONDecoder().decode(Value.self, from: output)
    } catch {
      throw failure(arguments, "printed something else than expected (\(error))")
    }
  }

  /// The numbers in the last line that the program prints.
  ///
  /// - Throws: ``Failure`` when it fails or prints another count of numbers.
  public func numbers(_ count: Int, _ arguments: [String]) throws -> [Double] {
    let text = String(decoding: try output(arguments), as: UTF8.self)
    let line = text.split(separator: "\n").last ?? ""
    let numbers = line.split(separator: " ").compactMap { Double($0) }
    guard numbers.count == count else {
      throw failure(arguments, "printed '\(line)' where \(count) numbers were expected")
    }
    return numbers
  }

  private func output(_ arguments: [String]) throws -> Data {
    let process = Process()
    process.executableURL = url
    process.arguments = arguments
    process.environment = environment
    let pipe = Pipe()
    process.standardOutput = pipe
    if isQuiet { process.standardError = FileHandle.nullDevice }
    try process.run()
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw failure(arguments, "ended with \(process.terminationStatus)")
    }
    return data
  }

  private func failure(_ arguments: [String], _ reason: String) -> Failure {
    Failure(errorDescription: "\(url.path) \(arguments.joined(separator: " ")): \(reason)")
  }

  /// Why there is no measurement.
  public struct Failure: LocalizedError {
    /// The command and what was wrong with it.
    public let errorDescription: String?
  }
}
