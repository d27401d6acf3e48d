import Testing

@testable import Torch

@Suite("Where processes meet") struct RendezvousTests {
  private let whole = [
    "RANK": "1", "WORLD_SIZE": "3", "MASTER_ADDR": "10.0.0.1", "MASTER_PORT": "29500",
  ]

  @Test("nothing is set, or one process: there is no group")
  func alone() throws {
    #expect(try Rendezvous(environment: [:]) == nil)
    #expect(try Rendezvous(environment: ["RANK": "0", "WORLD_SIZE": "1"]) == nil)
  }

  @Test("the variables of torchrun are read")
  func torchrun() throws {
    var environment = whole
    environment["TORCHELASTIC_USE_AGENT_STORE"] = "True"
    environment["TORCHELASTIC_RESTART_COUNT"] = "2"
    environment[Rendezvous.patienceName] = "7"
    let place = try #require(try Rendezvous(environment: environment))
    #expect(place.rank == 1 && place.size == 3 && place.host == "10.0.0.1" && place.port == 29500)
    #expect(place.isServed && place.attempt == "2" && place.patience == 7)
  }

  @Test(
    "what makes no sense is refused, with what to do",
    arguments: [
      (["RANK": nil], "WORLD_SIZE is set and RANK is not"),
      (["WORLD_SIZE": nil], "RANK is set and WORLD_SIZE is not"),
      (["RANK": "3"], "RANK is '3'"), (["RANK": "one"], "RANK is 'one'"),
      (["RANK": "-1"], "RANK is '-1'"), (["WORLD_SIZE": "0"], "WORLD_SIZE is '0'"),
      (["MASTER_ADDR": nil], "MASTER_ADDR is not set"),
      (["MASTER_PORT": nil], "MASTER_PORT is not set"),
      (["MASTER_PORT": "70000"], "MASTER_PORT is '70000'"),
      ([Rendezvous.patienceName: "soon"], "TOUCHSTONE_JOIN_SECONDS is 'soon'"),
    ] as [([String: String?], String)])
  func nonsense(_ changes: [String: String?], _ message: String) throws {
    var environment = whole
    for (name, value) in changes { environment[name] = value }
    let error = try #require(throws: ProcessGroupError.self) {
      try Rendezvous(environment: environment)
    }
    #expect(error.description == message)
    #expect(error.recoverySuggestion?.isEmpty == false)
  }
}
