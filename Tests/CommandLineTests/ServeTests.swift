#if Dashboard
  import Foundation
  import Testing

  @Suite("touchstone serve")
  struct ServeTests {
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    private func store() throws -> String {
      let path = scratch.path("runs.sqlite")
      let recipe = try scratch.write(
        "r.yaml",
        """
        recipe: train
        data: { source: glyphs, train: 40, test: 20 }
        model: { name: small-cnn, options: { width: 4 } }
        training: { steps: 2, batchSize: 20 }
        """)
      let run = try Command(
        ["train", recipe, "--out", scratch.path("run"), "--quiet", "--store", path])
      #expect(run.status == 0, "\(run.errors)")
      return path
    }

    @Test("says where it is, serves, and ends when it is told to")
    func life() throws {
      let process = Process()
      process.executableURL = Command.executable
      process.arguments = ["serve", "--port", "0", "--store", try store()]
      let out = Pipe()
      process.standardOutput = out
      try process.run()
      defer { if process.isRunning { process.terminate() } }
      let line = String(decoding: out.fileHandleForReading.availableData, as: UTF8.self)
      let begin = try #require(line.range(of: "http://127.0.0.1:"))
      let address = line[begin.lowerBound...].prefix { $0 != " " }
      let url = try #require(URL(string: String(address)))
      let page = try String(contentsOf: url, encoding: .utf8)
      #expect(page.contains("1 to 1 of 1"))
      let port = try #require(url.port)
      let second = try Command([
        "serve", "--port", "\(port)", "--store", scratch.path("runs.sqlite"),
      ])
      #expect(second.status == 2)
      #expect(
        second.errorLines == [
          """
          touchstone: another process listens on port \(port) of 127.0.0.1; stop it, or give another \
          port with --port; 0 takes any that is free
          """
        ])
      process.interrupt()
      process.waitUntilExit()
      #expect(process.terminationStatus == 0 && process.terminationReason == .exit)
    }

    @Test(
      "what cannot be served is one sentence",
      arguments: [
        (["--host", "machine"], "neither an IPv4 nor an IPv6 address"),
        (["--port", "70000"], "there is no port 70000"),
        (["--token", "short"], "less than 16 characters"),
        ([], "there is no run store at"),
      ])
    func refused(options: [String], message: String) throws {
      let command = try Command(["serve"] + options)
      #expect(command.status == 2)
      #expect(command.errorLines.count == 1)
      #expect(command.errors.contains(message), "\(command.errors)")
    }
  }
#endif
