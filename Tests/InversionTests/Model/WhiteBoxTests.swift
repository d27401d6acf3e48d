import Datasets
import Foundation
import Inversion
import Networks
import Testing
import Torch

@Suite("Classifiers that are looked into, and their people")
struct WhiteBoxTests {
  private func network() throws -> any Layer {
    try ModelRegistry.model(
      "small-vgg", inputShape: [1, 8, 8], classCount: 3, options: ["width": 4],
      using: Generator(seed: 1, purpose: "weights"))
  }

  @Test(
    "features of a network are what its last layer sees, and that layer makes its logits of them")
  func features() throws {
    let network = try network()
    let frozen = FrozenNetwork(network, inputShape: [1, 8, 8], classCount: 3)
    let images = Laboratory.noise([2, 1, 8, 8])
    let answers = try WhiteBox(frozen).answers(to: images)
    #expect(WhiteBox(frozen).directions.shape == [3, 16] && answers.features.shape == [2, 16])
    let logits = try frozen.logits(images).values(as: Double.self)
    #expect(areClose(answers.logits.values(as: Double.self), logits, 1e-6))
    let bias = try #require(
      network.state().first { $0.key.hasSuffix("bias") && $0.value.shape == [3] })
    let again = answers.features.linear(WhiteBox(frozen).directions) + bias.value
    #expect(areClose(again.values(as: Double.self), logits, 1e-5))
  }

  @Test(
    "who has the weights looks through roundings and truncations, unless their own gradients are asked for"
  )
  func seenThrough() throws {
    let frozen = FrozenNetwork(try network(), inputShape: [1, 8, 8], classCount: 3)
    let images = Laboratory.noise([2, 1, 8, 8])
    let bare = try WhiteBox(frozen).answers(to: images)
    for slope in OutputSlope.allCases {
      for defence: any OutputDefence in [
        try ProbabilityRounding(decimals: 0, slope: slope),
        try TopTruncation(count: 1, slope: slope),
      ] {
        let defended = try DefendedClassifier(frozen, defences: [defence])
        let seen = try WhiteBox(defended).answers(to: images)
        let found = seen.logits.values(as: Double.self)
        let told = try defended.logits(images).values(as: Double.self)
        #expect(found != told || slope == .exact)
        #expect((found == bare.logits.values(as: Double.self)) == (slope == .straightThrough))
        #expect((seen.features.shape == bare.features.shape) == (slope == .straightThrough))
        // Whoever asks for answers, such as the choice of public images, gets what is told.
        #expect(try CountedClassifier(defended).logits(images).values(as: Double.self) == told)
      }
    }
  }

  @Test("of any other classifier logits stand for features")
  func others() throws {
    let counted = CountedClassifier(
      FrozenNetwork(Activation.relu(), inputShape: [3], classCount: 3))
    let answers = try counted.model(Tensor([1, -2, 3], shape: [1, 3]).to(.float32))
    #expect(answers.features.values(as: Double.self) == [1, 0, 3])
    #expect(counted.model.directions.values(as: Double.self) == [1, 0, 0, 0, 1, 0, 0, 0, 1])
  }

  @Test("private people are divided between the target and the test, and nobody is public as well")
  func people() throws {
    var data = TemplateRecipe.Data(source: "portraits")
    data.portraits = PortraitOptions(
      privateIdentities: 4, publicIdentities: 9, size: 16, train: 3, test: 2)
    data.thresholdIdentities = 3
    let found = try ModelData(ModelRecipe(data: data))
    #expect(found.training.classCounts == [3, 3, 3, 3] && found.test.classCounts == [2, 2, 2, 2])
    #expect(found.publicImages.classNames.count == 6)
    #expect(found.thresholdImages?.classNames.count == 3)
    #expect(Set(found.publicImages.classNames).isDisjoint(with: found.training.classNames))
    #expect(found.people?.count == 4)
    data.publicNames = ["private 0", "public 1"]
    #expect(throws: InversionError.self) { try ModelData(ModelRecipe(data: data)) }
  }

  @Test("where there is no test part, the last images of everybody are kept from the target")
  func heldOut() throws {
    try Laboratory.withFolder { folder in
      for person in 0..<6 {
        let place = folder.appending(path: "person\(person)")
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        for image in 0..<4 {
          let header = Data("P5 4 4 255\n".utf8)
          let bytes = Data((0..<16).map { UInt8((person * 41 + image * 13 + $0 * 3) % 256) })
          try (header + bytes).write(to: place.appending(path: "\(image).pgm"))
        }
      }
      var recipe = ModelRecipe(data: .init(source: folder.path))
      (recipe.data.privateIdentities, recipe.data.thresholdIdentities) = (2, 2)
      let found = try ModelData(recipe)
      #expect(found.training.classCounts == [2, 2] && found.test.classCounts == [2, 2])
      recipe.heldOut = 1
      #expect(try ModelData(recipe).training.classCounts == [3, 3])
      recipe.heldOut = 4
      #expect(throws: InversionError.tooFew("images of a private person", count: 4, least: 5)) {
        try ModelData(recipe)
      }
      // Nobody for thresholds where nobody is named.
      recipe.heldOut = nil
      (recipe.data.thresholdNames, recipe.data.thresholdIdentities) = ([], nil)
      #expect(try ModelData(recipe).thresholdImages == nil)
      recipe.data.privateNames = ["person1", "person2"]
      recipe.data.publicNames = ["person2", "person3"]
      #expect(
        throws: InversionError.sharedIdentities(["person2"], first: "public", second: "private")
      ) { try ModelData(recipe) }
    }
  }
}
