import Torch

/// Who is still searched, and what was found in the end.
extension Search {
  /// The answer for those that stay, now that some examples may be done with.
  mutating func leave(_ answer: Answer) -> Answer {
    let staying = active.indices.filter { isSearched(active[$0]) }
    guard staying.count < active.count else { return answer }
    reduce(to: staying)
    return answer.selecting(staying)
  }

  /// Returns all examples that are not broken to the search, for another restart.
  mutating func restart() {
    active = Array(batch.indices.indices)
    (centers, labels, targets, heading) = (batch.inputs, batch.labels, allTargets, nil)
    room = Room(around: batch.inputs, in: ball)
    reduce(to: remaining())
  }

  /// The rows of the active examples that are still searched.
  func remaining() -> [Int] { active.indices.filter { isSearched(active[$0]) } }

  private func isSearched(_ position: Int) -> Bool {
    guard canAfford(1, position) else { return false }
    guard memory.isBroken[position] else { return true }
    guard aim == .shortest else { return !stopsEarly }
    // A clean failure has the distance zero: there is nothing shorter to look for.
    let distance = memory.distance[position]
    return distance > 0 && (!stopsEarly || ball.radius.isInfinite || distance > ball.radius)
  }

  /// Whether an example has so many answers left in its query budget.
  func canAfford(_ answers: Int, _ position: Int) -> Bool {
    guard let budget = model.target.queryBudget else { return true }
    return memory.queries[position] + answers * model.target.samples <= budget
  }

  /// Lets all but some of the active examples rest until the next ``restart()``.
  ///
  /// - Parameter rows: the rows that go on, ascending.
  mutating func reduce(to rows: [Int]) {
    guard rows.count < active.count else { return }
    active = rows.map { active[$0] }
    centers = centers.selecting(rows: rows)
    labels = labels.selecting(rows: rows)
    targets = targets?.selecting(rows: rows)
    heading = heading?.selecting(rows: rows)
    room = room?.selecting(rows)
  }

  /// The result for the whole batch.
  func result() -> AttackResult {
    let lengths = ball.length(of: memory.best - batch.inputs).values(as: Double.self)
    // Attacks that look for any failure inside the ball have asked about nothing outside of it.
    let isInside = lengths.map { aim == .anyFailure || $0 <= ball.radius * (1 + 1e-6) }
    let success = memory.isBroken.indices.map { memory.isBroken[$0] && isInside[$0] }
    let outside = success.indices.filter { !isInside[$0] }
    // A failed attack gives back something inside the ball, and no distance.
    let adversarial =
      outside.isEmpty
      ? memory.best
      : memory.best.replacing(
        at: [Tensor(outside)], with: batch.inputs.selecting(rows: outside))
    return AttackResult(
      indices: batch.indices, adversarial: adversarial, success: success,
      distance: zip(success, lengths).map { $0 ? $1 : nil }, iterations: memory.iterations,
      queries: memory.queries, gradients: memory.gradients)
  }
}
