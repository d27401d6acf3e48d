import Datasets
import Networks
import Torch

/// What `model.json` says: enough to build the network that `model.safetensors` fits, and to read
/// data as it expects them.
struct ModelDescription: Codable {
  var name: String
  var options: [String: Double]
  var inputShape: [Int]
  var classNames: [String]
  /// What the outputs are taken for; classes when it is not said.
  var outputs: OutputKind?
  /// How the columns of a table were scaled before the network saw them.
  var standardisation: Standardisation?

  /// What a procedural set was drawn from, or texts were divided by; 0 where it is not said.
  var drawSeed: UInt64?

  /// Who was drawn and how, where the data were portraits.
  var portraits: PortraitOptions?

  /// The number of coordinates of an embedding, where the model is an encoder.
  var embeddingSize: Int?

  /// The classes that the data were restricted to, where they were.
  var classes: [String]?

  /// The side of the middle square that images were reduced to, where they were.
  var side: Int?

  /// The attacks that the model was trained against.
  var trainedAgainst: [String]?

  /// How many words a model of texts knows.
  var vocabularySize: Int?
  /// How texts were read.
  var text: TextOptions?

  /// The network as it is exported: it takes the data as it was read.
  func exported(_ model: any Layer) -> any Layer {
    guard let standardisation else { return model }
    return Sequential {
      Normalise(
        mean: standardisation.mean, standardDeviation: standardisation.standardDeviation, rank: 2)
      model
    }
  }
}
