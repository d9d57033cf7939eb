import Primitives

/// The rows of a batch: keys and values in one arena, and an index of the keys.
struct BatchRows {
  struct Entry {
    /// The key's first eight bytes, most significant first and filled up with zeros: settles most comparisons.
    let prefix: UInt64
    let keyStart: Int
    var valueStart: Int
    /// Of table and key.
    let hash: UInt32
    let table: Int32
    let keyLength: Int32
    /// Negative for a deletion.
    var valueLength: Int32
    var capacity: Int32
    /// The section that touched it last.
    var section: Int32
    /// Whether what is stored under the key is to be remembered.
    let remembersStored: Bool

    var key: Range<Int> { keyStart..<keyStart + Int(keyLength) }

    /// Nil for a deletion.
    var value: Range<Int>? { valueLength < 0 ? nil : valueStart..<valueStart + Int(valueLength) }
  }

  private(set) var arena: [UInt8] = []
  private(set) var entries: [Entry] = []

  /// The first changes of each key in each section, in order; see `WriteBatch.beginSection`.
  private(set) var firstChanges: [WriteBatch.FirstChange] = []

  /// −1 before the first section.
  private var section: Int32 = -1

  /// Open addressing: entry index + 1, or 0 for a free slot. The length is a power of two.
  private var slots: [Int32] = Array(repeating: 0, count: 1024)

  mutating func put(_ table: Int32, _ key: RawSpan, _ value: RawSpan) {
    let index = insert(table, key)
    let length = Int32(value.byteCount)
    if length > entries[index].capacity {
      entries[index].valueStart = arena.count
      entries[index].capacity = length
      arena.append(contentsOf: value)
    } else {
      arena.replaceBytes(at: entries[index].valueStart, with: value)
    }
    entries[index].valueLength = length
  }

  mutating func delete(_ table: Int32, _ key: RawSpan) {
    entries[insert(table, key)].valueLength = -1
  }

  mutating func reset() {
    clearIndex()
    arena.removeAll(keepingCapacity: true)
    entries.removeAll(keepingCapacity: true)
    firstChanges.removeAll(keepingCapacity: true)
    section = -1
  }

  mutating func beginSection() { section += 1 }

  /// Notes what a key holds before the running section changes it, and leaves those bytes where they are.
  private mutating func remember(_ index: Int) {
    let old = entries[index].value.map { WriteBatch.FirstChange.Old.value($0) } ?? .removed
    firstChanges.append(WriteBatch.FirstChange(section: section, entry: index, old: old))
    entries[index].section = section
    entries[index].capacity = 0
  }
}

// The hash index.
extension BatchRows {
  /// Where the value of a touched key stands in the arena; nil in it for a deleted key, nil for an untouched one.
  func value(_ table: Int32, _ key: RawSpan) -> Range<Int>?? {
    let prefix = key.leadingWord
    let entry = slots[slot(of: table, key, prefix, Self.hash(table, key, prefix))]
    return entry == 0 ? nil : .some(entries[Int(entry) - 1].value)
  }

  /// The entry of `key`, made as a deletion when it is new.
  private mutating func insert(_ table: Int32, _ key: RawSpan) -> Int {
    let prefix = key.leadingWord
    let hash = Self.hash(table, key, prefix)
    let slot = slot(of: table, key, prefix, hash)
    if slots[slot] != 0 {
      let index = Int(slots[slot]) - 1
      if entries[index].section != section { remember(index) }
      return index
    }
    slots[slot] = Int32(entries.count + 1)
    entries.append(
      Entry(
        prefix: prefix, keyStart: arena.count, valueStart: 0, hash: hash, table: table,
        keyLength: Int32(key.byteCount), valueLength: -1, capacity: 0, section: section,
        remembersStored: section >= 0))
    if section >= 0 {
      firstChanges.append(WriteBatch.FirstChange(section: section, entry: entries.count - 1, old: .stored))
    }
    arena.append(contentsOf: key)
    if entries.count * 2 > slots.count { growIndex() }
    return entries.count - 1
  }

  /// The slot that holds `key`, or the free one where it belongs.
  private func slot(of table: Int32, _ key: RawSpan, _ prefix: UInt64, _ hash: UInt32) -> Int {
    let mask = slots.count - 1
    var slot = Int(hash) & mask
    while slots[slot] != 0, !holds(entries[Int(slots[slot]) - 1], table, key, prefix, hash) { slot = (slot + 1) & mask }
    return slot
  }

  private func holds(_ entry: Entry, _ table: Int32, _ key: RawSpan, _ prefix: UInt64, _ hash: UInt32) -> Bool {
    guard entry.hash == hash, entry.prefix == prefix, entry.table == table, entry.keyLength == Int32(key.byteCount)
    else { return false }
    // Of a short key the prefix is all there is.
    return key.byteCount <= 8 || arena.rawSpan.extracting(entry.key).holdsSameBytes(as: key)
  }

  /// Frees every slot; of few entries only theirs.
  private mutating func clearIndex() {
    guard entries.count * 16 < slots.count else {
      for index in slots.indices { slots[index] = 0 }
      return
    }
    let mask = slots.count - 1
    for (index, entry) in entries.enumerated() {
      var slot = Int(entry.hash) & mask
      while slots[slot] != Int32(index + 1) { slot = (slot + 1) & mask }
      slots[slot] = 0
    }
  }

  private mutating func growIndex() {
    slots = Array(repeating: 0, count: slots.count * 2)
    let mask = slots.count - 1
    for (index, entry) in entries.enumerated() {
      var slot = Int(entry.hash) & mask
      while slots[slot] != 0 { slot = (slot + 1) & mask }
      slots[slot] = Int32(index + 1)
    }
  }

  /// Multiplies word by word with secrets that are new in every process (the standard library's hash makes them), so that
  /// nobody can make keys collide. Nothing but the place in the index depends on it.
  private static func hash(_ table: Int32, _ key: RawSpan, _ prefix: UInt64) -> UInt32 {
    let secrets = secrets
    var state = secrets.first ^ UInt64(truncatingIfNeeded: table) ^ UInt64(truncatingIfNeeded: key.byteCount) &<< 32
    state = mix(state ^ prefix, secrets.second)
    var offset = 8
    while offset + 8 <= key.byteCount {
      state = mix(state ^ key.bigEndian(at: offset), secrets.second)
      offset += 8
    }
    if offset < key.byteCount {
      var rest: UInt64 = 0
      while offset < key.byteCount {
        rest = rest &<< 8 | UInt64(key.byte(at: offset))
        offset += 1
      }
      state = mix(state ^ rest, secrets.second)
    }
    return UInt32(truncatingIfNeeded: state)
  }

  private static func mix(_ word: UInt64, _ factor: UInt64) -> UInt64 {
    let product = word.multipliedFullWidth(by: factor)
    return product.high ^ product.low
  }

  private static let secrets: (first: UInt64, second: UInt64) = {
    var hasher = Hasher()
    let first = UInt64(bitPattern: Int64(hasher.finalize()))
    hasher = Hasher()
    hasher.combine(1)
    return (first, UInt64(bitPattern: Int64(hasher.finalize())) | 1)
  }()
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
