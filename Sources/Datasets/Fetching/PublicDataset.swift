/// A data set that is published on the network, with the digests of its files.
public struct PublicDataset: Sendable, Equatable {
  /// One file to download.
  public struct File: Sendable, Equatable {
    /// The name to store it under.
    public let name: String
    /// Where it is published.
    public let url: String
    /// The MD5 digest of the published file, in lower-case hexadecimal.
    public let md5: String

    /// A file at a URL, recognised by its digest.
    public init(name: String, url: String, md5: String) {
      self.name = name
      self.url = url
      self.md5 = md5
    }
  }

  /// The name that `data fetch` knows it by.
  public let name: String
  /// What it is, in half a sentence.
  public let summary: String
  /// Its files.
  public let files: [File]

  /// A data set of some files.
  public init(name: String, summary: String, files: [File]) {
    self.name = name
    self.summary = summary
    self.files = files
  }

  /// The data sets that can be fetched by name.
  public static let all = [mnist, fashionMNIST, cifar10]

  /// The data set of a name.
  ///
  /// - Throws: `DatasetError` (badSetting) listing the names there are.
  public static func named(_ name: String) throws -> PublicDataset {
    guard let found = all.first(where: { $0.name == name.lowercased() }) else {
      throw DatasetError(
        .badSetting, in: name, "is not a data set that can be fetched",
        remedy: "choose one of \(all.map(\.name).joined(separator: ", "))")
    }
    return found
  }

  /// MNIST (LeCun, Cortes and Burges, 1998).
  public static let mnist = PublicDataset(
    name: "mnist", summary: "70 000 handwritten digits, 28 x 28, grey",
    files: idxFiles(
      "https://ossci-datasets.s3.amazonaws.com/mnist/",
      [
        "f68b3c2dcbeaaa9fbdd348bbdeb94873", "d53e105ee54ea40749a09fcbcd1e9432",
        "9fb629c4189551a2d022fa330f9573f3", "ec29112dd5afa0611ce80d1b7f02629c",
      ]))

  /// Fashion-MNIST (Xiao, Rasul and Vollgraf, 2017).
  public static let fashionMNIST = PublicDataset(
    name: "fashion-mnist", summary: "70 000 pieces of clothing in 10 classes, 28 x 28, grey",
    files: idxFiles(
      "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
      [
        "8d4fb7e6c68d591d4c3dfef9ec88bf0d", "25c81989df183df01b3e8a0aad5dffbe",
        "bef4ecab320f06d8554ea6380940ec79", "bb300cfdad3c16e7a12a480ee83cd310",
      ]))

  /// CIFAR-10 (Krizhevsky, 2009), binary version.
  public static let cifar10 = PublicDataset(
    name: "cifar-10", summary: "60 000 photographs in 10 classes, 32 x 32, colour",
    files: [
      File(
        name: "cifar-10-binary.tar.gz",
        url: "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz",
        md5: "c32a1d4ab5d03f1284b67883e8d87530")
    ])

  /// The four files of MNIST and its imitations, digests in the order of their publication.
  private static func idxFiles(_ base: String, _ digests: [String]) -> [File] {
    let names = [
      "train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz", "t10k-images-idx3-ubyte.gz",
      "t10k-labels-idx1-ubyte.gz",
    ]
    return zip(names, digests).map { File(name: $0, url: base + $0, md5: $1) }
  }
}
