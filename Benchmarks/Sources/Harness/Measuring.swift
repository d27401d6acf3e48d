import Foundation

/// Seconds that `body` takes.
public func seconds(_ body: () throws -> Void) rethrows -> Double {
  let duration = try ContinuousClock().measure { try body() }
  return Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
}

/// Seconds that `body` takes, the median of some runs after one that does not count.
public func medianSeconds(runs: Int = 3, _ body: () throws -> Void) rethrows -> Double {
  try body()
  let times = try (0..<runs).map { _ in try seconds(body) }
  return times.sorted()[runs / 2]
}

/// The most memory that this process has held, from the kernel's own account.
public var peakMegabytes: Double {
  let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
  let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
  return (line?.split(separator: " ").dropFirst().first).flatMap { Double($0) }.map { $0 / 1024 }
    ?? .nan
}

/// A number with some digits after the point.
public func fixed(_ value: Double, _ digits: Int) -> String {
  String(format: "%.\(digits)f", value)
}
