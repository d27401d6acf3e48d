import Networks
import Testing
import Torch

@Suite("Modules")
struct ModuleTests {
  final class Inner: Module {
    @Parameter var weight = Tensor([1.0, 2])
    @Buffer var mean = Tensor([0.0])
    let bias: Parameter? = Parameter(wrappedValue: Tensor([3.0]))
    let absent: Parameter? = nil
  }

  final class Outer: Module {
    let first = Inner()
    let layers: [any Module] = [Inner(), Inner()]
  }

  @Test("weights are found in properties, optionals and arrays, under PyTorch's names")
  func names() {
    let outer = Outer()
    #expect(
      outer.namedParameters.map(\.name) == [
        "first.weight", "first.bias", "layers.0.weight", "layers.0.bias", "layers.1.weight",
        "layers.1.bias",
      ])
    #expect(outer.namedBuffers.map(\.name) == ["first.mean", "layers.0.mean", "layers.1.mean"])
    #expect(outer.parameterCount == 9)
  }
}
