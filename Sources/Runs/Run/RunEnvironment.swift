import Foundation
import Reports

/// Where a run was made: the state of the code, versions, the machine.
public struct RunEnvironment: Sendable, Hashable {
  /// The name of the machine.
  public let host: String
  /// All of it as JSON.
  public let text: String

  init(host: String, text: String) {
    self.host = host
    self.text = text
  }

  /// What surrounds the process now.
  ///
  /// - Parameter versions: names and versions of the program and its libraries.
  public static func current(versions: [(name: String, version: String)]) -> RunEnvironment {
    let process = ProcessInfo.processInfo
    let machine: JSONValue = [
      "host": .string(process.hostName), "system": .string(process.operatingSystemVersionString),
      "cores": .integer(process.activeProcessorCount),
      "memory": JSONValue(UInt64(process.physicalMemory)), "processor": JSONValue(processor),
    ]
    let value: JSONValue = [
      "git": git ?? .null,
      "versions": .object(JSONObject(versions.map { ($0.name, .string($0.version)) })),
      "machine": machine,
    ]
    return RunEnvironment(host: process.hostName, text: value.text())
  }

  private static var processor: String? {
    let text = try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)
    let line = text?.split(separator: "\n").first { $0.hasPrefix("model name") }
    return line?.split(separator: ":").last.map { $0.trimmingCharacters(in: .whitespaces) }
  }

  /// The commit of the working folder and whether it was changed; `nil` outside a repository.
  private static var git: JSONValue? {
    guard let text = output(of: ["git", "status", "--porcelain=v2", "--branch", "-uno"]) else {
      return nil
    }
    var object: JSONObject = ["commit": nil, "branch": nil, "isChanged": false]
    for line in text.split(separator: "\n") {
      let words = line.split(separator: " ")
      if line.hasPrefix("# branch.oid") {
        object["commit"] = JSONValue(words.last.map(String.init))
      } else if line.hasPrefix("# branch.head") {
        object["branch"] = JSONValue(words.last.map(String.init))
      } else if !line.hasPrefix("#") {
        object["isChanged"] = true
      }
    }
    return .object(object)
  }

  private static func output(of arguments: [String]) -> String? {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    process.standardInput = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return nil }
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return process.terminationStatus == 0 ? String(decoding: data, as: UTF8.self) : nil
  }
}
