import Primitives

/// Hashes many short messages that stand in one piece of memory.
///
/// Messages with equally many blocks go together, one in each lane of the vectors, from the first block to the last: no
/// lane waits, and nothing is decided on the way. What this spares over `KeccakBatch` is most of what is not permuting.
struct KeccakGroups {
  /// Messages with more blocks gain nothing.
  static var greatestBlockCount: Int { 8 }

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
    var hashes = [Hash256](repeating: .zero, count: parts.count)
    let width = backend.width
    var words = [UInt64](repeating: 0, count: 4 * width)
    unsafe bytes.withUnsafeBytes { base in
      var messages = unsafe [UnsafePointer<UInt8>?](repeating: nil, count: width)
      var lengths = [Int](repeating: 0, count: width)
      var first = 0
      for (blocks, end) in ends.enumerated() {
        while first < end {
          let group = order[first..<min(first + width, end)]
          first = group.endIndex
          if group.count == 1 {
            hashes[group[group.startIndex]] = Keccak256.hash(bytes.rawSpan.extracting(parts[group[group.startIndex]]))
            continue
          }
          for lane in 0..<width {
            // Lanes to spare do what the first one does.
            let part = parts[lane < group.count ? group[group.startIndex + lane] : group[group.startIndex]]
            unsafe messages[lane] = base.baseAddress?.advanced(by: part.lowerBound).assumingMemoryBound(to: UInt8.self)
            lengths[lane] = part.count
          }
          unsafe backend.hash(blocks, messages, lengths, into: &words)
          for lane in 0..<group.count {
            let word = 4 * lane
            hashes[group[group.startIndex + lane]] = Hash256(
              words[word].byteSwapped, words[word + 1].byteSwapped, words[word + 2].byteSwapped,
              words[word + 3].byteSwapped)
          }
        }
      }
    }
    return hashes
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
