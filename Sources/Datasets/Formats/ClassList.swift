/// Names of classes: those that are well known, and lists in files.
enum ClassList {
  /// "0" to "9".
  static let digits = (0..<10).map(String.init)

  /// Fashion-MNIST (Xiao, Rasul and Vollgraf, 2017).
  static let fashion = [
    "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag",
    "Ankle boot",
  ]

  /// CIFAR-10 (Krizhevsky, 2009).
  static let cifar10 = [
    "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck",
  ]

  /// A text file with one name a line; empty lines are passed over.
  ///
  /// - Throws: `DatasetError` (empty).
  static func read(_ bytes: [UInt8], name: String) throws -> [String] {
    let names = Text.lines(bytes).map(Text.trimmed).filter { !$0.isEmpty }
    guard !names.isEmpty else {
      throw DatasetError(
        .empty, in: name, "lists no class", remedy: "write one class name a line, or remove it")
    }
    return names
  }
}
