import CTorch
import Foundation

/// Where a tensor lives and where operators on it run.
public struct Device: Sendable, Hashable, CustomStringConvertible {
  /// The name libtorch uses: `cpu`, or `cuda:0`.
  public let description: String

  private init(checked description: String) { self.description = description }

  /// The main processor.
  public static let cpu = Device(checked: "cpu")

  /// A device by its name.
  ///
  /// - Parameter name: `cpu`, `cuda` or `cuda:N`.
  /// - Throws: ``TorchError`` when there is no such device, or this libtorch cannot use it.
  public init(_ name: String) throws(TorchError) {
    guard name != "cpu" else {
      self = .cpu
      return
    }
    let parts = name.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.first == "cuda", parts.count <= 2, parts.count == 1 || Int(parts[1]) != nil else {
      throw TorchError(
        "'\(name)' is not a device", remedy: "use cpu, or cuda:0 where libtorch was built for it")
    }
    guard ct_cuda_available() else {
      throw TorchError(
        "the device \(name) is not available in this libtorch",
        remedy: "use cpu, or point LIBTORCH at a build with CUDA")
    }
    self.init(checked: parts.count == 1 ? "cuda:0" : name)
  }
}
