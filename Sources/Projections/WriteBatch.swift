import Primitives

/// The rows a fold has written and not yet committed: the newest value of every touched key, found by hash, handed over in
/// key order.
///
/// One arena of bytes that is reused from commit to commit, so writing a row allocates nothing once the batch has grown to
/// its usual size. The order of writes leaves no trace in what comes out.
package final class WriteBatch {
  struct Entry {
    var table: Int
    /// The key's first eight bytes, most significant first and filled up with zeros: settles most comparisons.
    var prefix: UInt64
    var keyStart: Int
    var keyLength: Int
    var valueStart: Int
    /// Negative for a deletion.
    var valueLength: Int
    var capacity: Int
  }

  var arena: [UInt8] = []
  var entries: [Entry] = []

  /// Open addressing: entry index + 1, or 0 for a free slot. The length is a power of two.
  private var slots: [Int32]

  package init() {
    slots = Array(repeating: 0, count: 1024)
  }

  /// How many keys were touched.
  package var count: Int { entries.count }

  package var isEmpty: Bool { entries.isEmpty }

  /// Bytes the batch holds, those of overwritten values included: what to bound a commit by.
  package var byteCount: Int { arena.count }

  /// Sets the value under `key`.
  package func put(_ table: ProjectionTable, key: RawSpan, value: RawSpan) {
    let index = insert(table, key)
    if value.byteCount > entries[index].capacity {
      entries[index].valueStart = arena.count
      entries[index].capacity = value.byteCount
      arena.append(contentsOf: value)
    } else {
      arena.replaceBytes(at: entries[index].valueStart, with: value)
    }
    entries[index].valueLength = value.byteCount
  }

  /// Removes `key`, whether or not it is there.
  package func delete(_ table: ProjectionTable, key: RawSpan) {
    entries[insert(table, key)].valueLength = -1
  }

  /// Forgets everything, keeps the memory.
  package func reset() {
    arena.removeAll(keepingCapacity: true)
    entries.removeAll(keepingCapacity: true)
    for index in slots.indices { slots[index] = 0 }
  }

  /// What the batch knows of `key`: calls `body` with the value, with nil for a deleted key, and not at all (returning
  /// false) for an untouched one.
  func read(_ table: ProjectionTable, _ key: RawSpan, _ body: (RawSpan?) -> Void) -> Bool {
    guard let index = find(table, key) else { return false }
    withValue(of: entries[index], body)
    return true
  }

  func withKey<R>(of entry: Entry, _ body: (RawSpan) -> R) -> R {
    let bytes = arena
    return body(bytes.rawSpan.extracting(entry.keyStart..<(entry.keyStart + entry.keyLength)))
  }

  func withValue<R>(of entry: Entry, _ body: (RawSpan?) -> R) -> R {
    guard entry.valueLength >= 0 else { return body(nil) }
    let bytes = arena
    return body(bytes.rawSpan.extracting(entry.valueStart..<(entry.valueStart + entry.valueLength)))
  }
}

extension [UInt8] {
  /// Copies the span over the bytes from `start` on. Traps when they do not fit.
  fileprivate mutating func replaceBytes(at start: Int, with span: RawSpan) {
    precondition(start >= 0 && start + span.byteCount <= count, "a value fits where one of its length was")
    unsafe withUnsafeMutableBytes { bytes in
      unsafe span.withUnsafeBytes { source in
        unsafe UnsafeMutableRawBufferPointer(rebasing: bytes[start...]).copyMemory(from: source)
      }
    }
  }
}

// The hash index.
extension WriteBatch {
  private func find(_ table: ProjectionTable, _ key: RawSpan) -> Int? {
    let slot = self.slot(of: table, key)
    return slots[slot] == 0 ? nil : Int(slots[slot]) - 1
  }

  /// The entry of `key`, made as a deletion when it is new.
  private func insert(_ table: ProjectionTable, _ key: RawSpan) -> Int {
    let slot = self.slot(of: table, key)
    if slots[slot] != 0 { return Int(slots[slot]) - 1 }
    slots[slot] = Int32(entries.count + 1)
    entries.append(
      Entry(
        table: table.index, prefix: key.leadingWord, keyStart: arena.count, keyLength: key.byteCount,
        valueStart: 0, valueLength: -1, capacity: 0))
    arena.append(contentsOf: key)
    if entries.count * 2 > slots.count { growIndex() }
    return entries.count - 1
  }

  /// The slot that holds `key`, or the free one where it belongs.
  private func slot(of table: ProjectionTable, _ key: RawSpan) -> Int {
    let mask = slots.count - 1
    var slot = Self.hash(table.index, key) & mask
    while slots[slot] != 0, !holds(entries[Int(slots[slot]) - 1], table.index, key) {
      slot = (slot + 1) & mask
    }
    return slot
  }

  private func holds(_ entry: Entry, _ table: Int, _ key: RawSpan) -> Bool {
    guard entry.table == table, entry.keyLength == key.byteCount, entry.prefix == key.leadingWord else { return false }
    return withKey(of: entry) { $0.holdsSameBytes(as: key) }
  }

  private func growIndex() {
    slots = Array(repeating: 0, count: slots.count * 2)
    let mask = slots.count - 1
    for (index, entry) in entries.enumerated() {
      var slot = withKey(of: entry) { Self.hash(entry.table, $0) } & mask
      while slots[slot] != 0 { slot = (slot + 1) & mask }
      slots[slot] = Int32(index + 1)
    }
  }

  /// The standard library's hash, keyed anew in every process: nobody can make keys collide, and nothing but the place in
  /// the index depends on it.
  private static func hash(_ table: Int, _ key: RawSpan) -> Int {
    var hasher = Hasher()
    hasher.combine(table)
    unsafe key.withUnsafeBytes { unsafe hasher.combine(bytes: $0) }
    return hasher.finalize()
  }
}
