import CTorch

/// The precision in which matrix products and convolutions are computed. Tensors that exist, such as
/// weights, keep their type whichever it is.
public enum Precision: String, Sendable, Codable, CaseIterable {
  /// Single precision for everything.
  case float32
  /// Operands are rounded to 8 significant bits; sums are in single precision.
  case bfloat16

  /// Checks that a device has it.
  ///
  /// - Throws: ``TorchError`` where it has not.
  public func check(on device: Device) throws(TorchError) {
    guard self != .float32, !ct_autocast_available(device.description) else { return }
    throw TorchError(
      "the device \(device) has no mixed precision in this libtorch",
      remedy: "compute in float32, or on the cpu")
  }

  /// Whether the processor computes in bfloat16; otherwise it is emulated, which is slow.
  public static var isNative: Bool { ct_has_bfloat16_arithmetic() }

  /// Whether the processor has recurrent layers in bfloat16, emulated or not.
  static let roundsRecurrence = withPrecision(.bfloat16) { ct_has_recurrence() }
}

/// Runs `body` with matrix products and convolutions in a precision on this thread, and restores what
/// was before, also when `body` throws.
///
/// Operands in single precision are rounded as they go in, and results have the lower precision;
/// operands in double precision are left alone. Gradients flow through the rounding, and those of
/// weights are in single precision. A history that was recorded inside is differentiated outside in the
/// precision it was recorded in.
///
/// Weights are rounded anew in every operation. libtorch would keep the rounded ones, but by weight and
/// not by whether a history was recorded: after a pass without gradients the next one would have none,
/// and after a step of an optimiser they would be old.
///
/// The precision is a property of the thread: `body` is synchronous, and what it hands to a
/// ``WorkerPool`` runs in that pool's own, single precision.
public func withPrecision<Result>(
  _ precision: Precision, on device: Device = .cpu, _ body: () throws -> Result
) rethrows -> Result {
  let name = device.description
  var before = ct_autocast(enabled: false, dtype: DType.bfloat16.rawValue, caches: true)
  if let error = TorchError(taking: ct_autocast_get(name, &before), in: "precision") {
    FailureBox.report(error)
  }
  // Nothing is touched where nothing changes.
  guard before.enabled || precision != .float32 else { return try body() }
  let inside = ct_autocast(
    enabled: precision != .float32, dtype: DType.bfloat16.rawValue, caches: false)
  set(inside, name)
  defer { set(before, name) }
  return try body()
}

private func set(_ state: ct_autocast, _ device: String) {
  if let error = TorchError(taking: ct_autocast_set(device, state), in: "precision") {
    FailureBox.report(error)
  }
}
