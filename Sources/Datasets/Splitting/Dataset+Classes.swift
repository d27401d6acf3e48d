import Torch

extension Dataset {
  /// The examples of some of the classes, which are numbered in the order given; they keep the order and
  /// the indices of the whole set. Where examples can have several labels, all examples with some of the labels.
  ///
  /// - Parameter names: at least two of ``classNames``, each once; one is enough of labels.
  /// - Throws: `DatasetError` (badSetting) for other names.
  public func restricted(toClasses names: [String]) throws -> Dataset {
    let known = classNames.prefix(20).joined(separator: ", ")
    let least = targets == nil ? 2 : 1
    guard names.count >= least, Set(names).count == names.count else {
      throw DatasetError(
        .badSetting, in: name, "cannot be restricted to the classes \(names)",
        remedy: "give at least \(least) of \(known), each once")
    }
    if let other = names.first(where: { !classNames.contains($0) }) {
      throw DatasetError(
        .badSetting, in: name, "has no class '\(other)'", remedy: "choose some of \(known)")
    }
    var places: [Int: Int] = [:]
    for (place, name) in names.enumerated() {
      places[classNames.firstIndex(of: name) ?? 0] = place
    }
    if let targets {
      let columns = Tensor(names.map { classNames.firstIndex(of: $0) ?? 0 })
      return Dataset(
        name: name, part: part, inputs: inputs, labels: labels,
        targets: targets.selecting(columns, along: 1), classNames: names, range: range,
        sourceIndices: sourceIndices, fileNames: fileNames)
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
