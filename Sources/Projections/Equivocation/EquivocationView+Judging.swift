import Primitives
import Rollup
import Testimony

extension EquivocationView {
  /// Writes down an accusation, judged by what is known now; none where nothing is contradicted, or a stranger contradicts
  /// itself, or it is written down already: L1 stores an order anew whenever it leaves a branch.
  func accuse(
    _ contradiction: Contradiction?, _ statements: [StatementID], in view: ProjectionView
  ) throws(FoldError) {
    guard let contradiction else { return }
    var progress = try currentProgress(in: view)
    let dependsOnL1 = contradiction.format == .varve
    guard !dependsOnL1 || progress.hadAuthority(contradiction.signer) else { return }
    let pair = statements.map(\.key).sorted { $0.lexicographicallyPrecedes($1) }.flatMap(\.self)
    guard try firstKey(of: Self.pairs, from: pair, in: view) != pair else { return }
    view.put(Self.pairs, pair, [])
    let number = progress.accusations
    progress.accusations += 1
    view.put(Self.progress, OrderTables.onlyKey, row: progress)
    let judgement = try judge(contradiction, progress, in: view)
    let row = AccusationRow(
      contradiction: contradiction, judgement: judgement, statements: statements, entries: 1, l1Head: progress.l1Head)
    write(row, number, in: view)
    guard dependsOnL1 else { return }
    for l1Block in contradiction.l1Blocks {
      view.put(Self.open, ProposerState.key(l1Block) + ProposerState.key(number), [])
    }
    view.put(Self.accused, contradiction.signer.bytes + ProposerState.key(number), [])
  }

  /// Other stacks' chains have an L1 that is not this ledger's: of it nothing is known here.
  func judge(
    _ contradiction: Contradiction, _ progress: EquivocationProgress, in view: ProjectionView
  ) throws(FoldError) -> Judgement {
    guard contradiction.format == .varve else { return contradiction.judge(by: UnknownFacts()) }
    var judgement = try contradiction.judge(by: ViewFacts(progress: progress, view: view))
    if [.proven, .historical].contains(judgement.verdict), !judgement.isAuthorityKnown,
      let origin = contradiction.statements[0].origin
    {
      // An origin that L1 does not have yet can be written by a key that is retired by then, or was long ago.
      (judgement.verdict, judgement.reason) = (.undetermined, .originUnknown(origin))
    }
    return judgement
  }

  /// Looks anew at what a key said before its word counted: the testimony may be ahead of the ledger.
  func judgeStranger(_ key: Address, in view: ProjectionView) throws(FoldError) {
    while let row = try firstKey(of: Self.strangers, from: key.bytes, in: view), row.starts(with: key.bytes) {
      view.delete(Self.strangers, row)
      let height: UInt64 = row.rawSpan.bigEndian(at: Address.byteCount)
      let own = try Self.statements(at: height, by: key, in: view).rows
      for (index, (id, row)) in own.enumerated() {
        for other in own[..<index] {
          try accuse(Contradiction(other.row.statement, row.statement), [other.id, id], in: view)
        }
        if height > 0 { try compare(row, id, withLower: height - 1, in: view) }
        try compareWithStored(row, id, in: view)
      }
    }
  }

  private func write(_ row: AccusationRow, _ number: UInt64, in view: ProjectionView) {
    view.put(Self.accusations, ProposerState.key(number), row: row)
    view.put(
      Self.history, ProposerState.key(number) + ProposerState.key(row.entries - 1),
      row: AccusationEntry(judgement: row.judgement, l1Head: row.l1Head))
  }

  /// Judges again what depends on L1 blocks from `first` to `last`. An accusation that L1 excuses is withdrawn, and
  /// what was said before stays in its history.
  func judgeOpen(from first: UInt64, through last: UInt64, in view: ProjectionView) throws(FoldError) {
    var start = ProposerState.key(first)
    while let key = try firstKey(of: Self.open, from: start, in: view), key.rawSpan.bigEndian(at: 0) <= last {
      try judgeAgain(key.rawSpan.bigEndian(at: 8), in: view)
      start = key + [0]
    }
  }

  /// Judges again what a key is accused of: its slashing window is over, or it is not any more.
  func judgeAccused(_ key: Address, in view: ProjectionView) throws(FoldError) {
    var start = key.bytes
    while let row = try firstKey(of: Self.accused, from: start, in: view), row.starts(with: key.bytes) {
      try judgeAgain(row.rawSpan.bigEndian(at: Address.byteCount), in: view)
      start = row + [0]
    }
  }

