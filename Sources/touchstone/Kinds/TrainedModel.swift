import ArgumentParser
import Datasets
import Foundation
import Networks
import Torch
import Training

/// A network as a finished run left it in its folder.
struct TrainedModel {
  let description: ModelDescription
  let network: any Layer
  private let vocabulary: Vocabulary?

  /// The network of a run.
  ///
  /// - Throws: why its files cannot be read or do not fit one another.
  init(run folder: URL) throws {
    guard let description = ModelDescription(run: folder) else {
      throw ValidationError(
        "\(folder.appending(path: "model.json").path) is not there or not the description of a "
          + "model; give the folder of a finished run of touchstone train")
    }
    guard !ModelRegistry.graphNames.contains(description.name) else {
      throw ValidationError(
        "\(description.name) is a model of one graph; \(folder.path)/model.pt has it with its graph"
      )
    }
    guard description.embeddingSize == nil else {
      throw ValidationError(
        "\(description.name) is an encoder: it gives embeddings and no classes; "
          + "\(folder.path)/model.pt has it")
    }
    self.description = description
    let path = folder.appending(path: "vocabulary.json").path
    vocabulary = try description.vocabularySize.map { _ in try Vocabulary(contentsOf: path) }
    let network = try ModelRegistry.model(
      description.name, inputShape: description.inputShape,
      classCount: description.classNames.count, options: description.options,
      vocabularySize: vocabulary?.count, using: Generator(seed: 0, purpose: "weights"))
    try network.load(contentsOf: folder.appending(path: "model.safetensors"))
    self.network = description.exported(network)
  }

  /// The network, which is not trained any longer.
  var classifier: FrozenNetwork {
    FrozenNetwork(
      network, inputShape: description.inputShape, classCount: description.classNames.count)
  }

  /// Data as the network expects them: texts with the words and the length that it was trained with.
  ///
  /// - Throws: why the data cannot be read or do not fit the network.
  func load(_ path: String, split: DatasetPart?) throws -> Dataset {
    var text = description.text ?? TextOptions()
    if vocabulary != nil { text.length = description.inputShape.first }
    let data = try Dataset.load(
      from: path, split: split,
      options: LoadOptions(
        text: text, vocabulary: vocabulary, seed: description.drawSeed ?? 0,
        portraits: description.portraits, classes: description.classes, side: description.side))
    guard data.inputShape == description.inputShape,
      data.classNames.count == description.classNames.count, data.vocabulary == vocabulary,
      data.outputs == description.outputs ?? .classes
    else {
      throw ValidationError(
        "\(path) holds inputs of shape \(data.inputShape) in \(data.classNames.count) "
          + "\(data.outputs.rawValue), but "
          + "\(description.name) was trained on \(description.inputShape) in "
          + "\(description.classNames.count) \((description.outputs ?? .classes).rawValue); give the "
          + "data that the run was trained on"
      )
    }
    return data
  }
}
