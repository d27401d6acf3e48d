import Testing

@testable import Dashboard

@Suite("Limits")
struct TimeLimitTests {
  private let clock = ContinuousClock()

  @Test("work that takes too long is given up, and other work gives what it gives")
  func times() async throws {
    struct Broken: Error {}
    await #expect(throws: TimeLimitPassed.self) {
      try await limited(to: .milliseconds(5), on: clock) {
        try await Task.sleep(for: .seconds(600))
      }
    }
    await #expect(throws: Broken.self) {
      try await limited(to: .seconds(600), on: clock) { throw Broken() }
    }
    #expect(try await limited(to: .seconds(600), on: clock) { 7 } == 7)
  }

  @Test("there are as many seats as there are")
  func seats() {
    let seats = Seats(2)
    #expect(seats.take() && seats.take() && !seats.take())
    seats.leave()
    #expect(seats.take() && !seats.take())
  }
}
