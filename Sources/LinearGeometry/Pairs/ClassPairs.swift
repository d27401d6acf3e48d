import Datasets
import Foundation
import Torch

/// Pairs of classes, whose paths are followed in parallel.
public enum ClassPairs {
  /// All pairs of so many classes: (0, 1), (0, 2), …
  public static func all(of classCount: Int) -> [(Int, Int)] {
    (0..<max(0, classCount)).flatMap { first in
      (first + 1..<max(first + 1, classCount)).map { (first, $0) }
    }
  }

  /// The path of every pair, on the workers of a context; the answer does not depend on how many.
  ///
  /// - Parameters:
  ///   - keepsProblems: whether the examples stay with the paths.
  ///   - progress: told after each pair how many are done, from any thread.
  /// - Throws: the error of the first pair that failed.
  public static func paths(
    _ pairs: [(Int, Int)], training: Dataset, test: Dataset?, perClass: Int? = nil,
    loss: LinearLoss = .hinge, over grid: LambdaGrid, tolerance: Double = 1e-6,
    keepsProblems: Bool = true,
    context: Context,
    isStopRequested: @escaping @Sendable () -> Bool = { false },
    progress: @escaping @Sendable (Int) -> Void = { _ in }
  ) throws -> [PairPath] {
    let counter = Counter()
    return try context.pool.map(pairs.count) { index in
      let path = try PairPath(
        pairs[index], training: training, test: test, perClass: perClass, loss: loss, over: grid,
        tolerance: tolerance, keepsProblem: keepsProblems, isStopRequested: isStopRequested)
      progress(counter.next())
      return path
    }
  }

  private final class Counter: @unchecked Sendable {
    private let lock = NSLock()
    private var count = 0

    func next() -> Int {
      lock.withLock {
        count += 1
        return count
      }
    }
  }
}
