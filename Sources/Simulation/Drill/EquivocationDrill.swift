import Evidence
import Hashing
import MerkleLog
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

    /// Files of evidence that were made, and what is wrong with one of them.
    package let evidenceCount: Int
    package let evidenceFault: String?

    package var isExpected: Bool { outcome == kind.expectation && evidenceFault == nil }
  }

  /// Case `number` of a drill: every kind in turn, each in a world of its own. Over a recorded chain one of each kind
  /// begins at every block.
  package static func play(
    _ number: UInt64, seed: UInt64, over chain: RecordedChain? = nil
  ) throws(DrillError) -> Result {
    let kinds = DrillCase.allCases
    let (round, kind) = number.quotientAndRemainder(dividingBy: UInt64(kinds.count))
    return try play(
      kinds[Int(kind)], seed: seed &+ number &* 0x9e37_79b9_7f4a_7c15, over: chain,
      from: chain.map { Int(round % UInt64($0.blockCount)) } ?? 0)
  }

  /// One case in a world that is made from the seed.
  package static func play(
    _ kind: DrillCase, seed: UInt64, over chain: RecordedChain? = nil, from start: Int = 0
  ) throws(DrillError) -> Result {
    let drilled = DrilledCase(kind, in: DrillWorld(seed: seed, over: chain, from: start))
    do throws(FoldError) {
      let answers = try drilled.world.logs.folded()
      var rows: [AccusationRow] = []
      try answers.forEachAccusation { _, row in
        rows.append(row)
        return true
      }
      var fault: String?
      for row in rows where fault == nil { fault = try self.fault(of: row, kind, drilled.world, answers) }
      if kind.isHonest, fault == nil { fault = try momentOfGuilt(rows.count, answers) }
      if kind.expectation == .refused { fault = fault ?? self.fault(of: drilled.lies, drilled.world.logs) }
      return Result(
        kind: kind, outcome: try outcome(of: rows, drilled, answers), evidenceCount: rows.count, evidenceFault: fault)
    } catch { throw DrillError(subject: "case \(kind)", seed: seed, cause: error) }
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
    of row: AccusationRow, _ kind: DrillCase, _ world: DrillWorld, _ answers: EquivocationAnswers
  ) throws(FoldError) -> String? {
    guard let evidence = try world.logs.evidence(of: row, answers) else { return "a statement's message is not there" }
    switch check(evidence, changing: world.l1Head.hash.word0) {
    case .failure(let fault): return fault.reason
    case .success(let judgement):
      // Of an origin that L1 does not have yet the view does not know whose word counts; by the records it is another
      // key's since the change.
      let isRefused =
        kind == .leakedKeyUnknownOrigin && !row.judgement.isAuthorityKnown && judgement.verdict == .refused
      guard judgement.verdict == row.judgement.verdict || isRefused else {
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
    switch check(logs.evidence(of: ordered.map { .varve($0) }), changing: logs.l1Head) {
    case .failure(let fault): return fault.reason
    case .success(let judgement):
      return judgement.verdict == .refused ? nil : "a file of what is nobody's word says \(judgement.verdict)"
    }
  }

  /// What a file says to somebody who trusts all that it rests on, once it has been written and read.
  static func check(_ evidence: EquivocationEvidence, changing word: UInt64) -> Swift.Result<Judgement, EvidenceFault> {
    let trusted = evidence.hashes
    let bytes = evidence.encode()
    var changed = bytes
    let bit = Int(word % UInt64(bytes.count * 8))
    changed[bit / 8] ^= 1 << UInt8(bit % 8)
    guard (try? EvidenceFile(changed)) == nil else { return .failure(EvidenceFault("bit \(bit) can be changed")) }
    do throws(EvidenceError) {
      let again = try EquivocationEvidence(bytes)
      guard again == evidence else { return .failure(EvidenceFault("it is read as something else")) }
      return .success(try again.verify(trusting: trusted).judgement)
    } catch { return .failure(EvidenceFault("\(error)")) }
  }
}

/// What is wrong with a file of evidence.
struct EvidenceFault: Error {
  let reason: String

  init(_ reason: String) { self.reason = reason }
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
  let cause: FoldError

  package var description: String { "\(subject) with seed \(seed): \(cause)" }
}
