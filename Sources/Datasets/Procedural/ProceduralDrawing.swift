import Dispatch
import Torch

/// The random streams that one part of a procedural set draws from.
struct ProceduralStreams: Sendable {
  let set: String
  let seed: UInt64
  let part: ProceduralPart

  /// The stream that belongs to one example alone.
  func example(_ index: Int) -> RandomStream {
    RandomStream(seed: seed, purpose: "\(set).\(part.rawValue)", index: UInt64(index))
  }

  /// The class of one example: each block of `classes` examples is a random order of all classes.
  func label(_ index: Int, classes: Int) -> Int {
    var stream = RandomStream(
      seed: seed, purpose: "\(set).\(part.rawValue).label", index: UInt64(index / classes))
    return stream.permutation(of: classes)[index % classes]
  }

  /// Draws examples side by side on the threads of the machine.
  ///
  /// - Parameters:
  ///   - count: how many examples.
  ///   - shape: the shape of one example.
  ///   - render: writes example `index` into `values`, which holds zeros, and returns its label and
  ///     truth.
  func draw<Truth: Sendable>(
    _ count: Int, shape: [Int],
    render: @Sendable (_ index: Int, _ values: UnsafeMutableBufferPointer<Float>) -> (Int, Truth)
  ) throws(ProceduralError) -> ProceduralSample<Truth> {
    let size = shape.reduce(1, *)
    let limit = (1 << 32) / size
    guard (0...limit).contains(count) else {
      throw .invalidCount(set: set, count: count, limit: limit)
    }
    var inputs = [Float](repeating: 0, count: count * size)
    let known = inputs.withUnsafeMutableBufferPointer { values in
      nonisolated(unsafe) let values = values
      return [(Int, Truth)](unsafeUninitializedCapacity: count) { known, initialized in
        nonisolated(unsafe) let known = known
        let chunk = 16
        DispatchQueue.concurrentPerform(iterations: (count + chunk - 1) / chunk) { part in
          for index in part * chunk..<min(count, (part + 1) * chunk) {
            // Each example owns its own rows of both buffers, so threads never meet.
            let rows = UnsafeMutableBufferPointer(
              rebasing: values[index * size..<(index + 1) * size])
            known.initializeElement(at: index, to: render(index, rows))
          }
        }
        initialized = count
      }
    }
    return ProceduralSample(
      inputs: inputs, shape: [count] + shape, labels: known.map(\.0), truth: known.map(\.1))
  }
}

extension RandomStream {
  /// A number drawn uniformly from a range of real numbers.
  mutating func uniform(in range: ClosedRange<Double>) -> Double {
    range.lowerBound + (range.upperBound - range.lowerBound) * uniform()
  }

  /// A number drawn uniformly from [-bound, bound].
  mutating func symmetric(_ bound: Double) -> Double { (2 * uniform() - 1) * bound }

  /// Adds noise to every pixel and clips the result to [0, 1].
  ///
  /// The noise is the sum of four uniform numbers of 16 bits, centred and scaled to the
  /// deviation: close to normal (excess kurtosis -0.3), bounded by 3.5 deviations, and several times
  /// faster than a normal number for each pixel.
  mutating func addNoise(to pixels: UnsafeMutableBufferPointer<Float>, deviation: Float) {
    let scale = deviation / (Float(4.0) / 12 * 65536 * 65536).squareRoot()
    for index in pixels.indices {
      var value = pixels[index]
      if deviation > 0 {
        let bits = next()
        let sum =
          (bits & 0xFFFF) + (bits >> 16 & 0xFFFF) + (bits >> 32 & 0xFFFF) + (bits >> 48)
        value += (Float(sum) - 131_070) * scale
      }
      pixels[index] = min(max(value, 0), 1)
    }
  }
}
