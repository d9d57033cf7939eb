// Evidence against a sequencer: what it shows, on whose word, and that no bit of it can change.

import Hashing
import Primitives
import Rollup
import Signatures
import TestSupport
import Testimony
import Testing

@testable import Evidence

@Suite("Equivocation evidence")
struct EquivocationEvidenceTests {
  private static let forced = Event.forceIncluded(
    ForceIncluded(
      batchIndex: 1, beforeAcc: .zero, afterAcc: .zero, firstMessage: 0, lastMessage: 0, caller: .zero))

  private func doubleSign(
    _ samples: EquivocationSamples, origins: (UInt64, UInt64), l1: L1Segment? = nil, log: LogExcerpt? = nil
  ) throws -> EquivocationEvidence {
    samples.evidence(
      try samples.sign(samples.block(5, origin: origins.0, salt: 1)),
      try samples.sign(samples.block(5, origin: origins.1, salt: 2)), l1: l1, log: log)
  }

  @Test("equal origins need nothing but the signatures; whose key it is, the reader has to know")
  func signaturesAlone() throws {
    let finding = try doubleSign(EquivocationSamples(), origins: (3, 3)).verify(trusting: [])
    #expect(finding.judgement.verdict == .proven)
    #expect(!finding.judgement.isAuthorityKnown)
    #expect(finding.contradiction.signer == EquivocationSamples.signer)
    #expect(finding.parts.filter { $0.basis == .signature }.count == 2)
    #expect(finding.parts.contains { $0.basis == .reader })
    #expect(finding.refutations.contains { $0.contains("another key had authority") })
  }

