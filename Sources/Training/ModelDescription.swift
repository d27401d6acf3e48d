import Datasets
import Foundation
import Networks
import Torch

/// What `model.json` says: enough to build the network that `model.safetensors` fits, and to read
/// data as it expects them.
package struct ModelDescription: Sendable, Codable {
  package var name: String
  package var options: [String: Double]
  package var inputShape: [Int]
  package var classNames: [String]
  /// What the outputs are taken for; classes when it is not said.
  package var outputs: OutputKind?
  /// How the columns of a table were scaled before the network saw them.
  package var standardisation: Standardisation?

  /// What a procedural set was drawn from, or texts were divided by; 0 where it is not said.
  package var drawSeed: UInt64?

  /// Who was drawn and how, where the data were portraits.
  package var portraits: PortraitOptions?

  /// The number of coordinates of an embedding, where the model is an encoder.
  package var embeddingSize: Int?

  /// The file with the head that judged an encoder, one direction a class: the class of an embedding is the
  /// direction at the smallest angle.
  package var head: String?

  /// The name of that file.
  package static let headFile = "head.safetensors"

  /// The classes that the data were restricted to, where they were.
  package var classes: [String]?

  /// The side of the middle square that images were reduced to, where they were.
  package var side: Int?

  /// What its training guarantees of every example, where it was private.
  package var privacy: PrivacyGuarantee?

  /// The attacks that the model was trained against.
  package var trainedAgainst: [String]?

  /// The fingerprint of the labelled examples that the model was trained on.
  package var trainedOn: String?

  /// How many words a model of texts knows.
  package var vocabularySize: Int?
  /// How texts were read.
  package var text: TextOptions?

  /// What is known of any model.
  package init(
    name: String, options: [String: Double], inputShape: [Int], classNames: [String]
  ) {
    self.name = name
    self.options = options
    self.inputShape = inputShape
    self.classNames = classNames
  }

  /// The description in the folder of a run; `nil` where there is none that can be read.
  package init?(run folder: URL) {
    guard
      let data = FileManager.default.contents(atPath: folder.appending(path: "model.json").path),
      let description = try? JSONDecoder().decode(Self.self, from: data)
    else { return nil }
    self = description
  }

  /// The network as it is exported: it takes the data as it was read.
  package func exported(_ model: any Layer) -> any Layer {
    guard let standardisation else { return model }
    return Sequential {
      Normalise(
        mean: standardisation.mean, standardDeviation: standardisation.standardDeviation, rank: 2)
      model
    }
  }
}
