import Torch

/// The last templates that were seen, as negatives for many batches (He et al., "Momentum contrast", CVPR
/// 2020): first in, first out.
///
/// Templates of a finished encoder do not age, so that no momentum is needed.
public struct TemplateQueue: Sendable {
  /// The most templates that are kept.
  public let capacity: Int
  private var templates: Tensor?
  private var identities: [Int] = []

  /// An empty queue.
  ///
  /// - Parameter capacity: at least 1.
  /// - Throws: ``InversionError/setting(name:value:allowed:)``.
  public init(capacity: Int) throws(InversionError) {
    guard capacity >= 1 else {
      throw .setting(name: "capacity", value: "\(capacity)", allowed: "at least 1")
    }
    self.capacity = capacity
  }

  /// How many templates are kept.
  public var count: Int { identities.count }

  /// What is kept, oldest first; `nil` while there is nothing.
  public var negatives: Negatives? {
    templates.flatMap { try? Negatives($0, identities: identities) }
  }

  /// Adds templates `[N, D]` and drops the oldest beyond the capacity.
  ///
  /// - Throws: ``InversionError/counts(first:count:second:otherCount:)``,
  ///   ``InversionError/templateWidth(encoder:width:expected:)`` for others than are kept.
  public mutating func add(_ new: Tensor, identities people: [Int]) throws(InversionError) {
    let new = try Negatives(new, identities: people)
    guard new.count > 0 else { return }
    if let templates, templates.size(1) != new.templates.size(1) {
      throw .templateWidth(
        encoder: "queue", width: new.templates.size(1), expected: templates.size(1))
    }
    let all = Tensor.concatenated((templates.map { [$0] } ?? []) + [new.templates])
    let kept = min(capacity, all.size(0))
    templates = all[(all.size(0) - kept)..<all.size(0)].contiguous()
    identities = Array((identities + people).suffix(kept))
  }

  /// The queue as tensors, for checkpoints.
  public var state: [String: Tensor] {
    guard let templates else { return [:] }
    return ["templates": templates, "identities": Tensor(identities)]
  }

  /// Takes over what ``state`` gave.
  ///
  /// - Throws: ``InversionError`` when the tensors do not fit one another.
  public mutating func restore(_ state: [String: Tensor]) throws(InversionError) {
    (templates, identities) = (nil, [])
    guard let saved = state["templates"], let people = state["identities"] else { return }
    try add(saved, identities: people.values(as: Int.self))
  }
}
