package import Primitives
package import Rollup
package import Testimony

/// What a file has been found to show, in words and on whose word.
package struct EquivocationFinding: Equatable, Sendable {
  package let contradiction: Contradiction
  package let judgement: Judgement

  /// Each thing that is said, and what it rests on.
  package let parts: [Part]

  /// What would show the verdict to be wrong.
  package let refutations: [String]

  package struct Part: Equatable, Sendable {
    package let claim: String
    package let basis: Basis
  }

  package enum Basis: String, Sendable {
    case signature = "the signature"
    case l1 = "on L1, under the trusted block"
    case log = "according to the log's operator"
    case chosenRecords = "on the word of whoever gave this log root, and of whoever chose the records of it"
    case reader = "for the reader to know"
    case nobody = "nothing in the file"
  }

  /// One sentence.
  package var summary: String {
    let what =
      switch contradiction {
      case .doubleSign(let one, _): "signed two orders for height \(one.height)"
      case .brokenParent(let lower, let upper, _):
        "signed height \(lower.height), and height \(upper.height) that does not descend from it"
      case .malformed(let statement, _): "signed fields for height \(statement.height) that are not its order's"
      }
    let who = "key \(contradiction.signer) \(what)"
    return switch judgement.verdict {
    case .proven: "proven: \(who)"
    case .historical: "proven, and past slashing: \(who)"
    case .excused: "excused: \(who), and may have had to"
    case .undetermined: "not shown: \(who), and may have had to"
    case .refused: "no word of the sequencer's: \(who)"
    }
  }
}

extension EquivocationEvidence {
  /// On what the file rests: what has to be trusted for all of it to count.
  package var hashes: Set<Hash256> { FileFacts.hashes(l1, log) }

  /// Judges the file by itself, and by the hashes that the reader trusts: of an L1 block, of a log's tree, of both, of none.
  ///
  /// - Throws: when it is no evidence at all, or rests on nothing that is trusted.
  /// - Complexity: two recoveries of signatures; one hash for each header, two more for each in the range that is asked
  ///   about; O(log n) for each record.
  package func verify(trusting trusted: Set<Hash256>) throws(EvidenceError) -> EquivocationFinding {
    let contradiction = try contradiction()
    let facts = try FileFacts(domain: domain, l1: l1, log: log, trusting: trusted)
    let judgement = contradiction.judge(by: facts)
    return EquivocationFinding(
      contradiction: contradiction, judgement: judgement, parts: Self.parts(contradiction, judgement, facts),
      refutations: Self.refutations(contradiction, judgement, facts))
  }

  private static func parts(
    _ contradiction: Contradiction, _ judgement: Judgement, _ facts: FileFacts
  ) -> [EquivocationFinding.Part] {
    typealias Part = EquivocationFinding.Part
    var parts = contradiction.statements.map { statement in
      let origin = statement.origin.map { ", made from L1 block \($0)" } ?? ""
      return Part(
        claim: "\(statement.signer) signed \(statement.order) for height \(statement.height)\(origin)",
        basis: .signature)
    }
    for number in Set(contradiction.statements.compactMap(\.origin?.number)).sorted() {
      let authority = facts.authorityBasis(atL1Origin: number)
      let key = authority?.key ?? contradiction.signer
      parts.append(
        Part(
          claim: "at L1 origin \(number) the word of \(key == .zero ? "nobody" : "\(key)") counts",
          basis: authority.map { $0.basis == .l1 ? .l1 : .chosenRecords } ?? .reader))
    }
    switch judgement.reason {
    case .bothCanonical: parts.append(Part(claim: "L1 has both origins, and nothing was forced in between", basis: .l1))
    case .originOrphaned(let origin): parts.append(Part(claim: "L1 does not have block \(origin)", basis: .l1))
    case .supersededByRule(let block):
      parts.append(Part(claim: "messages were forced in, in L1 block \(block)", basis: .log))
    case .keyChanged: parts.append(Part(claim: "another key's word counted, too", basis: .log))
    case .originUnknown, .ruleNotExcluded, .reorgNotExcluded, .ancestorNotExcluded, .keyChangeNotExcluded:
      parts.append(Part(claim: "that nothing excuses it", basis: .nobody))
    case .equalOrigins, .equalParents, .contradictsItself, .noAuthority: break
    }
    return parts
  }

  private static func refutations(
    _ contradiction: Contradiction, _ judgement: Judgement, _ facts: FileFacts
  ) -> [String] {
    guard judgement.verdict == .proven || judgement.verdict == .historical else { return [] }
    var refutations: [String] = []
    if !judgement.isAuthorityKnown {
      refutations.append(
        contradiction.format == .op
          ? "that SystemConfig named another unsafe block signer at these L1 origins"
          : "that another key had authority at these L1 origins")
      if contradiction.statements.contains(where: { statement in
        statement.origin.flatMap { facts.authorityBasis(atL1Origin: $0.number) }?.basis == .log
      }) {
        refutations.append("a change of the sequencer's key that whoever made the file left out")
      }
    }
    if judgement.verdict == .proven, facts.isRetired(contradiction.signer) {
      let block = facts.l1.map { "L1 block \($0.head.number)" } ?? "what the file shows of L1"
      refutations.append("for the contract: that the retired key's slashing window has ended since \(block)")
    }
    switch judgement.reason {
    case .equalOrigins where contradiction.kind == .doubleSign:
      if contradiction.format == .varve, let origin = contradiction.statements[0].origin {
        refutations.append(
          "for the contract: messages forced in, in L1 block \(origin.number.next)")
      }
    case .equalOrigins, .bothCanonical:
      refutations.append("that the trusted L1 block is not final, or not L1's")
      if contradiction.kind == .brokenParent {
        refutations.append(
          "that the sequencer's key was changed before the second was signed, in a later L1 block or on a branch that "
            + "L1 left")
        refutations.append("that L1 had stored, by a contract that took them, blocks that no signature binds")
      }
    default: break
    }
    return refutations
  }

  /// What evidence in this format can never show.
  package static func limits(of format: SequencerCommitmentObserved.Format) -> [String] {
    switch format {
    case .varve: []
    case .op:
      [
        "the file does not say who the chain's unsafe block signer was",
        "batches on L1 are another key's, and so no half of a contradiction",
        "two blocks are proven, and no intention: a sequencer that lost its newest unsafe block, at a restart "
          + "or as L1 left a branch and came back, signs another in good faith",
        "two blocks with different parents or origins may be the work of derivation, and are never proven",
      ]
    case .nitro:
      [
        "a feed's message binds no L1 block, so that a reorganisation is never excluded and nothing ever proven",
        "unsigned messages are no evidence of anything",
      ]
    }
  }
}
