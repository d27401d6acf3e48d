import Foundation

/// Keeps OpenMP from spinning, as the command does: idle threads that burn their cores slow others down.
public enum QuietThreads {
  /// The variables that libgomp reads when it is loaded.
  public static let variables = ["OMP_WAIT_POLICY": "PASSIVE", "GOMP_SPINCOUNT": "0"]

  /// Starts this program again, once, with the variables set.
  public static func restart() {
    guard ProcessInfo.processInfo.environment["OMP_WAIT_POLICY"] == nil else { return }
    for (name, value) in variables { setenv(name, value, 1) }
    var arguments = CommandLine.arguments.map { strdup($0) } + [nil]
    execv(URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().path, &arguments)
  }

  /// The environment as it came, for peers.
  public static var environmentOfPeers: [String: String] {
    var environment = ProcessInfo.processInfo.environment
    for name in variables.keys { environment[name] = nil }
    return environment
  }
}
