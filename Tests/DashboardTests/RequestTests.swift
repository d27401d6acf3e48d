import Testing

@testable import Dashboard

@Suite("Requests")
struct RequestTests {
  private func read(_ text: String, by count: Int = .max) throws -> HTTPRequest? {
    var reader = HTTPHeadReader()
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let part = bytes.prefix(count)
      bytes = bytes.dropFirst(count)
      if let request = try reader.append(Array(part)) { return request }
    }
    return nil
  }

  @Test("a head is read in whatever parts it comes", arguments: [1, 2, 7, 1000])
  func parts(count: Int) throws {
    let text = "GET /runs/a%20b?x=1&x=2 HTTP/1.1\r\nHost: localhost\r\nCookie:  a=b \r\n\r\n"
    let request = try #require(try read(text, by: count))
    #expect(request.method == "GET")
    #expect(request.target.path == ["runs", "a b"])
    #expect(request.target.all("x") == ["1", "2"])
    #expect(request.target["x"] == "2")
    #expect(request.only("host") == "localhost")
    #expect(request.only("cookie") == "a=b")
    #expect(try read(String(text.dropLast(2))) == nil)
  }

  @Test(
    "what is no request is refused",
    arguments: [
      "\r\n\r\n", "GET /\r\n\r\n", "GET  / HTTP/1.1\r\n\r\n", "GET / HTTP/1.1 x\r\n\r\n",
      "GET / SPDY\r\n\r\n", "G3T / HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\nHost\r\n\r\n",
      "GET / HTTP/1.1\r\nHost : a\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\u{1}b\r\n\r\n",
      "GET http://elsewhere/ HTTP/1.1\r\n\r\n", "GET /a\u{0} HTTP/1.1\r\n\r\n",
    ])
  func broken(text: String) {
    #expect { try read(text) } throws: { ($0 as? HTTPRefusal)?.status == .badRequest }
  }

  @Test("bytes that are no text are refused")
  func bytes() {
    var reader = HTTPHeadReader()
    #expect(throws: HTTPRefusal.self) {
      try reader.append(Array("GET /".utf8) + [0xFF] + Array(" HTTP/1.1\r\n\r\n".utf8))
    }
  }

  @Test("other versions are refused as such")
  func version() {
    #expect { try read("GET / HTTP/2.0\r\n\r\n") } throws: {
      ($0 as? HTTPRefusal)?.status == .versionNotSupported
    }
  }

  @Test("addresses and heads without an end are refused before they fill the memory")
  func endless() {
    func status(_ begin: String, _ rest: String) -> HTTPStatus? {
      var reader = HTTPHeadReader()
      do throws(HTTPRefusal) {
        _ = try reader.append(Array(begin.utf8))
        for _ in 0..<4000 { _ = try reader.append(Array(rest.utf8)) }
        return nil
      } catch {
        return error.status
      }
    }
    let long = String(repeating: "a", count: 1000)
    #expect(status("GET /", long) == .targetTooLong)
    #expect(status("GET / HTTP/1.1\r\nX: ", long) == .headersTooLarge)
    #expect(status("GET / HTTP/1.1\r\n", "X: y\r\n") == .headersTooLarge)
    let fields = String(repeating: "X: y\r\n", count: 65)
    #expect(status("GET / HTTP/1.1\r\n" + fields, "\r\n") == .headersTooLarge)
    #expect(
      status("GET /\(String(repeating: "a", count: 4096)) HTTP/1.1\r\n", "\r\n") == .targetTooLong)
  }

  @Test(
    "nothing leads outside",
    arguments: [
      "/..", "/runs/../x", "/runs/%2e%2e/x", "/runs/%2E./x", "/runs/..%2fetc", "/runs/%2fetc",
      "/runs/a%5c..%5cb", "/runs//etc/passwd", "//etc/passwd", "/runs/a%00b", "/runs/%zz",
      "/runs/./a", "/runs/%ff", "/runs/a%0ab", "",
    ])
  func traversal(address: String) {
    #expect { try RequestTarget(address) } throws: {
      ($0 as? HTTPRefusal)?.status == .badRequest
    }
  }

  @Test("parameters have bounds")
  func parameters() throws {
    #expect(try RequestTarget("/?a=b+c%26d&e&f=").parameters.map(\.value) == ["b c&d", "", ""])
    func status(_ address: String) -> HTTPStatus? {
      do throws(HTTPRefusal) {
        _ = try RequestTarget(address)
        return nil
      } catch {
        return error.status
      }
    }
    #expect(status("/?a=" + String(repeating: "b", count: 256)) == nil)
    #expect(status("/?a=" + String(repeating: "b", count: 257)) == .badRequest)
    #expect(status("/?" + String(repeating: "b", count: 257) + "=a") == .badRequest)
    #expect(status("/?" + String(repeating: "a=b&", count: 64)) == nil)
    #expect(status("/?" + String(repeating: "a=b&", count: 65)) == .badRequest)
    #expect(status("/?" + String(repeating: "a", count: 5000)) == .targetTooLong)
    #expect(status("/?a=%0a") == .badRequest)
    #expect(status("/?a=%f") == .badRequest)
    let name = "a b/<ü>&?\"'"
    #expect(try RequestTarget("/?x=" + RequestTarget.encoded(name))["x"] == name)
  }
}
