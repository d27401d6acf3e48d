import ArgumentParser
import Dashboard
import Foundation

struct ServeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve",
    abstract: "Shows the run store in a browser: runs, live curves, comparisons, sweeps, reports.",
    discussion: """
      Only this machine reaches it, unless --host says otherwise; then a token is \
      asked for, which is printed once as part of the address to open. Nothing can be \
      changed through it, and of runs' folders only pages, pictures and texts can be \
      seen, no weights. Ctrl-C ends it.

      EXAMPLES
        touchstone serve
        touchstone serve --store runs/touchstone.sqlite --port 9000
        touchstone serve --host 0.0.0.0
            for other machines, with the token that is printed
        TOUCHSTONE_TOKEN=$(cat token) touchstone serve --host 0.0.0.0
        ssh -L 8600:127.0.0.1:8600 machine
            from another machine without a token; open http://127.0.0.1:8600/ there
      """)

  @OptionGroup var store: StoreOptions

  @Option(help: "The port; 0 takes any that is free.")
  var port = 8600

  @Option(
    help: ArgumentHelp(
      "The address to listen at; other machines reach all but 127.0.0.1 and ::1.",
      valueName: "address"))
  var host = "127.0.0.1"

  @Option(
    help: """
      The token to ask for; $TOUCHSTONE_TOKEN when not given, which other users of the machine do not \
      see. Where other machines reach the address and there is neither, one is made.
      """)
  var token: String?

  func run() async throws {
    #if Dashboard
      let address = try ListenAddress(host: host, port: port)
      // A variable that is empty says as little as one that is not there.
      let set = ProcessInfo.processInfo.environment["TOUCHSTONE_TOKEN"]
      let chosen = try (token ?? set.flatMap { $0.isEmpty ? nil : $0 })
        .map { text throws(DashboardError) in try AccessToken(text) }
      let made = chosen == nil && !address.isLoopback ? AccessToken.random() : nil
      let dashboard = try Dashboard(storePath: store.path)
      let server = try DashboardServer(dashboard, at: address, token: chosen ?? made)
      // Whoever reads where it is may stop it.
      let isStopRequested = Interrupts.watch()
      announce(server.address, made)
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await server.run() }
        group.addTask {
          while !isStopRequested() { try await Task.sleep(for: .milliseconds(100)) }
        }
        try await group.next()
        group.cancelAll()
      }
    #else
      throw DashboardError.notBuilt
    #endif
  }

  #if Dashboard
    /// Says where it is, at once also where the output is a file.
    private func announce(_ address: ListenAddress, _ token: AccessToken?) {
      let isAny = address.host == "0.0.0.0" || address.host == "::"
      let name = isAny ? ProcessInfo.processInfo.hostName : address.name
      let end = token.map { "?token=\($0.text)" } ?? ""
      let text = "\(store.path) is at http://\(name):\(address.port)/\(end) until Ctrl-C\n"
      FileHandle.standardOutput.write(Data(text.utf8))
    }
  #endif
}
