/// Which part of a data set to load.
public enum DatasetPart: String, Sendable, Codable, CaseIterable {
  /// What models are fitted to.
  case train
  /// What settings are chosen on.
  case validation
  /// What results are measured on.
  case test
  /// Every part, in the order train, validation, test.
  case all

  /// The part that a folder of this name holds, or nil where the name is no part's.
  init?(folder: String) {
    switch folder.lowercased() {
    case "train", "training": self = .train
    case "val", "valid", "validation": self = .validation
    case "test", "testing": self = .test
    default: return nil
    }
  }

  /// The parts to read for a request, given those that exist.
  ///
  /// Without a request it is the test part; where a source has train and validation only, validation
  /// stands in for the test, as is usual for ImageNet. A source without parts is read as a whole,
  /// but only when no part was asked for by name: training and testing on the same examples must
  /// not happen unseen.
  ///
  /// - Throws: `DatasetError` (badSetting) when the part does not exist.
  static func resolve(
    _ wanted: DatasetPart?, among parts: Set<DatasetPart>, in place: String
  ) throws -> [DatasetPart] {
    let order: [DatasetPart] = [.train, .validation, .test, .all]
    let present = order.filter(parts.contains)
    let held =
      parts.contains(.test) || !parts.contains(.validation) ? .test : DatasetPart.validation
    switch wanted {
    case nil: return parts.contains(held) ? [held] : present
    case .all: return present
    case .test where parts.contains(held): return [held]
    case .some(let part) where parts.contains(part): return [part]
    case .some(let part):
      let found = present.filter { $0 != .all }.map(\.rawValue).joined(separator: ", ")
      throw DatasetError(
        .badSetting, in: place,
        "has no \(part.rawValue) part (\(found.isEmpty ? "it is not divided" : "only \(found)"))",
        remedy: "ask for another part, or load all of it and divide it by a seeded split")
    }
  }
}
