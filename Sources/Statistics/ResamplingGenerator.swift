/// The random numbers of resampling: fixed by a seed and a purpose, and by nothing else.
///
/// SplitMix64 (Steele et al., "Fast splittable pseudorandom number generators", OOPSLA 2014).
public struct ResamplingGenerator: RandomNumberGenerator, Sendable {
  private var state: UInt64

  /// A generator for one purpose, such as `"interval.test_error.clean"`.
  public init(seed: UInt64 = 0, purpose: String) {
    state = seed
    for byte in purpose.utf8 { state = Self.mixed(state ^ UInt64(byte)) }
  }

  /// The next 64 random bits.
  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    return Self.mixed(state)
  }

  private static func mixed(_ value: UInt64) -> UInt64 {
    var z = value &+ 0x9E37_79B9_7F4A_7C15
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
