extension Tensor {
  /// One slice of the first dimension, which disappears.
  public subscript(_ index: Int) -> Tensor { select(index, along: 0) }
  /// A range of the first dimension.
  public subscript(_ range: Range<Int>) -> Tensor { narrowed(to: range, along: 0) }
  /// Some of every dimension: numbers, ranges, ``TensorIndex/all``, ``TensorIndex/newAxis``.
  public subscript(_ indices: TensorIndex...) -> Tensor {
    var result = self
    var dimension = 0
    for index in indices {
      switch index {
      case .at(let position):
        result = result.select(position, along: dimension)
        continue
      case .newAxis: result = result.unsqueezed(dimension)
      case .range(let range): result = result.narrowed(to: range, along: dimension)
      case .every(let step):
        result = Operator.sliceTensor(result, dimension, Int?.none, Int?.none, step)
      case .all: break
      case .rest:
        dimension = result.rank - (indices.count - 1 - (indices.firstIndex(of: .rest) ?? 0)) - 1
      }
      dimension += 1
    }
    return result
  }

  /// One slice of a dimension, which disappears.
  public func select(_ index: Int, along dimension: Int) -> Tensor {
    Operator.select(self, dimension, index)
  }
  /// A range of a dimension.
  public func narrowed(to range: Range<Int>, along dimension: Int) -> Tensor {
    Operator.narrow(self, dimension, range.lowerBound, range.count)
  }
  /// Some slices of the first dimension, in the given order.
  public func selecting(rows: [Int]) -> Tensor { selecting(rows: Tensor(rows).to(device)) }
  /// Some slices of the first dimension, in the given order (int64).
  public func selecting(rows: Tensor) -> Tensor { Operator.indexSelect(self, 0, rows) }
  /// Some slices of a dimension, in the given order (int64).
  public func selecting(_ indices: Tensor, along dimension: Int) -> Tensor {
    Operator.indexSelect(self, dimension, indices)
  }
  /// Elements at index tensors, one a dimension; `nil` keeps a dimension whole.
  public func elements(at indices: [Tensor?]) -> Tensor { Operator.indexTensor(self, indices) }
  /// A copy with the elements at index tensors replaced, or added to.
  public func replacing(
    at indices: [Tensor?], with values: Tensor, accumulating: Bool = false
  ) -> Tensor {
    Operator.indexPut(self, indices, values, accumulating)
  }
  /// A copy with slices of `source` added at some indices of a dimension.
  public func adding(_ source: Tensor, at indices: Tensor, along dimension: Int) -> Tensor {
    Operator.indexAdd(self, dimension, indices, source)
  }
  /// `result[i][j] = self[i][index[i][j]]` for dimension 1, and so on.
  public func gathering(_ index: Tensor, along dimension: Int) -> Tensor {
    Operator.gather(self, dimension, index)
  }
  /// A copy with `result[i][index[i][j]] = source[i][j]` for dimension 1, and so on.
  public func scattering(_ source: Tensor, at index: Tensor, along dimension: Int) -> Tensor {
    Operator.scatterSrc(self, dimension, index, source)
  }
  /// A copy with one number at `index` along a dimension.
  public func scattering(_ value: Double, at index: Tensor, along dimension: Int) -> Tensor {
    Operator.scatterValue(self, dimension, index, value)
  }
  /// A copy with `source` added at `index` along a dimension.
  public func scatterAdding(_ source: Tensor, at index: Tensor, along dimension: Int) -> Tensor {
    Operator.scatterAdd(self, dimension, index, source)
  }
  /// A copy with a number wherever `mask` is true.
  public func filled(where mask: Tensor, with value: Double) -> Tensor {
    Operator.maskedFillScalar(self, mask, value)
  }
  /// The elements where `mask` is true, as a vector.
  public func selecting(where mask: Tensor) -> Tensor { Operator.maskedSelect(self, mask) }
  /// The coordinates of all elements that are not zero, `[count, rank]`, int64.
  public func nonZeroIndices() -> Tensor { Operator.nonzero(self) }
  /// Zeros with a one at every class, `[…, classCount]`, int64.
  public func oneHot(classCount: Int) -> Tensor { Operator.oneHot(self, classCount) }

  /// Sorted along a dimension, ties in their old order, and where the elements came from.
  public func sorted(
    along dimension: Int = -1, descending: Bool = false
  ) -> (values: Tensor, indices: Tensor) {
    Operator.sort.pair(self, true, dimension, descending)
  }
  /// The `count` largest (or smallest) elements along a dimension, best first.
  public func top(
    _ count: Int, along dimension: Int = -1, largest: Bool = true
  ) -> (values: Tensor, indices: Tensor) {
    Operator.topk.pair(self, count, dimension, largest, true)
  }
  /// The `rank`-th smallest element along a dimension, from 1.
  public func smallest(_ rank: Int, along dimension: Int = -1) -> (values: Tensor, indices: Tensor)
  {
    Operator.kthvalue.pair(self, rank, dimension)
  }
  /// The distinct elements in order.
  public func unique() -> Tensor { Operator.unique.list(self).first ?? .placeholder }
  /// How often each of the integers `0..<max` occurs.
  public func binCounts(minimumLength: Int = 0) -> Tensor {
    Operator.bincount(self, Tensor?.none, minimumLength)
  }
  /// The counts of `bins` equal bins over a range.
  public func histogram(bins: Int, range: ClosedRange<Double>) -> Tensor {
    Operator.histc(self, bins, range.lowerBound, range.upperBound)
  }
}

/// What to take of one dimension.
public enum TensorIndex: Sendable, Equatable, ExpressibleByIntegerLiteral {
  /// One slice; the dimension disappears.
  case at(Int)
  /// A range.
  case range(Range<Int>)
  /// Every so many.
  case every(Int)
  /// All of it.
  case all
  /// All dimensions that are not named by what follows.
  case rest
  /// A new dimension of size 1.
  case newAxis

  /// One slice.
  public init(integerLiteral value: Int) { self = .at(value) }
}
