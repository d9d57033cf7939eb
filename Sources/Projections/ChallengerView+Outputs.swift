import Primitives
package import Rollup

/// A posted output, and how it stands.
package struct OutputRow: Equatable, Sendable {
  package enum Status: UInt64, CaseIterable, Sendable {
    case open = 0
    case final = 1
    case deleted = 2
  }

  package var output: OutputProposed

  /// The L1 block that holds it.
  package var l1Block: UInt64

  /// In seconds of L1 time: from then on it cannot be disputed.
  package var challengeEnd: UInt64

  package var status: Status

  /// The dispute about it that goes on.
  package var game: UInt64?
}

extension OutputRow: RLPRow {
  init(_ reader: inout RLPReader) throws(RLPError) {
    var fields = try reader.readList()
    let offset = fields.offset
    guard let output = try? OutputProposed(payload: try fields.readBytes()) else {
      throw RLPError(offset: offset, reason: .invalidValue("an output's row has its payload"))
    }
    self.output = output
    l1Block = try fields.readUInt64()
    challengeEnd = try fields.readUInt64()
    status = try fields.readNumber(offset: offset)
    var item = try fields.readList()
    game = item.isAtEnd ? nil : try item.readUInt64()
    try item.finish()
    try fields.finish()
  }

  func append(to writer: inout RLPWriter) {
    writer.list { fields in
      fields.append(bytes: output.encodePayload())
      fields.append(l1Block)
      fields.append(challengeEnd)
      fields.append(status.rawValue)
      fields.list { item in
        if let game { item.append(game) }
      }
    }
  }
}

extension RLPReader {
  /// The next item as one of the numbers of `Choice`.
  mutating func readNumber<Choice: RawRepresentable<UInt64>>(offset: Int) throws(RLPError) -> Choice {
    guard let choice = Choice(rawValue: try readUInt64()) else {
      throw RLPError(offset: offset, reason: .invalidValue("a number that stands for nothing"))
    }
    return choice
  }
}

extension ChallengerView {
  func propose(_ event: OutputProposed, at l1Block: UInt64, in view: ProjectionView) throws(FoldError) {
    let period: Period? = try view.row(Self.periods, OrderTables.onlyKey)
    let end = try Self.time(ofL1Block: l1Block, in: view).saturatingSum(period?.seconds ?? 0)
    let row = OutputRow(output: event, l1Block: l1Block, challengeEnd: end, status: .open, game: nil)
    view.put(Self.outputs, ProposerState.key(event.outputIndex), row: row)
    view.put(Self.openOutputs, ProposerState.key(event.outputIndex), [])
  }

  func delete(_ event: OutputsDeleted, in view: ProjectionView) throws(FoldError) {
    // Indices leave none out: where the last one is there, all are.
    if let last = event.indices.last { _ = try known(output: last, in: view) }
    for index in event.indices { try close(index, .deleted, in: view) }
  }

  func close(_ index: UInt64, _ status: OutputRow.Status, in view: ProjectionView) throws(FoldError) {
    var row = try known(output: index, in: view)
    row.status = status
    row.game = nil
    view.put(Self.outputs, ProposerState.key(index), row: row)
    view.delete(Self.openOutputs, ProposerState.key(index))
  }

  /// The output that an event is about.
  func known(output index: UInt64, in view: ProjectionView) throws(FoldError) -> OutputRow {
    guard let row = try Self.output(index, in: view) else { throw .unknown("output \(index)") }
    return row
  }

  /// Nil when there is no such output.
  package static func output(_ index: UInt64, in view: ProjectionView) throws(FoldError) -> OutputRow? {
    try view.row(outputs, ProposerState.key(index))
  }

  /// Outputs, in the order of their indices. O(log n + count).
  ///
  /// - Parameters:
  ///   - first: index of the first; nil for the newest ones.
  ///   - count: how many at most.
  package static func outputs(
    from first: UInt64?, count: Int, in view: ProjectionView
  ) throws(FoldError) -> [OutputRow] {
    guard let start = try view.firstNumber(from: first, orNewest: count, of: outputs) else { return [] }
    var found: [OutputRow] = []
    try view.scanRows(outputs, from: ProposerState.key(start)) { (_, row: OutputRow) in
      found.append(row)
      return found.count < count
    }
    return found
  }

  /// Indices of the outputs that are neither final nor deleted. O(their number).
  package static func openOutputs(in view: ProjectionView) throws(FoldError) -> [UInt64] {
    try view.numbers(openOutputs)
  }
}

extension OutputsDeleted {
  /// Of the outputs that are deleted.
  var indices: Range<UInt64> { newNextOutputIndex..<max(newNextOutputIndex, prevNextOutputIndex) }
}

extension ProjectionView {
  /// With which number rows begin of a table that goes by numbers and leaves none out: with `first`, or without it with that of
  /// the `count` newest, of the rows that were committed before; nil where there are none, or none are asked for. O(log n),
  /// and over rows that came later where the view is of the past.
  func firstNumber(
    from first: UInt64?, orNewest count: Int, of table: ProjectionTable
  ) throws(FoldError) -> UInt64? {
    guard count > 0 else { return nil }
    if let first { return first }
    var newest: UInt64?
    try scanBackward(table, before: ProposerState.key(.max)) { key, _ in
      newest = key.bigEndian(at: 0)
      return false
    }
    return newest.map { $0 + 1 - min(UInt64(count), $0 + 1) }
  }

  /// The keys of a table that go by a number, ascending.
  func numbers(_ table: ProjectionTable) throws(FoldError) -> [UInt64] {
    var keys = Set<[UInt8]>(batch.keys(of: table, withPrefix: RawSpan()))
    var stored: [[UInt8]] = []
    try ProposerState.rows { () throws(TableReadError) in
      try scanStored(table, from: []) { key in
        stored.append(key.bytes)
        return true
      }
    }
    for key in stored where !batch.read(table, key.rawSpan, { _ in }) { keys.insert(key) }
    return keys.map { $0.rawSpan.bigEndian(at: 0) }.sorted()
  }
}
