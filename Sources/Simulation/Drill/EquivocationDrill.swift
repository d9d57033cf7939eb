import Evidence
import Hashing
import MerkleLog
import Node
import Primitives
import Projections
import Rollup
import Settlement
import StateTransition
import Testimony

/// Plays lies and honest disturbances, and holds what the watcher makes of each against what it should.
package enum EquivocationDrill {
  /// What came of one case.
  package struct Result: Hashable, Sendable {
    package let kind: DrillCase
    package let outcome: DrillOutcome

    /// What the case's world was made from.
    package let seed: UInt64

    /// Whether it went through a store on disk.
    package let isStored: Bool

    /// Files of evidence and receipts that were made, and what is wrong with one of them, or with a log.
    package let evidenceCount: Int
    package let evidenceFault: String?

    package var isExpected: Bool { outcome == kind.expectation && evidenceFault == nil }
  }

  /// Of so many rounds of all kinds the first one goes through stores on disk; the others' logs are in memory.
  package static let roundsPerStore: UInt64 = 16

  /// Case `number` of a drill: every kind in turn, each in a world of its own. Over a recorded chain one of each kind
  /// begins at every block.
  package static func play(
    _ number: UInt64, seed: UInt64, over chain: RecordedChain? = nil, bug: DrillBug? = nil
  ) throws(DrillError) -> Result {
    let kinds = DrillCase.allCases
    let (round, kind) = number.quotientAndRemainder(dividingBy: UInt64(kinds.count))
    return try play(
      kinds[Int(kind)], seed: seed &+ number &* 0x9e37_79b9_7f4a_7c15, over: chain,
      from: chain.map { Int(round % UInt64($0.blockCount)) } ?? 0, bug: bug,
      inStore: round.isMultiple(of: roundsPerStore))
  }

  /// One case in a world that is made from the seed.
  ///
  /// - Parameters:
  ///   - bug: what is planted: of what the view takes for the configuration in memory only, all else in a store, too.
  ///   - isStored: whether it goes through a store on disk: testimony log, projection, evidence maker, files. What is about a
  ///     receipt always does.
  package static func play(
    _ kind: DrillCase, seed: UInt64, over chain: RecordedChain? = nil, from start: Int = 0, bug: DrillBug? = nil,
    inStore isStored: Bool = false
  ) throws(DrillError) -> Result {
    let drilled = DrilledCase(kind, in: DrillWorld(seed: seed, over: chain, from: start, bug: bug))
    let logs = drilled.world.logs
    do {
      guard isStored || kind.isPromise else {
        let answers = try logs.folded()
        let watch = Watch(answers: answers) { row in try logs.evidence(of: row, answers) }
        return try judge(drilled, kind, seed: seed, watch)
      }
      return try DrillStore.with(logs) { store, answers, maker in
        let promise = try drilled.promise.flatMap { try maker.receipt(height: $0.height, index: $0.index) }
        let watch = Watch(answers: answers, store: store, promise: promise) { row in try maker.evidence(of: row) }
        return try judge(drilled, kind, seed: seed, watch)
      }
    } catch { throw DrillError(subject: "case \(kind)", seed: seed, cause: error) }
  }

  /// What somebody has made of a case who has recorded it: in memory, or in a store.
  private struct Watch {
    var answers: EquivocationAnswers
    var store: DrillStore?
    var promise: InclusionReceipt?
    var evidence: (AccusationRow) throws -> EquivocationEvidence?

    /// A file, as it is read by who was given it.
    func passed(_ bytes: [UInt8]) throws -> [UInt8] { try store?.passed(bytes) ?? bytes }
  }

  private static func judge(
    _ drilled: DrilledCase, _ kind: DrillCase, seed: UInt64, _ watch: Watch
  ) throws -> Result {
    var rows: [AccusationRow] = []
    try watch.answers.forEachAccusation { _, row in
      rows.append(row)
      return true
    }
    var fault = watch.store?.fault(of: kind, drilled.world.logs)
    for row in rows where fault == nil { fault = try self.fault(of: row, kind, drilled.world, watch) }
    if kind.isHonest, fault == nil { fault = try momentOfGuilt(rows.count, watch.answers) }
    if kind.expectation == .refused, fault == nil { fault = self.fault(of: drilled.lies, drilled.world.logs) }
    var outcome = try Self.outcome(of: rows, drilled, watch.answers)
    if kind.isPromise {
      switch try check(watch.promise, watch, changing: drilled.world.l1Head.hash.word0) {
      case .failure(let receiptFault): (outcome, fault) = (.nothing, fault ?? receiptFault.reason)
      case .success(let found): outcome = found
      }
    }
    return Result(
      kind: kind, outcome: outcome, seed: seed, isStored: watch.store != nil,
      evidenceCount: rows.count + (watch.promise == nil ? 0 : 1), evidenceFault: fault)
  }

  /// The gravest thing that is to be said.
  private static func outcome(
    of rows: [AccusationRow], _ drilled: DrilledCase, _ answers: EquivocationAnswers
  ) throws(FoldError) -> DrillOutcome {
    func has(_ verdict: Verdict) -> Bool { rows.contains { $0.judgement.verdict == verdict } }
    let head = drilled.world.l1Head.number
    if rows.contains(where: { $0.isSlashable(afterL1Block: head) }) { return .slashable }
    if has(.proven) { return .evidence }
    if has(.historical) { return .historical }
    if has(.undetermined) { return .undetermined }
    if has(.excused) { return .excused }
    if try !answers.alerts().isEmpty { return .alert }
    if has(.refused) { return .refused }
    for lie in drilled.lies where try !isRefused(lie, drilled.world.logs, answers) { return .nothing }
    return drilled.lies.isEmpty ? .nothing : .refused
  }

  /// Whether what was told counts for nothing: the reader makes no statement of it; or the view keeps it, and knows
  /// that the word of another key counts at its origin.
  private static func isRefused(
    _ lie: SignedCommitment, _ logs: DrillLogs, _ answers: EquivocationAnswers
  ) throws(FoldError) -> Bool {
    if logs.refused.contains(lie) { return true }
    guard let statement = try? logs.reader.statement(of: lie), let origin = statement.origin,
      let key = try answers.progress()?.authority(atL1Origin: origin.number), key != statement.signer
    else { return false }
    let own = try answers.statements(at: statement.height, by: statement.signer).map(\.statement)
    return own.contains(statement)
  }

  /// Where a key that is honest was called guilty, if only for a while.
  private static func momentOfGuilt(_ accusations: Int, _ answers: EquivocationAnswers) throws(FoldError) -> String? {
    for number in 0..<UInt64(accusations) {
      let history = try answers.history(of: number)
      if let entry = history.first(where: { $0.judgement.verdict.isGuilt }) {
        return "an honest key was guilty at L1 block \(entry.l1Head), as \(entry.judgement.reason)"
      }
    }
    return nil
  }

  /// What is wrong with the evidence of an accusation: it must say offline what the view says, be read again as it was
  /// written, and be refused with a bit changed.
  private static func fault(
    of row: AccusationRow, _ kind: DrillCase, _ world: DrillWorld, _ watch: Watch
  ) throws -> String? {
    guard let evidence = try watch.evidence(row) else { return "a statement's message is not there" }
    switch try check(evidence, changing: world.l1Head.hash.word0, as: watch.passed) {
    case .failure(let fault): return fault.reason
    case .success(let judgement):
      // Of an origin that L1 does not have yet the view does not know whose word counts; by the records it is another
      // key's since the change.
      let isRefused =
        kind == .leakedKeyUnknownOrigin && !row.judgement.isAuthorityKnown && judgement.verdict == .refused
      // Blocks that nothing signed binds no file can show: this one is not written.
      let isGraver = kind == .unboundBatch && judgement.verdict.isGraver(than: row.judgement.verdict)
      guard judgement.verdict == row.judgement.verdict || isRefused || isGraver else {
        return "the file says \(judgement.verdict), the view \(row.judgement.verdict)"
      }
    }
    guard row.contradiction.kind == .doubleSign, case .varve(let first) = evidence.messages[0],
      case .varve(let second) = evidence.messages[1], let isHeld = world.isHeld(first, second),
      isHeld != row.isSlashable(afterL1Block: world.l1Head.number)
    else { return nil }
    return "the contract \(isHeld ? "takes" : "refuses") it, the view says \(row.judgement.verdict)"
  }

  /// What is wrong with a file that somebody makes of two orders that are nobody's word: it must say so.
  private static func fault(of lies: [SignedCommitment], _ logs: DrillLogs) -> String? {
    guard lies.count == 2 else { return nil }
    let ordered = lies.sorted { $0.commitment.orderCommitment < $1.commitment.orderCommitment }
    switch check(logs.evidence(of: ordered.map { .varve($0) }), changing: logs.l1Head, as: { $0 }) {
    case .failure(let fault): return fault.reason
    case .success(let judgement):
      return judgement.verdict == .refused ? nil : "a file of what is nobody's word says \(judgement.verdict)"
    }
  }

  /// What a file says to somebody who trusts all that it rests on, once it has been written and read.
  ///
  /// - Parameter passed: what the reader gets of the bytes that were written.
  static func check(
    _ evidence: EquivocationEvidence, changing word: UInt64, as passed: ([UInt8]) throws -> [UInt8]
  ) rethrows -> Swift.Result<Judgement, EvidenceFault> {
    let trusted = evidence.hashes
    let written = evidence.encode()
    let bytes = try passed(written)
    if let fault = bitFault(bytes, word) { return .failure(fault) }
    do throws(EvidenceError) {
      guard case .equivocation(let again) = try EvidenceFile(bytes), again.encode() == written else {
        return .failure(EvidenceFault("it is read as something else"))
      }
      return .success(try again.verify(trusting: trusted).judgement)
    } catch { return .failure(EvidenceFault("\(error)")) }
  }

  /// What has become of a promise, to somebody who trusts all that its receipt rests on.
  private static func check(
    _ receipt: InclusionReceipt?, _ watch: Watch, changing word: UInt64
  ) throws -> Swift.Result<DrillOutcome, EvidenceFault> {
    guard let receipt else { return .failure(EvidenceFault("no receipt can be made")) }
    let written = receipt.encode()
    let bytes = try watch.passed(written)
    if let fault = bitFault(bytes, word) { return .failure(fault) }
    do throws(EvidenceError) {
      guard case .receipt(let again) = try EvidenceFile(bytes), again.encode() == written else {
        return .failure(EvidenceFault("the receipt is read as something else"))
      }
      let trusted = again.fate?.hashes ?? []
      let finding = try again.verify(trusting: trusted)
      if finding.status == .broken, finding.equivocation?.judgement.verdict.isGuilt != true {
        return .failure(EvidenceFault("a promise is broken without evidence"))
      }
      return .success(finding.status.outcome)
    } catch { return .failure(EvidenceFault("\(error)")) }
  }

  private static func bitFault(_ bytes: [UInt8], _ word: UInt64) -> EvidenceFault? {
    var changed = bytes
    let bit = Int(word % UInt64(bytes.count * 8))
    changed[bit / 8] ^= 1 << UInt8(bit % 8)
    return (try? EvidenceFile(changed)) == nil ? nil : EvidenceFault("bit \(bit) can be changed")
  }
}

