import Torch

extension Dataset {
  /// The examples of some of the classes, which are numbered in the order given; they keep the order and
  /// the indices of the whole set.
  ///
  /// - Parameter names: at least two of ``classNames``, each once.
  /// - Throws: `DatasetError` (badSetting) for other names, and for examples with several labels.
  public func restricted(toClasses names: [String]) throws -> Dataset {
    let known = classNames.prefix(20).joined(separator: ", ")
    guard targets == nil, names.count >= 2, Set(names).count == names.count else {
      throw DatasetError(
        .badSetting, in: name, "cannot be restricted to the classes \(names)",
        remedy:
          "give at least two different ones of \(known), for examples that have one class each")
    }
    if let other = names.first(where: { !classNames.contains($0) }) {
      throw DatasetError(
        .badSetting, in: name, "has no class '\(other)'", remedy: "choose some of \(known)")
    }
    var places: [Int: Int] = [:]
    for (place, name) in names.enumerated() {
      places[classNames.firstIndex(of: name) ?? 0] = place
    }
    let labels = labelValues
    let chosen = try subset(labels.indices.filter { places[labels[$0]] != nil })
    return Dataset(
      name: name, part: part, inputs: chosen.inputs,
      labels: Tensor(chosen.labelValues.map { places[$0] ?? 0 }), classNames: names,
      range: range, sourceIndices: chosen.sourceIndices, vocabulary: vocabulary,
      fileNames: chosen.fileNames)
  }
}
