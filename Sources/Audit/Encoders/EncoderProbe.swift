import Reports

/// A question to an encoder, answered with findings.
///
/// To add one, write it in a file of its own and name it in ``Probes/ofEncoders``.
public protocol EncoderProbe: Sendable {
  /// The name in settings and progress.
  var name: String { get }
  /// Asks the question. Columns have one entry for each private person.
  func run(on subject: EncoderSubject) throws -> Evidence
}
