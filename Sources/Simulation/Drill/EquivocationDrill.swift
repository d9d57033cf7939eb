import Evidence
import MerkleLog
import Primitives
import Projections
import Rollup
import Testimony

/// Plays lies and honest disturbances, and holds what the watcher makes of each against what it should.
package enum EquivocationDrill {
  /// What came of one case.
  package struct Result: Hashable, Sendable {
    package let kind: DrillCase
    package let outcome: DrillOutcome

    /// Files of evidence that were made, and what is wrong with one of them.
    package let evidenceCount: Int
    package let evidenceFault: String?

    package var isExpected: Bool { outcome == kind.expectation && evidenceFault == nil }
  }

  /// Case `number` of a drill: every kind in turn, each in a world of its own.
  package static func play(_ number: UInt64, seed: UInt64) throws(DrillError) -> Result {
    let kinds = DrillCase.allCases
    return try play(kinds[Int(number % UInt64(kinds.count))], seed: seed &+ number &* 0x9e37_79b9_7f4a_7c15)
  }

  /// One case in a world that is made from the seed.
  package static func play(_ kind: DrillCase, seed: UInt64) throws(DrillError) -> Result {
    let drilled = DrilledCase(kind, seed: seed)
    let tables = MemoryTables(tables: EquivocationView.tables)
    let view = EquivocationView(configuration: drilled.world.configuration)
    let batch = WriteBatch()
    batch.begin()
    do throws(FoldError) {
      for fact in drilled.world.facts { _ = try view.fold(fact, into: ProjectionView(batch: batch, over: tables)) }
      tables.commit(batch)
      let answers = EquivocationAnswers(ProjectionView(batch: WriteBatch(), over: tables))
      var rows: [AccusationRow] = []
      try answers.forEachAccusation { _, row in
        rows.append(row)
        return true
      }
      let hasAlert = try !answers.alerts().isEmpty
      var fault: String?
      for row in rows where fault == nil { fault = try self.fault(of: row, drilled.world, answers) }
      return Result(
        kind: kind, outcome: outcome(of: rows, hasAlert: hasAlert, drilled), evidenceCount: rows.count,
        evidenceFault: fault)
    } catch { throw DrillError(kind: kind, seed: seed, cause: error) }
  }

  /// The gravest thing that is to be said.
  private static func outcome(of rows: [AccusationRow], hasAlert: Bool, _ drilled: DrilledCase) -> DrillOutcome {
    func has(_ verdict: Verdict) -> Bool { rows.contains { $0.judgement.verdict == verdict } }
    if rows.contains(where: \.isSlashable) { return .slashable }
    if has(.proven) { return .evidence }
    if has(.historical) { return .historical }
    if has(.undetermined) { return .undetermined }
    if has(.excused) { return .excused }
    if hasAlert { return .alert }
    let reader = StatementReader(drilled.world.configuration)
    let isForeign = drilled.lies.contains { signed in
      guard let statement = try? reader.statement(of: signed), let origin = statement.origin else { return true }
      return statement.signer != DrillWorld.address(of: drilled.world.key(atOrigin: origin.number))
    }
    return isForeign || has(.refused) ? .refused : .nothing
  }

  /// What is wrong with the evidence of an accusation: it must say offline what the view says, be read again as it was
  /// written, and be refused with a bit changed.
  private static func fault(
    of row: AccusationRow, _ world: DrillWorld, _ answers: EquivocationAnswers
  ) throws(FoldError) -> String? {
    guard let evidence = try evidence(of: row, world, answers) else { return "a statement's message is not there" }
    let trusted: Set<Hash256> = Set([evidence.l1?.head.hash, evidence.log?.root].compactMap(\.self))
    let bytes = evidence.encode()
    do throws(EvidenceError) {
      let again = try EquivocationEvidence(bytes)
      guard again == evidence else { return "it is read as something else" }
      let finding = try again.verify(trusting: trusted)
      guard finding.judgement.verdict == row.judgement.verdict else {
        return "the file says \(finding.judgement.verdict), the view \(row.judgement.verdict)"
      }
    } catch { return "\(error)" }
    var changed = bytes
    let bit = Int(world.l1Head.hash.word0 % UInt64(bytes.count * 8))
    changed[bit / 8] ^= 1 << UInt8(bit % 8)
    return (try? EvidenceFile(changed)) == nil ? nil : "bit \(bit) can be changed"
  }

  private static func evidence(
    of row: AccusationRow, _ world: DrillWorld, _ answers: EquivocationAnswers
  ) throws(FoldError) -> EquivocationEvidence? {
    var messages: [SignedMessage] = []
    for id in row.statements {
      guard let statement = try answers.statement(id) else { return nil }
      let raw: [UInt8] =
        switch statement.source {
        case .testimony(let position): world.testimony[Int(position)].raw
        case .batch(_, let signed): signed
        }
      guard let message = try? SignedMessage(raw.rawSpan, .varve) else { return nil }
      messages.append(message)
    }
    let reader = StatementReader(world.configuration)
    messages = row.contradiction.statements.compactMap { statement in
      messages.first { (try? reader.statement(of: $0, by: statement.signer))?.digest == statement.digest }
    }
    return EquivocationEvidence(
      l2ChainID: world.configuration.chainID, domain: world.domain, messages: messages,
      orders: row.contradiction.orders, l1: L1Segment(world.l1.map(\.raw)), log: world.excerpt)
  }
}

extension AccusationRow {
  /// Whether the rollup contract takes a bond for it.
  package var isSlashable: Bool {
    judgement.verdict == .proven && judgement.isAuthorityKnown && contradiction.kind == .doubleSign
      && contradiction.format == .varve
  }
}

extension DrillWorld {
  /// What its log's operator can show: configuration, changes of the key, forced inclusions.
  var excerpt: LogExcerpt {
    let tree = leaves
    let canonical = Set(l1.map(\.hash))
    var block = Hash256.zero
    var excerpt = LogExcerpt(size: UInt64(tree.count), root: MerkleTree.root(ofLeaves: tree), records: [])
    for (header, payload) in records {
      if header.kind == .l1BlockAppended, let event = try? L1BlockAppended(payload: payload.rawSpan) {
        block = event.headerHash
      }
      let isWanted = header.kind == .configUpdated || header.kind == .forceIncluded
      guard header.kind == .chainConfigured || isWanted && canonical.contains(block) else { continue }
      let proof = InclusionProof(index: header.position.rawValue, size: UInt64(tree.count)) { level, index in
        MerkleTree.root(ofLeaves: tree[Int(index << UInt64(level))..<Int((index + 1) << UInt64(level))])
      }
      excerpt.records.append(LogExcerpt.Record(header: header, payload: payload, proof: proof))
    }
    return excerpt
  }
}

/// A case that could not be played to its end.
package struct DrillError: Error, CustomStringConvertible {
  package let kind: DrillCase
  package let seed: UInt64
  let cause: FoldError

  package var description: String { "case \(kind) with seed \(seed): \(cause)" }
}
