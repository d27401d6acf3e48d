import Datasets
import Foundation
import Networks
import Torch
import Training

/// A classifier of people in a file: the folder of a run of `touchstone train`, or a TorchScript.
public struct ClassifierFile {
  private let path: String
  private let role: String

  /// A file.
  ///
  /// - Parameter role: what it is for, for errors.
  public init(_ path: String, role: String) {
    self.path = path
    self.role = role
  }

  /// The classifier.
  ///
  /// - Parameter data: images of its people, by class.
  /// - Throws: ``InversionError`` when there is none, or none of such images; why weights cannot be read.
  public func classifier(for data: Dataset) throws -> any Classifier {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw InversionError.noClassifier(path: path, role: role)
    }
    guard isFolder.boolValue else {
      return try ScriptClassifier(
        contentsOf: URL(filePath: path), example: data.batch([0, min(1, data.count - 1)]).inputs,
        classCount: data.classNames.count)
    }
    let folder = URL(filePath: path)
    guard let description = ModelDescription(run: folder), description.embeddingSize == nil,
      description.vocabularySize == nil
    else { throw InversionError.noClassifier(path: path, role: role) }
    guard description.inputShape == data.inputShape else {
      throw InversionError.imageShape(
        encoder: path, shape: data.inputShape, expected: description.inputShape)
    }
    guard description.classNames == data.classNames else {
      throw InversionError.otherPeople(
        path: path, people: Array(description.classNames.prefix(3)),
        expected: Array(data.classNames.prefix(3)))
    }
    let network = try ModelRegistry.model(
      description.name, inputShape: description.inputShape,
      classCount: description.classNames.count, options: description.options,
      using: Generator(seed: 0, purpose: "weights"))
    try network.load(contentsOf: folder.appending(path: "model.safetensors"))
    return FrozenNetwork(
      description.exported(network), inputShape: description.inputShape,
      classCount: description.classNames.count)
  }
}