/// What is wrong with a file of evidence.
struct EvidenceFault: Error {
  let reason: String

  init(_ reason: String) { self.reason = reason }
}

extension InclusionReceipt.Status {
  fileprivate var outcome: DrillOutcome {
    switch self {
    case .kept: .kept
    case .broken: .broken
    case .excused: .excused
    case .notYet: .notYet
    case .refused: .refused
    }
  }
}

extension AccusationRow {
  /// Whether the rollup contract takes a bond for it in the L1 block after this one: of two origins it has to know
  /// both, and it knows the newest only.
  package func isSlashable(afterL1Block head: UInt64) -> Bool {
    guard judgement.verdict == .proven, judgement.isAuthorityKnown, contradiction.kind == .doubleSign,
      contradiction.format == .varve
    else { return false }
    let origins = contradiction.statements.compactMap(\.origin)
    return Set(origins).count == 1 || origins.allSatisfy { $0.number + L1Context.ancestorLimit > head }
  }
}

extension DrillWorld {
  /// Whether the contract takes the two orders for a double sign; nil in a world in which messages were forced in, which
  /// takes more than a contract's key.
  fileprivate func isHeld(_ first: SignedCommitment, _ second: SignedCommitment) -> Bool? {
    guard chain.allSatisfy({ $0.commitment != nil }) else { return nil }
    var contract = RollupContract(configuration: configuration)
    let verifier = ReexecutingVerifier(configuration: configuration)
    let guardian = Caller(configuration.rollup?.guardian ?? .zero)
    func call(_ call: ContractCall, at number: UInt64) throws(Revert) {
      let context = L1Context(
        number: number, timestamp: l1Block(min(number, l1Head.number)).header.timestamp, ancestors: l1.map(\.hash),
        firstAncestor: l1Genesis.number)
      _ = try contract.call(call, from: guardian, at: context, verifier: verifier)
    }
    do throws(Revert) {
      for (number, key) in keys.dropFirst() {
        try call(.updateConfiguration(.sequencer(Self.address(of: key))), at: number)
      }
    } catch { return false }
    return (try? call(.reportDoubleSign(first: first, second: second), at: l1Head.number + 1)) != nil
  }
}

