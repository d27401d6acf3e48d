import Foundation

/// Keeps OpenMP from spinning: idle threads that burn their cores make every other worker slower.
///
/// libgomp reads the variables when it is loaded, before any code of ours runs, so the command
/// starts itself again, once, with the variables set.
enum QuietThreads {
  private static let variables = ["OMP_WAIT_POLICY": "PASSIVE", "GOMP_SPINCOUNT": "0"]
  private static let marker = "TOUCHSTONE_RESTARTED"

  static func ensure() {
    let environment = ProcessInfo.processInfo.environment
    guard environment[marker] == nil, variables.contains(where: { environment[$0.key] == nil })
    else { return }
    for (name, value) in variables { setenv(name, value, 0) }
    setenv(marker, "1", 1)
    var arguments = CommandLine.arguments.map { strdup($0) } + [nil]
    execv(URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().path, &arguments)
    // Without /proc the work goes on with spinning threads, which is slower but right.
  }
}
