import CTorch

/// A generator of libtorch's own random numbers, for operators that draw on the device.
///
/// There is no process-wide generator in Touchstone: whoever draws says from where.
public final class Generator: @unchecked Sendable {
  let handle: OpaquePointer?

  /// A generator for one purpose of a run; the same arguments give the same numbers.
  public init(seed: UInt64, purpose: String, index: UInt64 = 0) {
    var stream = RandomStream(seed: seed, purpose: purpose, index: index)
    var result: OpaquePointer?
    if let error = TorchError(taking: ct_generator_new(stream.next(), &result), in: "generator") {
      FailureBox.report(error)
    }
    handle = result
  }

  deinit { ct_generator_release(handle) }
}
