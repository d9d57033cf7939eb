import Primitives

/// The rows a fold has written and not yet committed: the newest value of every touched key, found by hash, handed over in
/// key order.
///
/// One arena of bytes that is reused from commit to commit, so writing a row allocates nothing once the batch has grown to
/// its usual size. The order of writes leaves no trace in what comes out.
///
/// A batch can also keep what was read and what was committed, as long as nobody else writes: the rows that a fold comes
/// back to are then found here, and not in the store. What it keeps changes no answer.
package final class WriteBatch {
  /// A value, so that a write looks into the object once.
  var rows = BatchRows()

  /// The rows of one table in the order of their keys, where that was asked for.
  var orders: [Int: KeyOrder] = [:]

  /// Whether each version that the fold begins is a section of its own, and each section remembers rows whole.
  package var keepsHistory: Bool {
    get { rows.remembersWholeRows }
    set { rows.remembersWholeRows = newValue }
  }

  /// Rows that are set aside.
  private(set) var unread = UnreadRows()

  /// The versions that were begun and that nobody has taken note of.
  var versions: [UInt64] = []

  /// Whether rows that were read or committed are kept.
  let keepsRows: Bool

  /// Bytes of memory that kept rows may take before all are forgotten.
  private static var greatestMemory: Int { 256 << 20 }

  package init(keepingRows keepsRows: Bool = false) {
    self.keepsRows = keepsRows
  }

  /// How many keys were written, without those that are set aside.
  package var count: Int { rows.written.count }

  package var isEmpty: Bool { rows.written.isEmpty && unread.isEmpty }

  /// Bytes that were written, without those that are set aside: what to bound a commit by.
  package var byteCount: Int { rows.writtenBytes }

  /// About how much memory its rows take, without those that are set aside.
  var memory: Int { rows.memory }

  /// Bytes of the rows that are set aside.
  package var unreadBytes: Int { unread.byteCount }

  /// Bytes that sections remember: what to bound a commit by, too.
  package var rememberedBytes: Int { rows.undo.bytes.count }

  /// Sets the rows of these tables aside from here on, which nobody reads, and those of all others no more: no look at the
  /// batch finds them, `forEachUnreadRow` hands them over, and no commit keeps them. None are undone, so none are written
  /// in a section. Begins the next commit.
  package func setAside(_ tables: [ProjectionTable]) {
    begin()
    unread = UnreadRows(of: tables)
  }

  /// Lends the rows that are set aside, each as an `OldRow`, in the order of tables and keys, and each key once. O(n), times
  /// the words of eight bytes that keys have in common.
  package func forEachUnreadRow<Failure: Error>(
    _ body: (_ row: RawSpan) throws(Failure) -> Void
  ) throws(Failure) {
    try unread.forEachInOrder(body)
  }

  /// Sets the value under `key`.
  package func put(_ table: ProjectionTable, key: RawSpan, value: RawSpan) {
    if unread.takes(table.index) { return unread.append(table.index, key, value) }
    rows.put(table.index, key, value)
  }

  /// Sets the value under the key of an entry.
  func put(_ value: RawSpan, in entry: Int) { rows.put(value, in: entry) }

  /// Removes `key`, whether or not it is there.
  package func delete(_ table: ProjectionTable, key: RawSpan) {
    if unread.takes(table.index) { return unread.append(table.index, key, nil) }
    rows.delete(table.index, key)
  }

  /// Forgets everything, keeps the memory.
  package func reset() {
    rows.reset()
    orders.removeAll()
    unread.removeAll()
  }

  /// Whether kept rows take so much memory that the next commit forgets them: what to bound a commit by, too, as a fold may
  /// read much and write little.
  package var isOverfull: Bool { rows.memory > Self.greatestMemory }

  /// Begins the next commit: what was written and not committed is forgotten, and sections are numbered from 0 again.
  package func begin() {
    if !isEmpty || isOverfull { reset() } else { rows.forgetWrites() }
    versions.removeAll()
  }

  /// What was written has been committed, by this batch's owner, who alone writes.
  package func didCommit() {
    unread.removeAll()
    if keepsRows { rows.didCommit() } else { reset() }
  }

  /// The entry of `key`, by which it can be read and written until the batch forgets; nil when the batch knows nothing of
  /// it.
  func entry(_ table: ProjectionTable, _ key: RawSpan) -> Int? { rows.entry(table.index, key) }

  /// Calls `body` with the value of an entry, or with nil when its key has no row.
  func read<R>(_ entry: Int, _ body: (RawSpan?) -> R) -> R {
    let arena = rows.arena
    guard let value = rows.entries[entry].value else { return body(nil) }
    return body(arena.rawSpan.extracting(value))
  }

  /// What the batch knows of `key`: calls `body` with the value, with nil for a key without a row, and not at all
  /// (returning false) for an unknown one.
  func read(_ table: ProjectionTable, _ key: RawSpan, _ body: (RawSpan?) -> Void) -> Bool {
    guard let entry = entry(table, key) else { return false }
    read(entry, body)
    return true
  }

  /// Keeps what was read of an unknown key, if the batch does that. Returns its entry then.
  func keep(_ table: ProjectionTable, _ key: RawSpan, _ value: RawSpan?) -> Int? {
    keepsRows ? rows.keep(table.index, key, value) : nil
  }
}
