extension RecipeValue {
  /// This value with another laid over it: mappings are merged key by key, all else is replaced.
  func overlaid(with other: RecipeValue) -> RecipeValue {
    guard case .mapping(var members) = content, case .mapping(let others) = other.content else {
      return other
    }
    for member in others {
      if let index = members.firstIndex(where: { $0.key == member.key }) {
        let value = members[index].value.overlaid(with: member.value)
        members[index] = Member(key: member.key, place: member.place, value: value)
      } else {
        members.append(member)
      }
    }
    return RecipeValue(.mapping(members), at: place)
  }

  /// This mapping without a key.
  func removing(_ key: String) -> RecipeValue {
    guard case .mapping(let members) = content else { return self }
    return RecipeValue(.mapping(members.filter { $0.key != key }), at: place)
  }

  /// The value at a path, or `nil` where it leads nowhere.
  func value(at path: ArraySlice<String>) -> RecipeValue? {
    guard let first = path.first else { return self }
    if case .sequence(let elements) = content {
      guard let index = Int(first), elements.indices.contains(index) else { return nil }
      return elements[index].value(at: path.dropFirst())
    }
    return self[first]?.value(at: path.dropFirst())
  }

  /// Replaces the value at a path, making the mappings on the way that do not exist yet.
  ///
  /// A key that itself contains dots is found as a whole where it exists; a number picks an element
  /// of a list.
  ///
  /// - Returns: the part of the path that leads to something without keys, or `nil` when all went
  ///   well.
  mutating func set(_ path: ArraySlice<String>, to value: RecipeValue) -> String? {
    guard let first = path.first else {
      self = value
      return nil
    }
    switch content {
    case .mapping(var members):
      for count in path.indices.map({ $0 - path.startIndex + 1 }).reversed() {
        let key = path.prefix(count).joined(separator: ".")
        guard let index = members.firstIndex(where: { $0.key == key }) else { continue }
        let obstacle = members[index].value.set(path.dropFirst(count), to: value)
        if count == path.count {
          members[index] = Member(key: key, place: value.place, value: members[index].value)
        }
        content = .mapping(members)
        return obstacle.map { $0.isEmpty ? key : "\(key).\($0)" }
      }
      var inner = RecipeValue(.mapping([]), at: value.place)
      _ = inner.set(path.dropFirst(), to: value)
      content = .mapping(members + [Member(key: first, place: value.place, value: inner)])
      return nil
    case .sequence(var elements):
      guard let index = Int(first), elements.indices.contains(index) else { return "" }
      let obstacle = elements[index].set(path.dropFirst(), to: value)
      content = .sequence(elements)
      return obstacle.map { $0.isEmpty ? first : "\(first).\($0)" }
    case .null:
      self = RecipeValue(.mapping([]), at: value.place)
      return set(path, to: value)
    default: return ""
    }
  }
}
