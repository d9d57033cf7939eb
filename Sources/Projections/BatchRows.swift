import Primitives

/// The rows of a batch: keys and values in one arena, and an index of the keys. Not copied, so that a look at them touches
/// no reference count.
struct BatchRows: ~Copyable {
  struct Entry {
    /// The key's first eight bytes, most significant first and filled up with zeros: settles most comparisons.
    let prefix: UInt64
    let keyStart: Int
    var valueStart: Int
    /// Of table and key.
    let hash: UInt32
    let keyLength: Int32
    /// Negative for a key without a row.
    var valueLength: Int32
    var capacity: Int32
    /// The section that last remembered the row whole, since the last commit; −1 for none.
    var section: Int32
    let table: Int16
    /// Whether what is stored under the key is to be remembered, and is not known.
    var remembersStored: Bool
    /// Whether it was written since the last commit.
    var isWritten: Bool
    /// What a reader has noted about the value; 0 for nothing, and for a new value.
    var note: UInt32 = 0
    /// Where its links are, plus one; 0 for none.
    var links: Int32 = 0

    var key: Range<Int> { keyStart..<keyStart + Int(keyLength) }

    /// Nil for a key without a row.
    var value: Range<Int>? { valueLength < 0 ? nil : valueStart..<valueStart + Int(valueLength) }
  }

  private(set) var arena: [UInt8] = []
  private(set) var entries: [Entry] = []

  /// Ways from entries to others, `linkCount` for each that has any: an index plus one, or 0.
  private var links: [Int32] = []

  /// Entries written since the last commit, in no order that means anything.
  private(set) var written: [Int32] = []

  /// Bytes of rows written since the last commit.
  private(set) var writtenBytes = 0

  /// What the rows were before the sections changed them; see `WriteBatch.beginSection`.
  private(set) var undo = UndoLog()

  /// Whether each section remembers each row that it changes once, and whole.
  var remembersWholeRows = false

  /// Open addressing: an entry's hash, and below it its index + 1; or 0 for a free slot. The length is a power of two.
  private var slots: [UInt64] = Array(repeating: 0, count: smallestIndex)

  private static var smallestIndex: Int { 1024 }

  /// Links that an entry can have.
  private static var linkCount: Int { 16 }

  mutating func put(_ table: Int, _ key: RawSpan, _ value: RawSpan) {
    set(touch(table, key, value), to: value)
  }

  /// Sets the value of an entry.
  mutating func put(_ value: RawSpan, in index: Int) {
    write(index, value)
    set(index, to: value)
  }

  private mutating func set(_ index: Int, to value: RawSpan) {
    arena.replaceBytes(at: makeRoom(for: value.byteCount, in: index), with: value)
  }

  /// Where the new value of an entry begins, which has so many bytes.
  private mutating func makeRoom(for byteCount: Int, in index: Int) -> Int {
    let length = Int32(byteCount)
    if length > entries[index].capacity {
      entries[index].valueStart = arena.count
      entries[index].capacity = length
      arena.append(contentsOf: repeatElement(0, count: byteCount))
      writtenBytes += byteCount
    }
    entries[index].valueLength = length
    return entries[index].valueStart
  }

  mutating func delete(_ table: Int, _ key: RawSpan) {
    entries[touch(table, key, nil)].valueLength = -1
  }

  /// Takes over what is stored under a key that is not there. Returns its entry.
  mutating func keep(_ table: Int, _ key: RawSpan, _ value: RawSpan?) -> Int {
    switch find(table, key) {
    case .entry(let index): return index
    case .absent(let slot, let prefix, let hash):
      let index = entries.count
      insert(table, key, prefix, hash, at: slot)
      guard let value else { return index }
      entries[index].valueStart = arena.count
      entries[index].valueLength = Int32(value.byteCount)
      entries[index].capacity = Int32(value.byteCount)
      arena.append(contentsOf: value)
      return index
    }
  }

  mutating func beginSection() { undo.beginSection() }

  mutating func reset() {
    forgetWrites()
    if slots.count > 1024 * Self.smallestIndex {
      // A load of many rows came before; what follows need not search as much memory.
      let remembersWholeRows = remembersWholeRows
      self = BatchRows()
      self.remembersWholeRows = remembersWholeRows
      return
    }
    clearIndex()
    arena.removeAll(keepingCapacity: true)
    entries.removeAll(keepingCapacity: true)
    links.removeAll(keepingCapacity: true)
  }

  /// What was written is what is stored from now on.
  mutating func didCommit() {
    for index in written {
      entries[Int(index)].isWritten = false
      entries[Int(index)].remembersStored = false
      entries[Int(index)].section = -1
    }
    forgetWrites()
  }

  /// About how much memory rows take, without what is forgotten with the next commit.
  var memory: Int {
    arena.count + entries.count * (MemoryLayout<Entry>.stride + 2 * MemoryLayout<UInt64>.stride)
      + links.count * MemoryLayout<Int32>.stride
  }

  /// Forgets what was written, and the sections, but no row.
  mutating func forgetWrites() {
    written.removeAll(keepingCapacity: true)
    undo.removeAll()
    writtenBytes = 0
  }
}

// Changes where the rows are.
extension BatchRows {
  /// Marks the row of an entry as written, and says where its value stands: to be changed there by `changeBytes`, once
  /// `rememberBytes` knows what. What was noted about it is to stay true. Traps where there is no row.
  mutating func rewrite(_ index: Int) -> Int {
    guard let value = entries[index].value else { preconditionFailure("a row that is changed is there") }
    if remembersWholeRows { remember(index, nil) }
    markWritten(index)
    return value.lowerBound
  }

