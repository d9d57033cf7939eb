package import Primitives

/// What a fold reads and writes: the batch so far, over the rows committed before.
///
/// A fold sees its own writes at once. The view writes only to the batch; the runtime commits the batch together with the
/// cursor.
package struct ProjectionView {
  package let batch: WriteBatch
  let store: any TableReader
  private let services: FoldServices
  private let unread: [ProjectionTable]

  /// - Parameter unread: the tables that a fold is not to read: `Projection.unreadTables`. None for who asks.
  package init(
    batch: WriteBatch, over store: any TableReader, services: FoldServices = FoldServices(),
    unread: [ProjectionTable] = []
  ) {
    self.batch = batch
    self.store = store
    self.services = services
    self.unread = unread
  }

  /// Traps where a fold reads what it has declared that it does not, whose rows may not be there yet.
  private func expectRead(_ table: ProjectionTable) {
    precondition(unread.isEmpty || !unread.contains(table), "the fold has declared that it does not read \(table)")
  }

  /// Lends the value under `key`, or nil, to `body`.
  package func read<R>(
    _ table: ProjectionTable, _ key: RawSpan, _ body: (RawSpan?) -> R
  ) throws(TableReadError) -> R {
    try readEntry(table, key, body).result
  }

  /// As `read`, and says which entry of the batch the row is, if it is one.
  func readEntry<R>(
    _ table: ProjectionTable, _ key: RawSpan, _ body: (RawSpan?) -> R
  ) throws(TableReadError) -> (result: R, entry: Int?) {
    expectRead(table)
    if let entry = batch.entry(table, key) { return (batch.read(entry, body), entry) }
    var result: R?
    var entry: Int?
    try store.read(table, key) { value in
      entry = batch.keep(table, key, value)
      result = body(value)
    }
    guard let result else { throw TableReadError(table: table, reason: "the store did not answer") }
    return (result, entry)
  }

  /// A copy of the value under `key`.
  package func value(_ table: ProjectionTable, _ key: RawSpan) throws(TableReadError) -> [UInt8]? {
    try read(table, key) { $0?.bytes }
  }

  /// The row under `key`, decoded; nil where there is none. A row that `decode` refuses is damage.
  package func row<Row>(
    _ table: ProjectionTable, _ key: RawSpan, decode: (RawSpan) throws(RLPError) -> Row
  ) throws(TableReadError) -> Row? {
    try rowEntry(table, key, decode: decode).row
  }

  /// As `row`, and says which entry of the batch the row is, if it is one.
  func rowEntry<Row>(
    _ table: ProjectionTable, _ key: RawSpan, decode: (RawSpan) throws(RLPError) -> Row
  ) throws(TableReadError) -> (row: Row?, entry: Int?) {
    let (row, entry) = try readEntry(table, key) { Self.decoded($0, decode) }
    return (try Self.get(row, table), entry)
  }

  /// A decoded row, or what is wrong with it: closures that are lent spans throw nothing.
  private static func decoded<Row>(
    _ bytes: RawSpan?, _ decode: (RawSpan) throws(RLPError) -> Row
  ) -> Result<Row?, RLPError> {
    guard let bytes else { return .success(nil) }
    do throws(RLPError) { return .success(try decode(bytes)) } catch { return .failure(error) }
  }

  private static func get<Row>(
    _ row: Result<Row?, RLPError>, _ table: ProjectionTable
  ) throws(TableReadError) -> Row? {
    switch row {
    case .success(let row): return row
    case .failure(let error): throw TableReadError(table: table, reason: "a row is not what was written: \(error)")
    }
  }

  package func put(_ table: ProjectionTable, _ key: Hash256, _ value: [UInt8]) {
    key.withBytes { batch.put(table, key: $0, value: value.rawSpan) }
  }

  package func put(_ table: ProjectionTable, _ key: [UInt8], _ value: [UInt8]) {
    batch.put(table, key: key.rawSpan, value: value.rawSpan)
  }

  package func delete(_ table: ProjectionTable, _ key: Hash256) {
    key.withBytes { batch.delete(table, key: $0) }
  }

  package func delete(_ table: ProjectionTable, _ key: [UInt8]) {
    batch.delete(table, key: key.rawSpan)
  }

  /// Removes every row whose key begins with `prefix`. O(rows removed), plus a pass over the batch.
  package func deleteAll(_ table: ProjectionTable, withPrefix prefix: RawSpan) throws(TableReadError) {
    expectRead(table)
    var keys = batch.keys(of: table, withPrefix: prefix)
    try store.scan(table, from: prefix) { key, _ in
      guard key.hasPrefix(prefix) else { return false }
      keys.append(key.bytes)
      return true
    }
    for key in keys { batch.delete(table, key: key.rawSpan) }
  }

  /// The first key from `start` on that has a row, if it is in the range that `isWanted` tells: one that begins there.
  /// O(log n), and over keys in the range that the batch has deleted.
  package func firstKey(
    of table: ProjectionTable, from start: [UInt8], where isWanted: (RawSpan) -> Bool
  ) throws(TableReadError) -> [UInt8]? {
    expectRead(table)
    var stored: [UInt8]?
    try store.scan(table, from: start.rawSpan) { key, _ in
      guard isWanted(key) else { return false }
      var isThere = true
      _ = batch.read(table, key) { isThere = $0 != nil }
      if isThere { stored = key.bytes }
      return !isThere
    }
    var found = stored
    batch.scanKeys(of: table, from: start.rawSpan) { key in
      guard isWanted(key), stored.map({ key.precedes($0.rawSpan) }) ?? true else { return false }
      found = key.bytes
      return false
    }
    return found
  }

  /// Calls `body` with the rows of a table that were committed before, from the first key that is `start` or greater, in the
  /// order of keys, until it returns false.
  package func scan(
    _ table: ProjectionTable, from start: [UInt8] = [], _ body: (_ key: RawSpan, _ value: RawSpan) -> Bool
  ) throws(FoldError) {
    expectRead(table)
    do { try store.scan(table, from: start.rawSpan, body) } catch { throw .rows(error) }
  }

  /// Calls `body` with the rows of a table that were committed before, from the last key on that comes before `end`, the
  /// greatest key first, until it returns false.
  ///
  /// - Parameter end: not empty, and no key of the table is the beginning of it.
  package func scanBackward(
    _ table: ProjectionTable, before end: [UInt8], _ body: (_ key: RawSpan, _ value: RawSpan) -> Bool
  ) throws(FoldError) {
    expectRead(table)
    do { try store.scanBackward(table, before: end.rawSpan, body) } catch { throw .rows(error) }
  }

  /// Calls `body` with the keys that were committed before, from `start` on, until it returns false.
  func scanStored(
    _ table: ProjectionTable, from start: [UInt8], _ body: (RawSpan) -> Bool
  ) throws(TableReadError) {
    expectRead(table)
    try store.scan(table, from: start.rawSpan) { key, _ in body(key) }
  }

  /// What the fold writes from here on is a version of the rows of its own, which can be read as it was before and after
  /// where history is kept: for a fold that executes several L2 blocks in one L1 block.
  ///
  /// - Parameter number: of the L2 block; greater than that of the version before, within one L1 block.
  func beginVersion(_ number: UInt64) { batch.beginVersion(number) }

  /// Does several things at a time, if whoever runs the fold can.
  package var map: any OrderedMap { services.map }

  /// The row under `key` in a table of another projection's results, decoded. Nil where there is none, or where the fold
  /// runs without that projection.
  package func result<P: Projection, Row>(
    of projection: P.Type, _ table: ProjectionTable, _ key: RawSpan, decode: (RawSpan) throws(RLPError) -> Row
  ) throws(TableReadError) -> Row? {
    precondition(P.resultTables.contains(table), "only results can be read by other projections")
    guard let upstream = services.upstreams[P.name] else { return nil }
    var row: Result<Row?, RLPError> = .success(nil)
    try upstream.read(table, key) { row = Self.decoded($0, decode) }
    return try Self.get(row, table)
  }

  /// Tells whoever measures that the fold's next work is `stage`. Nothing comes back.
  package func enter(_ stage: FoldStage) {
    services.stages?.enter(stage)
  }
}

/// What whoever runs a fold lends it, besides its own rows. None of it reaches a row.
package struct FoldServices {
  /// The projections that it declares as upstreams, by name, as far as they are there.
  package var upstreams: [String: any TableReader]

  package var map: any OrderedMap

  package var stages: (any StageObserver)?

  package init(
    upstreams: [String: any TableReader] = [:], map: any OrderedMap = SerialMap(), stages: (any StageObserver)? = nil
  ) {
    self.upstreams = upstreams
    self.map = map
    self.stages = stages
  }
}

/// The parts of a fold's work that a profile tells apart.
package enum FoldStage: Int, CaseIterable, Sendable {
  case decode, senders, execute, trie, rows
}

/// Is told which stage begins. The clock is the observer's: a fold has none.
package protocol StageObserver {
  func enter(_ stage: FoldStage)
}
