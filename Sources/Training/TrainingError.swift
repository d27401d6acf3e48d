import Foundation
import Networks
import Torch

/// Why a training run cannot start or go on.
public enum TrainingError: LocalizedError, CustomStringConvertible, Sendable, Equatable {
  /// A setting is out of its range.
  case setting(name: String, value: String, allowed: String)
  /// There is no such term.
  case unknownTerm(String, known: [String])
  /// A term, or whatever is named, takes outputs for classes where examples have several labels, or the
  /// other way round.
  case outputs(term: String, data: String, are: OutputKind, alternative: String)
  /// A term takes the embeddings of an encoder for logits, or logits for embeddings.
  case embeddings(term: String, isEncoder: Bool)
  /// A term was asked for a value before it was told of data and network.
  case unprepared(String)
  /// A term, or whatever is named, needs a map from tensors to tensors, and the model is none.
  case needsLayer(String)
  /// A term, or whatever is named, needs a network of another kind.
  case network(term: String, needs: String, advice: String)
  /// The device, or an operation of the network, does not exist in the precision.
  case precision(Precision, reason: String)
  /// A learned weight on a term that can be negative.
  case unboundedTerm(String)
  /// A term became infinite or not a number.
  case notFinite(term: String, step: Int)
  /// The gradient became infinite or not a number though the loss is not.
  case gradientNotFinite(step: Int)
  /// The log of a run cannot be written.
  case log(path: String, reason: String)
  /// A checkpoint belongs to another run.
  case otherRun(path: String)
  /// A checkpoint cannot be read.
  case checkpoint(path: String, reason: String)

  /// What was wrong.
  public var description: String {
    switch self {
    case .setting(let name, let value, let allowed): "\(name) is \(value), it must be \(allowed)"
    case .unknownTerm(let name, _): "there is no term '\(name)'"
    case .outputs(let term, let data, .labels, _):
      "\(term) needs one class an example, but those of \(data) can have several labels"
    case .outputs(let term, let data, .classes, _):
      "\(term) is for examples with several labels, but those of \(data) have one class each"
    case .embeddings(let term, true):
      "the term \(term) needs logits, but the network is an encoder, whose outputs are embeddings"
    case .embeddings(let term, false):
      "the term \(term) needs embeddings, but the network is no encoder"
    case .unprepared(let term): "the term \(term) has not been told what it learns from"
    case .needsLayer(let name):
      "\(name) needs a model that maps inputs to outputs, and this one does not"
    case .network(let term, let needs, _): "\(term) needs \(needs), and this network is none"
    case .precision(let precision, let reason):
      "training in \(precision.rawValue) is not possible: \(reason)"
    case .unboundedTerm(let name):
      "the term \(name) can be negative, so its weight cannot be learned"
    case .notFinite(let term, let step): "the term \(term) is not finite at step \(step)"
    case .gradientNotFinite(let step): "the gradient is not finite at step \(step)"
    case .log(let path, let reason): "\(path) cannot be written (\(reason))"
    case .otherRun(let path): "\(path) holds the checkpoint of a run with other settings"
    case .checkpoint(let path, let reason): "\(path) cannot be resumed from: \(reason)"
    }
  }

  /// What was wrong.
  public var errorDescription: String? { description }

  /// What to do.
  public var recoverySuggestion: String? {
    switch self {
    case .setting: nil
    case .needsLayer: "leave it out, or train a network of layers"
    case .unknownTerm(_, let known): "choose one of \(known.joined(separator: ", "))"
    case .outputs(_, _, _, let alternative): alternative
    case .embeddings(_, let isEncoder):
      isEncoder
        ? "train it with arcface or cosface, or choose a network with logits"
        : "choose one of the models \(ModelRegistry.encoderNames.joined(separator: ", "))"
    case .unprepared: "call prepare(for:model:context:) first; a Trainer does"
    case .network(_, _, let advice): advice
    case .precision: "leave out training.precision, for float32"
    case .unboundedTerm: "give it a constant or a scheduled weight"
    case .log: "free some space or choose another --out folder; the last checkpoint is kept"
    case .notFinite, .gradientNotFinite:
      "lower the learning rate or clip gradients; the last checkpoint is kept"
    case .otherRun: "choose another --out folder, or remove that one"
    case .checkpoint: "remove it to go on from the one before, or from the start"
    }
  }
}
