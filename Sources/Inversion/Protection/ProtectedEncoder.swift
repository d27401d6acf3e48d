import Torch

/// An encoder whose templates are protected before anybody sees them.
public struct ProtectedEncoder: TemplateEncoder {
  /// The encoder.
  public let encoder: any TemplateEncoder
  /// What is done to its templates, in this order.
  public let protections: [any TemplateProtection]
  /// The number of coordinates of a protected template.
  public let templateWidth: Int

  /// An encoder with protections.
  ///
  /// - Throws: ``InversionError/templateWidth(encoder:width:expected:)`` for a protection of templates of
  ///   another width.
  public init(
    _ encoder: any TemplateEncoder, protections: [any TemplateProtection]
  ) throws(InversionError) {
    var width = encoder.templateWidth
    for protection in protections {
      if let expected = protection.inputWidth, expected != width {
        throw .templateWidth(
          encoder: "\(encoder.name), \(protection.name)", width: width, expected: expected)
      }
      width = protection.outputWidth(of: width)
    }
    self.encoder = encoder
    self.protections = protections
    templateWidth = width
  }

  /// The encoder and its protections.
  public var name: String { ([encoder.name] + protections.map(\.name)).joined(separator: ", ") }
  /// The shape of one image.
  public var inputShape: [Int] { encoder.inputShape }

  /// The protected templates.
  public func templates(of images: Tensor) throws -> Tensor {
    let plain = try encoder.templates(of: images)
    guard plain.rank == 2, plain.size(1) == encoder.templateWidth else {
      throw InversionError.templateWidth(
        encoder: encoder.name, width: plain.shape.last ?? 0, expected: encoder.templateWidth)
    }
    return try attempt { protections.reduce(plain) { $1.protect($0) } }
  }

  /// That of the encoder: protecting its templates makes no other encoder of it.
  public func fingerprint() throws -> String { try encoder.fingerprint() }
}
