import Foundation
import Testing
import Training

@Suite("Rescaled sigmoid")
struct RescaledSigmoidTests {
  private let plain = Schedule.sigmoid(to: 2, steepness: 8, midpoint: 0.4)
  private let rescaled = Schedule.rescaledSigmoid(to: 2, steepness: 8, midpoint: 0.4)

  @Test("it begins at zero and ends at its value, as the plain one does not")
  func ends() {
    // The share of the run is the step by the number of steps, so that the end is one step after the last.
    #expect(rescaled.value(at: 0, of: 1000) == 0)
    #expect(abs(rescaled.value(at: 1000, of: 1000) - 2) < 1e-12)
    #expect(abs(plain.value(at: 0, of: 1000) / 2 - 0.039) < 5e-4)
    #expect(abs(plain.value(at: 1000, of: 1000) / 2 - 0.992) < 5e-4)
    let values = (0...100).map { rescaled.value(at: $0, of: 100) }
    #expect(zip(values, values.dropFirst()).allSatisfy { $0 < $1 })
  }

  @Test("it comes back from JSON")
  func coding() throws {
    let data = try JSONEncoder().encode(rescaled)
    #expect(try JSONDecoder().decode(Schedule.self, from: data) == rescaled)
    let short = Data(#"{"shape": "rescaledSigmoid", "to": 2}"#.utf8)
    #expect(try JSONDecoder().decode(Schedule.self, from: short) == rescaled)
  }
}
