import Foundation

/// Why a diffusion model cannot be built, trained or sampled from.
public enum DiffusionError: LocalizedError, CustomStringConvertible, Sendable, Equatable {
  /// A setting is out of its range.
  case setting(name: String, value: String, allowed: String)
  /// The groups of a normalisation do not divide its channels.
  case groups(layer: String, channels: Int, groups: Int)
  /// Heads of attention do not divide the channels.
  case heads(layer: String, channels: Int, headWidth: Int)
  /// A network of some levels cannot halve the images so often.
  case side(Int, patch: Int, levels: Int)
  /// Data are not images of the shape that the network is for.
  case images(name: String, shape: [Int], expected: [Int])
  /// A condition was given to a network that takes none, lacks, or has another width.
  case condition(shape: [Int]?, expected: [Int])
  /// There is no layer of that name that could be adapted.
  case unknownLayer(String, known: [String])
  /// The model is not of the kind that a term needs.
  case notDenoising(term: String)
  /// The model changes while it runs, so that several threads cannot share it.
  case oneThread
  /// Samples became infinite or not a number.
  case notFinite
  /// The files of a prior cannot be read.
  case prior(path: String, reason: String)

  /// What was wrong.
  public var description: String {
    switch self {
    case .setting(let name, let value, let allowed): "\(name) is \(value), it must be \(allowed)"
    case .groups(let layer, let channels, let groups):
      "\(layer): \(groups) groups do not divide \(channels) channels"
    case .heads(let layer, let channels, let width):
      "\(layer): heads of \(width) channels do not divide \(channels) channels"
    case .side(let side, let patch, let levels):
      patch > 0 && side % patch != 0
        ? "images of \(side) pixels cannot be divided into patches of \(patch)"
        : "images of \(side) pixels in patches of \(patch) cannot be halved \(levels - 1) times"
    case .images(let name, let shape, let expected):
      "\(name) has inputs of shape \(shape), the network is for \(expected)"
    case .condition(let shape?, let expected):
      "a condition of shape \(shape) was given, the network takes \(expected)"
    case .condition(nil, let expected):
      "no condition was given, the network takes \(expected)"
    case .unknownLayer(let name, _): "there is no linear or convolutional layer '\(name)'"
    case .notDenoising(let term): "the term \(term) needs a denoising model"
    case .oneThread: "a network with adapters beside it runs on one thread at a time"
    case .notFinite: "sampling ran off to infinity"
    case .prior(let path, let reason): "\(path) is no prior: \(reason)"
    }
  }

  /// What was wrong.
  public var errorDescription: String? { description }

  /// What to do.
  public var recoverySuggestion: String? {
    switch self {
    case .setting, .notDenoising: nil
    case .groups:
      "choose a width whose multiples, and their sums where skips join, are divided by 32, "
        + "or by 4 while they are below 128"
    case .heads: "choose a width that \(Self.headRule)"
    case .side: "choose fewer multipliers, another patch, or images of another size"
    case .images: "give square images of that size, or change the network's"
    case .condition: "give one row for every image; zeros stand for no condition"
    case .unknownLayer(_, let known): "choose from \(known.joined(separator: ", "))"
    case .oneThread: "merge the adapters first, or leave out shards"
    case .notFinite: "guide less, or take more steps"
    case .prior: "give the folder of a finished run of touchstone train on a prior recipe"
    }
  }

  private static let headRule = "64 divides wherever there is attention"

  /// Checks one setting.
  static func require(
    _ isRight: Bool, _ name: String, _ value: Any, _ allowed: String
  ) throws(DiffusionError) {
    if !isRight { throw .setting(name: name, value: "\(value)", allowed: allowed) }
  }
}
