#if Dashboard
  import Foundation
  import Runs
  import Testing

  @Suite("touchstone serve")
  struct ServeTests {
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    /// What a server on this machine answers.
    private func page(_ port: Int) throws -> String {
      let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
      defer { close(descriptor) }
      var address = sockaddr_in()
      address.sin_family = sa_family_t(AF_INET)
      address.sin_port = in_port_t(port).bigEndian
      address.sin_addr.s_addr = inet_addr("127.0.0.1")
      let result = withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
        }
      }
      try #require(result == 0)
      let handle = FileHandle(fileDescriptor: descriptor)
      try handle.write(contentsOf: Data("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".utf8))
      return String(decoding: try handle.readToEnd() ?? Data(), as: UTF8.self)
    }

    @Test("says where it is, serves, and ends when it is told to")
    func life() throws {
      let store = try RunStore(at: scratch.path("runs.sqlite"))
      let out = Pipe()
      let server = try RunningCommand(
        ["serve", "--port", "0", "--store", store.path], output: out)
      let line = String(decoding: out.fileHandleForReading.availableData, as: UTF8.self)
      let begin = try #require(line.range(of: "http://127.0.0.1:"))
      let address = line[begin.lowerBound...].prefix { $0 != " " }
      let port = try #require(URL(string: String(address))?.port)
      let page = try page(port)
      #expect(page.hasPrefix("HTTP/1.1 200 OK\r\n") && page.contains("No runs."))
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
      server.send(SIGINT)
      #expect(server.wait() == 0 && !server.wasKilled)
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
