import Datasets
import Foundation
import Networks
import Testing
import Torch

@testable import Training

@Suite("Transfer of layers that are not trained")
struct TransferTests {
  private func network(classes: Int = 2, seed: UInt64 = 6) -> Sequential {
    let generator = Generator(seed: seed, purpose: "weights")
    return Sequential {
      Linear(6, 12, using: generator)
      BatchNorm(12)
      Activation.relu()
      Dropout(0.3)
      Linear(12, 8, using: generator)
      BatchNorm(8)
      Activation.relu()
      Linear(8, classes, using: generator)
    }
  }

  @Test("frozen layers keep weights and statistics to the last bit, the others move")
  func freeze() throws {
    for freeze in 1...2 {
      let model = network()
      let before = model.state().mapValues { $0.copy() }
      let run = try ToyRun()
      defer { run.remove() }
      _ = try run.trainer(model) {
        $0.freeze = freeze
        $0.emaDecay = 0.9
        $0.optimiser.weightDecay = 0.1
      }.run()
      let after = model.state()
      let frozen = freeze == 1 ? ["0", "1"] : ["0", "1", "4", "5"]
      for (name, tensor) in before {
        let layer = String(name.prefix { $0 != "." })
        let isSame = after[name]?.isIdentical(to: tensor) == true
        #expect(isSame == frozen.contains(layer), "\(freeze): \(name)")
      }
    }
  }

  @Test("finished weights have the names of the model as it was given, and fit it")
  func saved() throws {
    let model = Sequential {
      network(classes: 4)
      Linear(4, 2, using: Generator(seed: 1, purpose: "weights"))
    }
    let run = try ToyRun()
    defer { run.remove() }
    let file = run.folder.appending(path: "weights.safetensors")
    _ = try run.trainer(model) { $0.freeze = 1 }.run(savingTo: file)
    #expect(Set(try SafeTensors.read(file).tensors.keys) == Set(model.state().keys))
    try model.load(contentsOf: file)
  }

  @Test("what frozen layers say of an input is the same in training as after it")
  func untrained() throws {
    let model = network()
    let inputs = Laboratory.normal([4, 6], dtype: .float32)
    _ = model(inputs * 3 + 1, .training(seed: 1))
    let (partly, trained) = try #require(model.withUntrained(first: 1))
    #expect(trained.count == 6)
    let pass = Pass.training(seed: 2)
    let first = partly.stages[..<4].reduce(inputs) { $1($0, pass) }
    #expect(first.isIdentical(to: model.stages[..<4].reduce(inputs) { $1($0, .evaluation) }))
    #expect(partly(inputs).isIdentical(to: model(inputs)))
  }

  @Test("a run starts from all layers of another but the last one, of other classes")
  func initial() throws {
    let other = network(classes: 5, seed: 9)
    _ = other(Laboratory.normal([8, 6], dtype: .float32), .training(seed: 1))
    let run = try ToyRun()
    defer { run.remove() }
    let folder = run.folder.appending(path: "public")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try other.save(to: folder.appending(path: "model.safetensors"))
    for place in [folder, folder.appending(path: "model.safetensors")] {
      let model = network()
      let last = try #require(model.parameters.last).value.copy()
      _ = try run.trainer(model) { $0.initial = place.path }
      for (name, tensor) in other.state() where !name.hasPrefix("7.") {
        #expect(model.state()[name]?.isIdentical(to: tensor) == true, "\(name)")
      }
      #expect(model.parameters.last?.value.isIdentical(to: last) == true)
    }
  }

  @Test("a run that was stopped goes on to the same bits")
  func resumes() throws {
    let change: (inout TrainerSettings) -> Void = { $0.freeze = 1 }
    let whole = network()
    let straight = try ToyRun()
    defer { straight.remove() }
    _ = try straight.trainer(whole, change: change).run()
    let run = try ToyRun()
    defer { run.remove() }
    let stop = StopSignal()
    _ = try run.trainer(network(), stop: stop, change: change).run {
      if $0.step == 5 { stop.request() }
    }
    let resumed = network()
    _ = try run.trainer(resumed, change: change).run()
    #expect(areIdentical(whole.state(), resumed.state()))
  }

  @Test("too many layers, networks that cannot be cut and weights of others are refused")
  func refusals() throws {
    let run = try ToyRun()
    defer { run.remove() }
    for freeze in [-1, 3, 4] {
      #expect(throws: TrainingError.self) { try run.trainer(network()) { $0.freeze = freeze } }
    }
    let file = run.folder.appending(path: "other.safetensors")
    try Laboratory.network([5, 4], dtype: .float32).save(to: file)
    let model = network()
    let before = model.state().mapValues { $0.copy() }
    #expect(throws: StateError.self) { try run.trainer(model) { $0.initial = file.path } }
    #expect(areIdentical(before, model.state()))
    #expect(throws: (any Error).self) { try run.trainer(model) { $0.initial = "/nowhere" } }
    #expect(throws: TrainingError.self) { try run.trainer(Weights([1])) { $0.freeze = 1 } }
  }
}