  @Test("two canonical origins are proven under a trusted L1 block, and by nothing less")
  func canonicalOrigins() throws {
    let samples = try EquivocationSamples()
    let segment = try #require(samples.segment())
    let evidence = try doubleSign(samples, origins: (3, 6), l1: segment, log: samples.excerpt())
    #expect(try evidence.verify(trusting: []).judgement.verdict == .undetermined)
    let finding = try evidence.verify(trusting: [segment.head.hash])
    #expect(finding.judgement.reason == .bothCanonical)
    // The configuration that the rollup's id commits to, and the filters of all headers since, say whose word counts.
    #expect(finding.judgement.isAuthorityKnown)
    #expect(finding.parts.allSatisfy { $0.basis == .signature || $0.basis == .l1 })
    #expect(try evidence.verify(trusting: [samples.excerpt().root]).judgement.verdict == .undetermined)
    #expect(throws: EvidenceError.untrusted(l1: segment.head.hash, log: samples.excerpt().root)) {
      try evidence.verify(trusting: [Hash256(1, 1, 1, 1)])
    }
    let short = try doubleSign(samples, origins: (3, 6), l1: samples.segment(3...6))
    #expect(
      try short.verify(trusting: [samples.headers[6].hash]).judgement.reason == .ruleNotExcluded(from: 4, through: 7))
  }

  @Test("what L1 took away, or may have forced, is excused or left open")
  func excuses() throws {
    let samples = try EquivocationSamples()
    let segment = try #require(samples.segment())
    var orphan = samples.block(5, origin: 4, salt: 2)
    orphan.l1Origin.hash = Hash256(6, 6, 6, 6)
    let evidence = samples.evidence(
      try samples.sign(samples.block(5, origin: 3, salt: 1)), try samples.sign(orphan), l1: segment)
    #expect(try evidence.verify(trusting: [segment.head.hash]).judgement.verdict == .excused)
    let forced = try EquivocationSamples([5: [Self.forced]])
    let after = try #require(forced.segment())
    let open = try doubleSign(forced, origins: (3, 6), l1: after)
    #expect(try open.verify(trusting: [after.head.hash]).judgement.verdict == .undetermined, "a filter may lie")
    let shown = try doubleSign(forced, origins: (3, 6), l1: after, log: forced.excerpt())
    #expect(
      try shown.verify(trusting: [after.head.hash, forced.excerpt().root]).judgement.reason
        == .supersededByRule(l1Block: 5))
  }

  @Test("a key that was rotated away is judged by its interval, and by the end of its slashing window")
  func rotation() throws {
    let next = ConfigUpdated(update: .sequencer(Address(1, 2, 3)))
    for (at, origin, verdict, isKnown) in [
      (4, 3, Verdict.historical, true), (4, 5, .refused, false), (7, 3, .proven, true),
    ] as [(UInt64, UInt64, Verdict, Bool)] {
      let samples = try EquivocationSamples([at: [.configUpdated(next)]])
      let segment = try #require(samples.segment())
      let evidence = try doubleSign(samples, origins: (origin, origin), l1: segment, log: samples.excerpt())
      let finding = try evidence.verify(trusting: [segment.head.hash, samples.excerpt().root])
      #expect(finding.judgement.verdict == verdict, "rotated at \(at), origin \(origin)")
      #expect(finding.judgement.isAuthorityKnown == isKnown)
      #expect(finding.refutations.contains { $0.contains("slashing window has ended") } == (verdict == .proven))
    }
  }

  @Test("that no change of the key is among the records shows nothing: whoever made the file chose them")
  func chosenRecords() throws {
    let samples = try EquivocationSamples([4: [.configUpdated(ConfigUpdated(update: .sequencer(Address(1, 2, 3))))]])
    var log = samples.excerpt()
    // A retired key's two orders; the record that retired it is left out.
    log.records.removeLast()
    let segment = try #require(samples.segment(5...9))
    let evidence = try doubleSign(samples, origins: (5, 5), l1: segment, log: log)
    for trusted in [[log.root], [log.root, segment.head.hash]] as [Set<Hash256>] {
      let finding = try evidence.verify(trusting: trusted)
      #expect(!finding.judgement.isAuthorityKnown)
      #expect(finding.parts.contains { $0.basis == .chosenRecords })
      #expect(finding.parts.allSatisfy { $0.basis != .log })
      #expect(finding.refutations.contains { $0.contains("left out") })
    }
    let whole = try doubleSign(samples, origins: (5, 5), l1: samples.segment(), log: log)
    let finding = try whole.verify(trusting: [log.root, samples.headers[9].hash])
    #expect(!finding.judgement.isAuthorityKnown, "the filter of block 4 tells of a change")
  }

  @Test("no broken parent is proven once another key's word counted: it may extend what that one had stored, far below")
  func brokenParentAfterRotation() throws {
    let key = Hash256(9, 8, 7, 6)
    let change = Event.configUpdated(ConfigUpdated(update: .sequencer(try Secp256k1.address(of: key))))
    // The retired key's blocks have origin 1, those of the next one, which goes on from them, 3 and 4.
    for upperOrigin in [3, 4] as [UInt64] {
      let samples = try EquivocationSamples([2: [change]])
      let segment = try #require(samples.segment())
      let stored = samples.block(5, origin: 1, salt: 9)
      let evidence = samples.evidence(
        try samples.sign(samples.block(5, origin: 3, salt: 1), key: key),
        try samples.sign(samples.block(6, origin: upperOrigin, parent: stored.order.commitment), key: key), l1: segment,
        log: samples.excerpt())
      let both = try evidence.verify(trusting: [segment.head.hash, samples.excerpt().root])
      #expect(both.judgement.verdict == .excused && both.judgement.reason == .keyChanged)
      #expect(try evidence.verify(trusting: [segment.head.hash]).judgement.reason == .keyChanged, "as rollupId says")
      var bare = evidence
      bare.log = nil
      #expect(try bare.verify(trusting: [segment.head.hash]).judgement.verdict == .undetermined)
    }
    // The first key's own: a change behind it counts as well, and where none is shown, it is said that one may.
    for (at, verdict) in [(nil, Verdict.proven), (7, .excused)] as [(UInt64?, Verdict)] {
      let samples = try EquivocationSamples(at.map { [$0: [change]] } ?? [:])
      let segment = try #require(samples.segment())
      let evidence = samples.evidence(
        try samples.sign(samples.block(5, origin: 3, salt: 1)), try samples.sign(samples.block(6, origin: 4)),
        l1: segment, log: samples.excerpt())
      let finding = try evidence.verify(trusting: [segment.head.hash, samples.excerpt().root])
      #expect(finding.judgement.verdict == verdict)
      #expect(finding.refutations.contains { $0.contains("key was changed before") } == (verdict == .proven))
    }
  }

  @Test("headers of another L1 than the one on which the rollup begins are refused, where they can be told")
  func otherL1() throws {
    let samples = try EquivocationSamples()
    let other = try EquivocationSamples(salt: 1)
    for (range, isRefused) in [(0...9, true), (1...9, true), (2...9, false)] as [(ClosedRange<Int>, Bool)] {
      let segment = try #require(other.segment(range))
      let evidence = try doubleSign(samples, origins: (3, 3), l1: segment, log: samples.excerpt())
      for trusted in [[], [segment.head.hash]] as [Set<Hash256>] {
        if isRefused {
          #expect(throws: EvidenceError.otherL1(samples.headers[0].id)) { try evidence.verify(trusting: trusted) }
        } else {
          #expect(try !evidence.verify(trusting: trusted).judgement.isAuthorityKnown)
        }
      }
      let own = try doubleSign(samples, origins: (3, 3), l1: samples.segment(range), log: samples.excerpt())
      #expect(try own.verify(trusting: []).judgement.verdict == .proven)
    }
  }

  @Test("a record that L1 has revoked excuses nobody, where headers tell: the log keeps it")
  func revokedRecords() throws {
    var samples = try EquivocationSamples()
    samples.record(Self.forced, atL1Block: 5)
    samples.record(
      .configUpdated(ConfigUpdated(update: .sequencer(Address(1, 2, 3)))), atL1Block: 4)
    let segment = try #require(samples.segment())
    let evidence = try doubleSign(samples, origins: (3, 6), l1: segment, log: samples.excerpt())
    let finding = try evidence.verify(trusting: [segment.head.hash, samples.excerpt().root])
    #expect(finding.judgement.reason == .bothCanonical && finding.judgement.verdict == .proven)
    #expect(finding.refutations.allSatisfy { !$0.contains("slashing window") })
    let alone = try doubleSign(samples, origins: (3, 3), log: samples.excerpt())
    #expect(try alone.verify(trusting: [samples.excerpt().root]).judgement.reason == .equalOrigins)
    let blind = try doubleSign(samples, origins: (3, 6), log: samples.excerpt())
    #expect(try blind.verify(trusting: [samples.excerpt().root]).judgement.verdict != .proven)
  }

  @Test("a broken parent over several blocks, and fields that are not the order's")
  func otherKinds() throws {
    let samples = try EquivocationSamples()
    let segment = try #require(samples.segment())
    let stored = samples.block(5, origin: 3, salt: 9)
    let middle = samples.block(6, origin: 3, parent: stored.order.commitment)
    let last = samples.block(7, origin: 4, parent: middle.order.commitment)
    var broken = samples.evidence(
      try samples.sign(samples.block(5, origin: 3, salt: 1)), try samples.sign(last), orders: [middle.order],
      l1: segment)
    // Since when the rollup's key has been the only one, its configuration says.
    #expect(try broken.verify(trusting: [segment.head.hash]).judgement.reason == .keyChangeNotExcluded)
    broken.log = samples.excerpt()
    let finding = try broken.verify(trusting: [segment.head.hash])
    #expect(finding.contradiction.kind == .brokenParent)
    #expect(finding.judgement.verdict == .proven)
    var commitment = SequencerCommitment(order: stored.order, l2ChainID: 77)
    commitment.timestamp += 1
    let malformed = EquivocationEvidence(
      l2ChainID: 77, domain: samples.domain, messages: [.varve(try samples.sign(commitment))], orders: [stored.order])
    #expect(try malformed.verify(trusting: []).judgement.reason == .contradictsItself)
  }

  @Test("no file proves a broken parent that tells of another key, on whatever branch, or of a setting changed later")
  func brokenParentAfterChanges() throws {
    func judged(_ samples: EquivocationSamples) throws -> EquivocationFinding {
      let segment = try #require(samples.segment())
      let broken = samples.evidence(
        try samples.sign(samples.block(5, origin: 3, salt: 1)),
        try samples.sign(samples.block(6, origin: 4, parent: Hash256(8, 8, 8, 8))), l1: segment,
        log: samples.excerpt())
      return try broken.verify(trusting: [segment.head.hash, samples.excerpt().root])
    }
    var samples = try EquivocationSamples()
    let finding = try judged(samples)
    #expect(finding.judgement.verdict == .proven)
    #expect(finding.refutations.contains { $0.contains("on a branch that L1 left") })
    // The headers have no such change: L1 has left its block.
    samples.record(.configUpdated(ConfigUpdated(update: .sequencer(Address(1, 2, 3)))), atL1Block: 6)
    #expect(try judged(samples).judgement.reason == .keyChanged)
    let window = Event.configUpdated(ConfigUpdated(update: .sequencingWindow(9)))
    #expect(try judged(EquivocationSamples([8: [window]])).judgement.reason == .keyChangeNotExcluded)
  }

  @Test("what is no contradiction is no evidence, each with its reason")
  func refusals() throws {
    let samples = try EquivocationSamples()
    let one = try samples.sign(samples.block(5, origin: 3, salt: 1))
    let other = try samples.sign(samples.block(5, origin: 3, salt: 2))
    #expect(throws: EvidenceError.noContradiction) { try samples.evidence(one, one).verify(trusting: []) }
    let foreign = try samples.sign(samples.block(5, origin: 3, salt: 2), key: Hash256(1, 1, 1, 1))
    #expect(throws: EvidenceError.self) { try samples.evidence(one, foreign).verify(trusting: []) }
    var swapped = samples.evidence(one, other)
    swapped.messages.reverse()
    #expect(throws: EvidenceError.noContradiction) { try swapped.verify(trusting: []) }
    var elsewhere = samples.evidence(one, other)
    elsewhere.domain?.contract = Address(9, 9, 9)
    #expect(throws: EvidenceError.self) { try elsewhere.verify(trusting: []) }
    var records = samples.excerpt()
    records.records[0].payload[20] ^= 1
    #expect(throws: EvidenceError.badRecord(.zero, "its payload is not the one that was recorded")) {
      try samples.evidence(one, other, log: records).verify(trusting: [records.root])
    }
    var stranger = samples.evidence(one, other, log: samples.excerpt())
    stranger.domain?.rollupId = Hash256(1, 2, 3, 4)
    #expect(throws: EvidenceError.self) { try stranger.verify(trusting: [samples.excerpt().root]) }
  }

  @Test("no bit of a file can change: it is refused, and with its seal made anew it accuses nobody of anything else")
  func bits() throws {
    let samples = try EquivocationSamples()
    let segment = try #require(samples.segment(3...8))
    let evidence = try doubleSign(samples, origins: (3, 6), l1: segment, log: samples.excerpt())
    let trusted: Set<Hash256> = [segment.head.hash, samples.excerpt().root]
    let original = try evidence.verify(trusting: trusted)
    #expect(original.judgement.verdict == .proven)
    let bytes = evidence.encode()
    #expect(try EvidenceFile(bytes) == .equivocation(evidence))
    // Every bit of a small file, and every eleventh of this one.
    for (file, step) in [(try doubleSign(samples, origins: (3, 3)).encode(), 1), (bytes, 11)] {
      for bit in stride(from: 0, to: file.count * 8, by: step) {
        var changed = file
        changed[bit / 8] ^= 1 << UInt8(bit % 8)
        #expect(throws: EvidenceError.self, "bit \(bit)") { try EvidenceFile(changed) }
      }
    }
    let body = [UInt8](bytes.dropLast(32))
    for bit in stride(from: 0, to: body.count * 8, by: 29) {
      var changed = body
      changed[bit / 8] ^= 1 << UInt8(bit % 8)
      guard let file = try? EquivocationEvidence(Seal.close(changed)),
        let finding = try? file.verify(trusting: trusted)
      else { continue }
      #expect(finding.judgement.verdict != .proven || finding.contradiction == original.contradiction, "bit \(bit)")
    }
    for count in stride(from: 0, to: bytes.count, by: 13) {
      #expect(throws: EvidenceError.self) { try EvidenceFile([UInt8](bytes.prefix(count))) }
    }
  }

  @Test("random bytes, sealed, are read or refused, never more")
  func fuzz() throws {
    var random = SeededGenerator()
    let samples = try EquivocationSamples()
    let middle = samples.block(6, origin: 3)
    let broken = samples.evidence(
      try samples.sign(samples.block(5, origin: 3, salt: 1)),
      try samples.sign(samples.block(7, origin: 4, parent: middle.order.commitment)), orders: [middle.order],
      l1: samples.segment(), log: samples.excerpt())
    let files = [
      try doubleSign(samples, origins: (3, 6), l1: samples.segment(3...8), log: samples.excerpt()), broken,
    ]
    let bodies = files.map { [UInt8]($0.encode().dropLast(32)) }
    for round in 0..<2000 {
      var changed = bodies[round % 2]
      for _ in 0..<Int.random(in: 1...6, using: &random) {
        changed[Int.random(in: 0..<changed.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
      }
      if Bool.random(using: &random) { changed.removeLast(Int.random(in: 0..<changed.count, using: &random)) }
      if case .equivocation(let file)? = try? EvidenceFile(Seal.close(changed)) {
        _ = try? file.verify(trusting: [])
        _ = try? file.verify(trusting: Self.own(file))
      }
      _ = try? EvidenceFile(Seal.close(random.bytes(count: Int.random(in: 0..<200, using: &random))))
    }
  }

  /// The hashes that a file rests on.
  private static func own(_ file: EquivocationEvidence) -> Set<Hash256> {
    file.hashes
  }

  @Test("no number in a file is too large or too small: it is judged or refused, whatever of it is trusted")
  func extremeNumbers() throws {
    let numbers: [UInt64] = [0, 1, .max - 1, .max]
    for (first, window) in [(0, .max), (.max - 9, 0), (1, 1)] as [(UInt64, UInt64)] {
      for genesis in numbers {
        let plain = try EquivocationSamples(from: first)
        let hash = plain.headers.first { $0.number == genesis }?.hash
        var samples = try EquivocationSamples(
          from: first, genesis: BlockID(number: genesis, hash: hash ?? .zero), window: window)
        for number in numbers {
          samples.record(Self.forced, atL1Block: number)
          samples.record(.configUpdated(ConfigUpdated(update: .sequencer(Address(1, 2, 3)))), atL1Block: number)
        }
        try judgeExtremes(samples, numbers, excerpts: [samples.excerpt(), firstRecord(samples)])
      }
    }
  }

  private func firstRecord(_ samples: EquivocationSamples) -> LogExcerpt {
    var excerpt = samples.excerpt()
    excerpt.records = [excerpt.records[0]]
    return excerpt
  }

  private func judgeExtremes(_ samples: EquivocationSamples, _ numbers: [UInt64], excerpts: [LogExcerpt]) throws {
    for (index, number) in numbers.enumerated() {
      func signed(_ height: UInt64, _ origin: UInt64, _ salt: UInt8) throws -> SignedCommitment {
        let known = samples.headers.first { $0.number == origin }?.id
        var block = samples.block(height, origin: 0, salt: salt)
        block.l1Origin = known ?? BlockID(number: origin, hash: .zero)
        return try samples.sign(block)
      }
      let other = numbers[(index + 1) % numbers.count]
      let pairs = [
        (try signed(number, number, 1), try signed(number, number, 2)),
        (try signed(number, number, 1), try signed(number, other, 2)),
        (try signed(number.next - 1, other, 1), try signed(number.next, number, 2)),
      ]
      for (one, two) in pairs {
        for log in excerpts {
          let file = samples.evidence(one, two, l1: samples.segment(0...samples.headers.count - 1), log: log)
          let again = try EquivocationEvidence(file.encode())
          let head = samples.headers[samples.headers.count - 1].hash
          for trusted in [Self.own(file), [head]] as [Set<Hash256>] {
            let finding = try again.verify(trusting: trusted)
            #expect(finding.contradiction.signer == EquivocationSamples.signer)
          }
        }
      }
    }
  }
}
