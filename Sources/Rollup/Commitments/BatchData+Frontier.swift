package import Primitives

extension BatchData {
  /// The right edge of a batch's tree while its blocks come in one by one: O(log n) hashes, whatever the batch's size.
  package struct Frontier: Hashable, Sendable {
    /// How many commitments were appended.
    package private(set) var count: UInt64 = 0

    /// Roots of the full subtrees from left to right: one for every bit of `count`, the largest first.
    private var peaks: [Hash256] = []

    package init() {}

    /// Appends the next block's commitment. O(1) hashes over many calls, O(log n) at worst.
    package mutating func append(_ commitment: Hash256) {
      var node = BatchData.leaf(commitment)
      var full = count
      while full & 1 == 1, let left = peaks.popLast() {
        node = BatchData.node(left, node)
        full >>= 1
      }
      peaks.append(node)
      count += 1
    }

    /// `BatchData.hash` of all commitments so far. O(log n) hashes.
    package var root: Hash256 {
      guard var node = peaks.last else { return BatchData.hash(of: []) }
      for left in peaks.dropLast().reversed() { node = BatchData.node(left, node) }
      return node
    }
  }
}

extension BatchData.Frontier {
  /// Reads the next item.
  init(_ reader: inout RLPReader) throws(RLPError) {
    var fields = try reader.readList()
    let offset = fields.offset
    count = try fields.readUInt64()
    peaks = try fields.readAll { (items) throws(RLPError) in try items.readHash256() }
    try fields.finish()
    guard peaks.count == count.nonzeroBitCount else {
      throw RLPError(offset: offset, reason: .invalidValue("one subtree for every bit of the count"))
    }
  }

  /// Appends one item, a list.
  func append(to writer: inout RLPWriter) {
    writer.list { (fields) in
      fields.append(count)
      fields.list { (items) in
        for peak in peaks { items.append(peak) }
      }
    }
  }
}
