/// How a data set is stored.
public enum DatasetFormat: String, Sendable, Codable, CaseIterable {
  /// MNIST's four IDX files.
  case idx
  /// The binary batches of CIFAR-10 or CIFAR-100.
  case cifar
  /// Images in one folder a class.
  case images
  /// Arrays in a NumPy archive.
  case npz
  /// A table as comma-, semicolon- or tab-separated text.
  case table
  /// A graph as tables of nodes, edges and features.
  case graph
  /// Lines of text in one file a class.
  case text
  /// Drawn by a generator, not read.
  case procedural
}
