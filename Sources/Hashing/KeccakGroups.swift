import Primitives

/// Hashes many short messages that stand in one piece of memory.
///
/// Messages with equally many blocks go together, one in each lane of the vectors, from the first block to the last: no
/// lane waits, and nothing is decided on the way. What this spares over `KeccakBatch` is most of what is not permuting.
/// While a group is hashed, the messages of the next are brought near.
struct KeccakGroups {
  /// Messages with more blocks gain nothing.
  static var greatestBlockCount: Int { 8 }

  private struct Group {
    /// How many blocks each of its messages has with its padding.
    let blocks: Int

    /// Its messages, in the order of these.
    let members: Range<Int>
  }

  private let bytes: [UInt8]
  private let parts: [Range<Int>]
  private let backend: KeccakBackend

  /// Traps when a part leaves `bytes`.
  init(of bytes: [UInt8], at parts: [Range<Int>], backend: KeccakBackend) {
    for part in parts { precondition(part.lowerBound >= 0 && part.upperBound <= bytes.count, "a part is in the bytes") }
    self.bytes = bytes
    self.parts = parts
    self.backend = backend
  }

  /// How many blocks a message has with its padding.
  private static func blockCount(of part: Range<Int>) -> Int { part.count / Keccak256.blockLength + 1 }

  /// The hashes in order; nil when a message is not short.
  func hashes() -> [Hash256]? {
    guard let (order, ends) = orderByBlockCount() else { return nil }
    let (groups, width) = (self.groups(ends), backend.width)
    var hashes = [Hash256](repeating: .zero, count: parts.count)
    var words = [UInt64](repeating: 0, count: 4 * width)
    unsafe withLanes(of: groups, order) { messages, lengths in
      for (index, group) in groups.enumerated() {
        if group.members.count == 1 {
          let message = order[group.members.lowerBound]
          hashes[message] = Keccak256.hash(bytes.rawSpan.extracting(parts[message]))
          continue
        }
        let lanes = index * width..<min(index + 2, groups.count) * width
        unsafe backend.hash(
          group.blocks, UnsafeBufferPointer(rebasing: messages[lanes]), UnsafeBufferPointer(rebasing: lengths[lanes]),
          into: &words)
        for (lane, member) in group.members.enumerated() {
          let word = 4 * lane
          hashes[order[member]] = Hash256(
            words[word].byteSwapped, words[word + 1].byteSwapped, words[word + 2].byteSwapped,
            words[word + 3].byteSwapped)
        }
      }
    }
    return hashes
  }

  /// The groups, given where the messages with each number of blocks end.
  private func groups(_ ends: [Int]) -> [Group] {
    var groups: [Group] = []
    groups.reserveCapacity(parts.count / backend.width + ends.count)
    var first = 0
    for (blocks, end) in ends.enumerated() {
      while first < end {
        groups.append(Group(blocks: blocks, members: first..<min(first + backend.width, end)))
        first = min(first + backend.width, end)
      }
    }
    return groups
  }

  /// Lends where the message of each lane begins and how long it is, one group after the other.
  private func withLanes(
    of groups: [Group], _ order: [Int],
    _ body: (UnsafeBufferPointer<UnsafePointer<UInt8>?>, UnsafeBufferPointer<Int>) -> Void
  ) {
    unsafe bytes.withUnsafeBytes { base in
      var messages = unsafe [UnsafePointer<UInt8>?]()
      var lengths: [Int] = []
      unsafe messages.reserveCapacity(groups.count * backend.width)
      lengths.reserveCapacity(groups.count * backend.width)
      for group in groups {
        for lane in 0..<backend.width {
          // Lanes to spare do what the first one does.
          let part = parts[order[group.members.lowerBound + (lane < group.members.count ? lane : 0)]]
          unsafe messages.append(base.baseAddress?.advanced(by: part.lowerBound).assumingMemoryBound(to: UInt8.self))
          lengths.append(part.count)
        }
      }
      unsafe messages.withUnsafeBufferPointer { messages in
        unsafe lengths.withUnsafeBufferPointer { unsafe body(messages, $0) }
      }
    }
  }

  /// The messages by their number of blocks, and where in that order each number ends.
  private func orderByBlockCount() -> (order: [Int], ends: [Int])? {
    var ends = [Int](repeating: 0, count: Self.greatestBlockCount + 2)
    for part in parts {
      let blocks = Self.blockCount(of: part)
      if blocks > Self.greatestBlockCount { return nil }
      ends[blocks + 1] += 1
    }
    for blocks in 1..<ends.count { ends[blocks] += ends[blocks - 1] }
    var order = [Int](repeating: 0, count: parts.count)
    for (index, part) in parts.enumerated() {
      let blocks = Self.blockCount(of: part)
      order[ends[blocks]] = index
      ends[blocks] += 1
    }
    ends.removeLast()
    return (order, ends)
  }
}