  /// Remembers some bytes of a row that are about to be changed where they are, unless the whole row is remembered.
  mutating func rememberBytes(_ range: Range<Int>, of index: Int) {
    let entry = entries[index]
    if entry.section == undo.section { return }
    undo.append(
      Int(entry.table), arena, key: entry.key, ofLength: Int(entry.valueLength), old: range,
      at: range.lowerBound - entry.valueStart)
  }

  /// Lends all keys and values, of which only those may be changed that were prepared for it.
  mutating func changeBytes<R>(_ body: (inout [UInt8]) -> R) -> R { body(&arena) }

  /// Notes something about the value of an entry, until it has another one.
  mutating func note(_ note: UInt32, about index: Int) { entries[index].note = note }

  /// The entry that one is linked to under a number below 16; nil for none.
  func link(_ index: Int, _ number: Int) -> Int? {
    let first = Int(entries[index].links) - 1
    if first < 0 { return nil }
    let target = Int(links[first + number])
    return target == 0 ? nil : target - 1
  }

  /// Links one entry to another, which holds until all are forgotten.
  mutating func setLink(_ index: Int, _ number: Int, to target: Int) {
    if entries[index].links == 0 {
      entries[index].links = Int32(links.count + 1)
      links.append(contentsOf: repeatElement(0, count: Self.linkCount))
    }
    links[Int(entries[index].links) - 1 + number] = Int32(target + 1)
  }
}

// The hash index.
extension BatchRows {
  private enum Place {
    case entry(Int)
    /// The free slot where the key belongs, and what is known of it by then.
    case absent(slot: Int, prefix: UInt64, hash: UInt32)
  }

  /// The entry of a known key; nil for an unknown one.
  func entry(_ table: Int, _ key: RawSpan) -> Int? {
    guard case .entry(let index) = find(table, key) else { return nil }
    return index
  }

  /// The entry of `key`, about to get a value or to lose its row; without a row when it is new.
  private mutating func touch(_ table: Int, _ key: RawSpan, _ value: RawSpan?) -> Int {
    switch find(table, key) {
    case .entry(let index):
      write(index, value)
      return index
    case .absent(let slot, let prefix, let hash):
      let index = entries.count
      insert(table, key, prefix, hash, at: slot)
      if undo.isRunning {
        entries[index].remembersStored = true
        entries[index].section = undo.section
        undo.noteStored(index)
      }
      markWritten(index)
      return index
    }
  }

  /// Notes that an entry is about to get a value, or to lose its row.
  private mutating func write(_ index: Int, _ value: RawSpan?) {
    entries[index].note = 0
    remember(index, value)
    markWritten(index)
  }

  private mutating func markWritten(_ index: Int) {
    if entries[index].isWritten { return }
    entries[index].isWritten = true
    written.append(Int32(index))
    writtenBytes += Int(entries[index].keyLength) + Int(entries[index].capacity)
  }

  /// Remembers what a key holds before the running section changes it.
  private mutating func remember(_ index: Int, _ value: RawSpan?) {
    let entry = entries[index]
    if entry.section == undo.section { return }
    let isWhole = undo.append(
      Int(entry.table), arena, key: entry.key, old: entry.value, new: remembersWholeRows ? nil : value)
    if isWhole { entries[index].section = undo.section }
  }

  private mutating func insert(_ table: Int, _ key: RawSpan, _ prefix: UInt64, _ hash: UInt32, at slot: Int) {
    slots[slot] = Self.slot(hash, entries.count)
    entries.append(
      Entry(
        prefix: prefix, keyStart: arena.count, valueStart: 0, hash: hash, keyLength: Int32(key.byteCount),
        valueLength: -1, capacity: 0, section: -1, table: Int16(table), remembersStored: false, isWritten: false))
    arena.append(contentsOf: key)
    if entries.count * 2 > slots.count { growIndex() }
  }

  private func find(_ table: Int, _ key: RawSpan) -> Place {
    let prefix = key.leadingWord
    let hash = Self.hash(table, key, prefix)
    let mask = slots.count - 1
    var slot = Int(hash) & mask
    while true {
      let content = slots[slot]
      if content == 0 { return .absent(slot: slot, prefix: prefix, hash: hash) }
      if UInt32(truncatingIfNeeded: content &>> 32) == hash {
        let index = Int(UInt32(truncatingIfNeeded: content)) - 1
        if holds(entries[index], table, key, prefix) { return .entry(index) }
      }
      slot = (slot + 1) & mask
    }
  }

  private func holds(_ entry: Entry, _ table: Int, _ key: RawSpan, _ prefix: UInt64) -> Bool {
    guard entry.prefix == prefix, Int(entry.table) == table, Int(entry.keyLength) == key.byteCount else { return false }
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
      let content = Self.slot(entry.hash, index)
      while slots[slot] != content { slot = (slot + 1) & mask }
      slots[slot] = 0
    }
  }

  private static func slot(_ hash: UInt32, _ index: Int) -> UInt64 { UInt64(hash) &<< 32 | UInt64(index + 1) }

  private mutating func growIndex() {
    slots = Array(repeating: 0, count: slots.count * 2)
    let mask = slots.count - 1
    for (index, entry) in entries.enumerated() {
      var slot = Int(entry.hash) & mask
      while slots[slot] != 0 { slot = (slot + 1) & mask }
      slots[slot] = Self.slot(entry.hash, index)
    }
  }

  /// Multiplies word by word with secrets that are new in every process (the standard library's hash makes them), so that
  /// nobody can make keys collide. Nothing but the place in the index depends on it.
  private static func hash(_ table: Int, _ key: RawSpan, _ prefix: UInt64) -> UInt32 {
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
