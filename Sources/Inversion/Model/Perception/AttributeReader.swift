import Foundation
import Torch

/// A regressor that reads off images how a face is shown: where it looks, what it expresses, where its parts lie,
/// how it is lit. Differentiable, trained on public images, and given: nothing here trains it.
public struct AttributeReader: Sendable {
  /// Numbers that belong together.
  public struct Group: Sendable, Equatable, Codable {
    /// What they say, such as `pose`, `expression`, `landmarks` or `light`.
    public let name: String
    /// How many there are.
    public let count: Int
    /// How much their mean squared difference counts.
    public let weight: Double

    /// Numbers that belong together.
    ///
    /// - Parameters:
    ///   - count: at least 1.
    ///   - weight: not negative.
    public init(_ name: String, count: Int, weight: Double = 1) {
      self.name = name
      self.count = count
      self.weight = weight
    }
  }

  /// What reads, for results.
  public let name: String
  /// What the numbers mean, in their order.
  public let groups: [Group]
  private let function: @Sendable (Tensor) throws -> Tensor

  /// A reader.
  ///
  /// - Parameter function: from images `[N, C, H, W]` in 0...1 to `[N, A]`, with history, one column for
  ///   each number of the groups.
  /// - Throws: ``InversionError/setting(name:value:allowed:)`` for groups without numbers or with a weight that is
  ///   negative.
  public init(
    name: String, groups: [Group], function: @escaping @Sendable (Tensor) throws -> Tensor
  ) throws(InversionError) {
    guard !groups.isEmpty else { throw .tooFew("groups of attributes", count: 0, least: 1) }
    for group in groups {
      guard group.count >= 1 else {
        throw .setting(name: group.name, value: "\(group.count)", allowed: "at least 1 number")
      }
      guard group.weight >= 0, group.weight.isFinite else {
        throw .setting(
          name: "\(group.name).weight", value: "\(group.weight)", allowed: "not negative")
      }
    }
    self.name = name
    self.groups = groups
    self.function = function
  }

  /// A user's TorchScript that maps `[N, C, H, W]` in 0...1 to `[N, A]`.
  ///
  /// - Throws: `ScriptError` when the file is not TorchScript; ``InversionError/setting(name:value:allowed:)``.
  public init(script url: URL, groups: [Group], device: Device = .cpu) throws {
    let module = try ScriptModule(contentsOf: url, device: device)
    try self.init(name: url.lastPathComponent, groups: groups) { try module($0) }
  }

  /// What is read, `[N, A]`.
  ///
  /// - Throws: ``InversionError/templateWidth(encoder:width:expected:)`` when it is not as wide as the groups;
  ///   what the function throws.
  public func callAsFunction(_ images: Tensor) throws -> Tensor {
    let numbers = try attempt { try function(images) }
    let width = groups.reduce(0) { $0 + $1.count }
    guard numbers.rank == 2, numbers.size(0) == images.size(0), numbers.size(1) == width else {
      throw InversionError.templateWidth(
        encoder: name, width: numbers.shape.last ?? 0, expected: width)
    }
    return numbers
  }

  /// How differently images show their faces from others, `[N]`: the sum over groups of their weights times the
  /// mean squared difference. No gradient goes to `sources`.
  ///
  /// - Throws: what ``callAsFunction(_:)`` throws; ``InversionError/counts(first:count:second:otherCount:)``.
  public func losses(_ images: Tensor, sources: Tensor) throws -> Tensor {
    guard images.shape == sources.shape, images.rank == 4 else {
      throw InversionError.counts(
        first: "images", count: images.shape.first ?? 0, second: "source images",
        otherCount: sources.shape.first ?? 0)
    }
    let wanted = try withoutGradients { try self(sources) }.detached()
    let squares = (try self(images) - wanted).squared()
    var (start, total) = (0, Tensor.zeros([images.size(0)], dtype: squares.dtype))
    for group in groups {
      let part = squares.narrowed(to: start..<start + group.count, along: 1)
      total = total + part.mean(along: 1) * group.weight
      start += group.count
    }
    return total
  }
}
