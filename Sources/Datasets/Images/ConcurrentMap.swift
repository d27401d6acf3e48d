import Dispatch
import Foundation

/// Memory that several threads fill, each its own part.
struct Disjoint<Element>: @unchecked Sendable {
  private let buffer: UnsafeMutableBufferPointer<Element>

  init(_ buffer: UnsafeMutableBufferPointer<Element>) {
    self.buffer = buffer
  }

  func slice(_ start: Int, _ count: Int) -> UnsafeMutableBufferPointer<Element> {
    UnsafeMutableBufferPointer(rebasing: buffer[start..<(start + count)])
  }
}

/// Runs `body` for every index, on all cores, in runs of neighbouring indices.
func concurrentForEach(_ count: Int, _ body: @Sendable (Int) -> Void) {
  let run = 64
  DispatchQueue.concurrentPerform(iterations: (count + run - 1) / run) { block in
    for index in (block * run)..<min(count, (block + 1) * run) { body(index) }
  }
}

/// The results of `body` for every index, in order; the error of the lowest index that failed, so
/// that the same data always give the same message.
func concurrentMap<Result: Sendable>(
  _ count: Int, _ body: @Sendable (Int) throws -> Result
) throws -> [Result] {
  var results = [Swift.Result<Result, any Error>?](repeating: nil, count: count)
  results.withUnsafeMutableBufferPointer { buffer in
    let target = Disjoint(buffer)
    concurrentForEach(count) { index in
      target.slice(index, 1)[0] = Swift.Result { try body(index) }
    }
  }
  return try results.compactMap { try $0?.get() }
}