extension DrillLogs {
  /// The evidence of an accusation, with all headers and with all that the log's operator can show.
  func evidence(
    of row: AccusationRow, _ answers: EquivocationAnswers
  ) throws(FoldError) -> EquivocationEvidence? {
    guard let orders = try answers.orders(of: row), let statements = try answers.statements(of: row) else { return nil }
    var messages: [SignedMessage] = []
    for statement in statements {
      let raw: [UInt8] =
        switch statement.source {
        case .testimony(let position): testimony[Int(position)].raw
        case .batch(_, _, let signed): signed
        }
      guard let message = try? SignedMessage(raw.rawSpan, .varve) else { return nil }
      messages.append(message)
    }
    return evidence(of: messages, orders)
  }

  fileprivate func evidence(of messages: [SignedMessage], _ orders: [BlockOrder] = []) -> EquivocationEvidence {
    EquivocationEvidence(
      l2ChainID: configuration.chainID, domain: domain, messages: messages, orders: orders, l1: L1Segment(headers),
      log: excerpt)
  }

  /// What the log's operator can show: configuration, changes of the key, forced inclusions.
  private var excerpt: LogExcerpt {
    let tree = leaves
    let canonical = Set(headers.map { Keccak256.hash($0) })
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
  /// What was played.
  let subject: String
  package let seed: UInt64
  let cause: any Error

  package var description: String { "\(subject) with seed \(seed): \(cause)" }
}