  private func judgeAgain(_ number: UInt64, in view: ProjectionView) throws(FoldError) {
    guard var row: AccusationRow = try view.row(Self.accusations, ProposerState.key(number)) else { return }
    let progress = try currentProgress(in: view)
    let judgement = try judge(row.contradiction, progress, in: view)
    guard judgement != row.judgement else { return }
    row.judgement = judgement
    row.l1Head = progress.l1Head
    row.entries += 1
    write(row, number, in: view)
  }

  /// What depends on final L1 blocks only changes no more.
  func closeSettled(through finalized: UInt64, in view: ProjectionView) throws(FoldError) {
    let progress = try currentProgress(in: view)
    while let key = try firstKey(of: Self.open, from: [], in: view) {
      let last: UInt64 = key.rawSpan.bigEndian(at: 0)
      guard last <= finalized, progress.isKnown(last) else { return }
      try judgeAgain(key.rawSpan.bigEndian(at: 8), in: view)
      view.delete(Self.open, key)
    }
  }

  /// Raises an alert for what was signed, should be stored by now, and is not: finality says that it will not come in time.
  ///
  /// None where messages were forced in meanwhile: they may have taken the height, or one below it.
  func alertDue(through finalized: UInt64, in view: ProjectionView) throws(FoldError) {
    let facts = ViewFacts(progress: try currentProgress(in: view), view: view)
    while let key = try firstKey(of: Self.due, from: [], in: view) {
      guard key.rawSpan.bigEndian(at: 0, as: UInt64.self) <= finalized else { return }
      view.delete(Self.due, key)
      let id = StatementID(key: key[...])
      guard let row: StatementRow = try view.row(Self.statements, id.key), let origin = row.statement.origin,
        try facts.isCanonical(origin) == true, facts.progress.authority(atL1Origin: origin.number) == id.signer
      else { continue }
      let deadline: UInt64 = key.rawSpan.bigEndian(at: 0)
      if case .inBlock = try facts.forcedInclusion(from: origin.number + 1, through: deadline) { continue }
      if try !isStored(id.height, facts) { view.put(Self.alerts, id.key, row: row) }
    }
  }

  /// Whether L1 has an order for the height now: derivation takes none whose origin L1 has left.
  private func isStored(_ height: UInt64, _ facts: ViewFacts) throws(FoldError) -> Bool {
    for stored in try Self.storedOrders(at: height, in: facts.view) {
      guard try isOnL1(stored, in: facts.view) else { continue }
      if try facts.isCanonical(stored.order.l1Origin) != false { return true }
    }
    return false
  }
}

/// What the view knows of L1.
struct ViewFacts: EquivocationFacts {
  typealias Failure = FoldError

  let progress: EquivocationProgress
  let view: ProjectionView

  func isCanonical(_ block: BlockID) throws(FoldError) -> Bool? {
    let key = ProposerState.key(block.number)
    let hash = try ProposerState.rows { () throws(TableReadError) in
      try view.value(EquivocationView.l1Blocks, key.rawSpan)
    }
    return hash.map { $0 == block.hash.bytes }
  }

  func forcedInclusion(from first: UInt64, through last: UInt64) throws(FoldError) -> ForcedInclusion {
    // Before the ledger's first L1 block there was no rollup.
    let first = max(first, progress.firstL1Block ?? first)
    let key = try ProposerState.rows { () throws(TableReadError) in
      try view.firstKey(of: EquivocationView.forced, from: ProposerState.key(first)) { key in
        key.bigEndian(at: 0, as: UInt64.self) <= last
      }
    }
    if let key { return .inBlock(key.rawSpan.bigEndian(at: 0)) }
    return first > last || progress.isKnown(first) && progress.isKnown(last) ? .none : .unknown
  }

  func longestWait(through block: UInt64) -> UInt64? { progress.longestWindow }

  func authority(atL1Origin number: UInt64) -> Address? { progress.authority(atL1Origin: number) }

  func isOnlyKey(_ key: Address, through last: UInt64) -> Bool? { progress.isOnlyKey(key, through: last) }

  func isPastSlashing(_ key: Address) -> Bool { progress.isPastSlashing(key) }
}

extension Contradiction {
  /// The L1 blocks up to which a judgement looks, ascending: one past each origin.
  var l1Blocks: [UInt64] { Set(statements.compactMap(\.origin?.number.next)).sorted() }
}
