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

  /// Case `number` of a drill: every kind in turn, each in a world of its own.
  package static func play(_ number: UInt64, seed: UInt64) throws(DrillError) -> Result {
    let kinds = DrillCase.allCases
    return try play(kinds[Int(number % UInt64(kinds.count))], seed: seed &+ number &* 0x9e37_79b9_7f4a_7c15)
  }

  /// One case in a world that is made from the seed.
  package static func play(_ kind: DrillCase, seed: UInt64) throws(DrillError) -> Result {
    let drilled = DrilledCase(kind, seed: seed)
    do throws(FoldError) {
      let answers = try drilled.world.logs.folded()
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
    } catch { throw DrillError(subject: "case \(kind)", seed: seed, cause: error) }
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
    guard let evidence = try world.logs.evidence(of: row, answers) else { return "a statement's message is not there" }
    switch check(evidence, changing: world.l1Head.hash.word0) {
    case .failure(let fault): return fault.reason
    case .success(let verdict):
      guard verdict == row.judgement.verdict else {
        return "the file says \(verdict), the view \(row.judgement.verdict)"
      }
    }
    guard row.contradiction.kind == .doubleSign, case .varve(let first) = evidence.messages[0],
      case .varve(let second) = evidence.messages[1], let isHeld = world.isHeld(first, second),
      isHeld != row.isSlashable
    else { return nil }
    return "the contract \(isHeld ? "takes" : "refuses") it, the view says \(row.judgement.verdict)"
  }

  /// What a file says to somebody who trusts all that it rests on, once it has been written and read.
  static func check(_ evidence: EquivocationEvidence, changing word: UInt64) -> Swift.Result<Verdict, EvidenceFault> {
    let trusted: Set<Hash256> = Set([evidence.l1?.head.hash, evidence.log?.root].compactMap(\.self))
    let bytes = evidence.encode()
    var changed = bytes
    let bit = Int(word % UInt64(bytes.count * 8))
    changed[bit / 8] ^= 1 << UInt8(bit % 8)
    guard (try? EvidenceFile(changed)) == nil else { return .failure(EvidenceFault("bit \(bit) can be changed")) }
    do throws(EvidenceError) {
      let again = try EquivocationEvidence(bytes)
      guard again == evidence else { return .failure(EvidenceFault("it is read as something else")) }
      return .success(try again.verify(trusting: trusted).judgement.verdict)
    } catch { return .failure(EvidenceFault("\(error)")) }
  }
}

/// What is wrong with a file of evidence.
struct EvidenceFault: Error {
  let reason: String

  init(_ reason: String) { self.reason = reason }
}

extension AccusationRow {
  /// Whether the rollup contract takes a bond for it.
  package var isSlashable: Bool {
    judgement.verdict == .proven && judgement.isAuthorityKnown && contradiction.kind == .doubleSign
      && contradiction.format == .varve
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
        number: number, timestamp: l1[Int(min(number, l1Head.number))].header.timestamp, ancestors: l1.map(\.hash))
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
    return EquivocationEvidence(
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
