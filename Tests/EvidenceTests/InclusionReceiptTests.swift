// Promises about single transactions.

import Primitives
import Rollup
import TestSupport
import Testimony
import Testing

@testable import Evidence

@Suite("Inclusion receipts")
struct InclusionReceiptTests {
  private func receipt(_ samples: EquivocationSamples, index: Int = 1) throws -> InclusionReceipt {
    let block = samples.block(5, origin: 3, salt: 1)
    return try #require(
      InclusionReceipt(
        try samples.sign(block), block: block, index: index, l2ChainID: 77, domain: samples.domain))
  }

  /// A ledger with a batch of blocks 5 to 7, whose first block is `stored`, in L1 block 8.
  private func fate(
    of stored: RollupBlock, _ samples: inout EquivocationSamples, key: Hash256 = EquivocationSamples.key,
    in header: BlockHeader? = nil, between: [Event] = [], data: SequencerBatchDelivered.DataStatus = .present
  ) throws -> InclusionReceipt.Fate {
    let middle = samples.block(6, origin: 4, parent: stored.order.commitment)
    let last = samples.block(7, origin: 5, parent: middle.order.commitment)
    let signed = try samples.sign(last, key: key)
    let l1Block = L1BlockAppended(
      header: (header ?? samples.headers[8]).encode(), canonicalAccBefore: .zero, completeness: .embedded)
    samples.record(.l1BlockAppended(l1Block), atL1Block: 8)
    for event in between { samples.record(event, atL1Block: 8) }
    samples.record(
      .sequencerBatchDelivered(
        SequencerBatchDelivered(
          batchIndex: 4, beforeAcc: .zero, afterAcc: .zero, firstBlock: 5, lastBlock: 7, messagesConsumed: 0,
          poster: .zero, signedCommitment: signed.encode(), dataHash: .zero, dataLocation: .event, data: data)),
      atL1Block: 8)
    return InclusionReceipt.Fate(
      batchCommitment: signed, orders: [middle.order, stored.order], l1: samples.segment(), log: samples.excerpt())
  }

  @Test("a receipt is small, stands alone, and says that nothing is known yet")
  func notYet() throws {
    let samples = try EquivocationSamples()
    for index in 0..<3 {
      let receipt = try receipt(samples, index: index)
      let bytes = receipt.encode()
      #expect(bytes.count < 2048)
      guard case .receipt(let again) = try EvidenceFile(bytes) else {
        Issue.record("it is read as something else")
        return
      }
      #expect(again == receipt)
      let finding = try again.verify(trusting: [])
      #expect(finding.status == .notYet)
      #expect(finding.signer == EquivocationSamples.signer)
    }
    let block = samples.block(5, origin: 3, salt: 1)
    #expect(
      InclusionReceipt(
        try samples.sign(block), block: samples.block(5, origin: 3, salt: 2), index: 0, l2ChainID: 77,
        domain: samples.domain) == nil)
  }

  @Test("kept when a trusted log has the batch that stores it in a block of L1, whatever place it has there")
  func kept() throws {
    var samples = try EquivocationSamples()
    var receipt = try receipt(samples)
    let paused = Event.paused(Paused(pauseId: 0))
    receipt.fate = try fate(of: samples.block(5, origin: 3, salt: 1), &samples, between: [paused])
    let (root, head) = (samples.excerpt().root, try #require(samples.segment()).head.hash)
    let finding = try receipt.verify(trusting: [root, head])
    #expect(finding.status == .kept)
    #expect(finding.batch == 4)
    #expect(finding.refutations == ["that derivation dropped the block, for what L1 has before its batch"])
    #expect(try receipt.verify(trusting: []).status == .notYet, "the sequencer's own word keeps nothing")
    #expect(try receipt.verify(trusting: [root]).status == .notYet, "L1 may have left the block since")
    var short = receipt
    short.fate?.log?.records.remove(at: 2)
    #expect(
      try short.verify(trusting: [root, head]).status == .notYet, "another block may stand where one is left out")
    receipt.fate?.orders.removeLast()
    #expect(throws: EvidenceError.self) { try receipt.verify(trusting: [root, head]) }
  }

  @Test("a batch keeps nothing before L1 has its data, which may come later, in a block of L1's")
  func lateData() throws {
    var samples = try EquivocationSamples()
    var receipt = try receipt(samples)
    receipt.fate = try fate(of: samples.block(5, origin: 3, salt: 1), &samples, data: .missing)
    let head = try #require(samples.segment()).head.hash
    let finding = try receipt.verify(trusting: [samples.excerpt().root, head])
    #expect(finding.status == .notYet && finding.explanation.contains("no data"))
    // Of another batch, or in a block that L1 does not have, they are not its data.
    for (batch, salt, status) in [(5, 0, .notYet), (4, 7, .notYet), (4, 0, .kept)]
      as [(UInt64, UInt64, InclusionReceipt.Status)]
    {
      var later = samples
      var header = samples.headers[9]
      header.timestamp += salt
      later.record(
        .l1BlockAppended(
          L1BlockAppended(header: header.encode(), canonicalAccBefore: .zero, completeness: .embedded)), atL1Block: 9)
      later.record(
        .batchDataDelivered(
          BatchDataDelivered(batchIndex: batch, dataHash: .zero, dataLocation: .event, poster: .zero)), atL1Block: 9)
      receipt.fate?.log = later.excerpt()
      #expect(try receipt.verify(trusting: [later.excerpt().root, head]).status == status, "batch \(batch)")
    }
  }

  @Test("what some key signed breaks no promise of the sequencer's, before headers say whose it is, or the reader")
  func whoseKey() throws {
    let samples = try EquivocationSamples()
    var receipt = try receipt(samples)
    receipt.fate = InclusionReceipt.Fate(
      batchCommitment: try samples.sign(samples.block(5, origin: 3, salt: 2)), orders: [])
    let finding = try receipt.verify(trusting: [])
    #expect(finding.status == .notYet && finding.equivocation?.judgement.verdict == .proven)
    #expect(finding.explanation.contains("key \(EquivocationSamples.signer) signed"))
    #expect(finding.explanation.contains("nothing shows"))
    #expect(try receipt.verify(trusting: [], signers: [Address(1, 2, 3)]).status == .notYet)
    #expect(try receipt.verify(trusting: [], signers: [EquivocationSamples.signer]).status == .broken)
    receipt.fate?.l1 = samples.segment()
    receipt.fate?.log = samples.excerpt()
    #expect(try receipt.verify(trusting: [try #require(samples.segment()).head.hash]).status == .broken)
    #expect(try receipt.verify(trusting: [samples.excerpt().root]).status == .notYet, "records can be left out")
  }

  @Test("a batch that L1 has left keeps nothing, though its record stays in the log")
  func revoked() throws {
    var samples = try EquivocationSamples()
    var receipt = try receipt(samples)
    var left = samples.headers[8]
    left.timestamp += 7
    receipt.fate = try fate(of: samples.block(5, origin: 3, salt: 1), &samples, in: left)
    let trusted: Set<Hash256> = [samples.excerpt().root, try #require(samples.segment()).head.hash]
    let finding = try receipt.verify(trusting: trusted)
    #expect(finding.status == .notYet && finding.batch == 4)
    #expect(finding.explanation.contains("L1 has left the block"))
  }

  @Test("a batch that came from a branch that L1 left keeps no promise of a block with that branch's origin")
  func orphanedOrigin() throws {
    var samples = try EquivocationSamples()
    var block = samples.block(5, origin: 3, salt: 1)
    block.l1Origin = BlockID(number: 3, hash: Hash256(9, 9, 9, 9))
    var receipt = try #require(
      InclusionReceipt(
        try samples.sign(block), block: block, index: 1, l2ChainID: 77, domain: samples.domain))
    receipt.fate = try fate(of: block, &samples)
    let trusted: Set<Hash256> = [samples.excerpt().root, try #require(samples.segment()).head.hash]
    let finding = try receipt.verify(trusting: trusted)
    #expect(finding.status == .excused && finding.refutations.isEmpty)
    #expect(finding.explanation.contains("L1 left the branch of origin"))
    // Headers that begin behind the origin say nothing of it.
    receipt.fate?.l1 = samples.segment(6...9)
    #expect(try receipt.verify(trusting: trusted).status == .notYet)
  }

  @Test("what a key promised that never had authority is no promise of the sequencer's")
  func neverInAuthority() throws {
    var samples = try EquivocationSamples()
    let block = samples.block(5, origin: 3, salt: 1)
    var receipt = try #require(
      InclusionReceipt(
        try samples.sign(block, key: Hash256(5, 4, 3, 2)), block: block, index: 0, l2ChainID: 77,
        domain: samples.domain))
    receipt.fate = try fate(of: samples.block(5, origin: 3, salt: 2), &samples)
    let (root, head) = (samples.excerpt().root, try #require(samples.segment()).head.hash)
    #expect(try receipt.verify(trusting: [root, head]).status == .refused)
  }

  @Test("a promise of a key that was changed since is excused by what L1 stored of the next one, and by nothing less")
  func otherKey() throws {
    var samples = try EquivocationSamples()
    var receipt = try receipt(samples)
    receipt.fate = try fate(of: samples.block(5, origin: 3, salt: 2), &samples, key: Hash256(5, 4, 3, 2))
    let (root, head) = (samples.excerpt().root, try #require(samples.segment()).head.hash)
    let finding = try receipt.verify(trusting: [root, head])
    #expect(finding.status == .excused)
    #expect(finding.refutations == ["that derivation dropped the block, for what L1 has before its batch"])
    #expect(try receipt.verify(trusting: [head]).status == .notYet)
    #expect(try receipt.verify(trusting: []).status == .notYet)
  }

  @Test("broken when L1 stores another block, with the evidence in it; excused when L1 gave a reason")
  func brokenAndExcused() throws {
    var samples = try EquivocationSamples()
    var receipt = try receipt(samples)
    receipt.fate = try fate(of: samples.block(5, origin: 3, salt: 2), &samples)
    let head = try #require(samples.segment()).head.hash
    let finding = try receipt.verify(trusting: [head])
    #expect(finding.status == .broken)
    #expect(finding.equivocation?.contradiction.kind == .brokenParent)
    #expect(try receipt.verify(trusting: []).status == .notYet)
    let forced = Event.forceIncluded(
      ForceIncluded(
        batchIndex: 1, beforeAcc: .zero, afterAcc: .zero, firstMessage: 0, lastMessage: 0, caller: .zero))
    var other = try EquivocationSamples([5: [forced]])
    var excused = try self.receipt(other)
    excused.fate = try fate(of: other.block(5, origin: 3, salt: 2), &other)
    let trusted: Set<Hash256> = [try #require(other.segment()).head.hash, other.excerpt().root]
    #expect(try excused.verify(trusting: trusted).status == .excused)
  }

  @Test("random bytes in a receipt with its fate, sealed anew, are read or refused, whatever of it is trusted")
  func fuzz() throws {
    var random = SeededGenerator()
    var samples = try EquivocationSamples()
    var receipt = try receipt(samples)
    receipt.fate = try fate(of: samples.block(5, origin: 3, salt: 2), &samples)
    let body = [UInt8](receipt.encode().dropLast(32))
    for _ in 0..<1000 {
      var changed = body
      for _ in 0..<Int.random(in: 1...6, using: &random) {
        changed[Int.random(in: 0..<changed.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
      }
      guard let file = try? InclusionReceipt(Seal.close(changed)) else { continue }
      let own = file.fate?.hashes ?? []
      for trusted in [[], own] as [Set<Hash256>] { _ = try? file.verify(trusting: trusted) }
    }
    for number in [0, 1, .max - 1, .max] as [UInt64] {
      var extreme = receipt
      extreme.index = number
      extreme.fate?.batchCommitment.commitment.blockNumber = number
      extreme.fate?.orders = [samples.block(number, origin: 3).order]
      #expect(throws: EvidenceError.self) { try extreme.verify(trusting: []) }
    }
  }

  @Test("no part of a receipt can change")
  func changes() throws {
    let samples = try EquivocationSamples()
    let receipt = try receipt(samples)
    let bytes = receipt.encode()
    for bit in 0..<bytes.count * 8 {
      var changed = bytes
      changed[bit / 8] ^= 1 << UInt8(bit % 8)
      #expect(throws: EvidenceError.self, "bit \(bit)") { try EvidenceFile(changed) }
    }
    let body = [UInt8](bytes.dropLast(32))
    for bit in 0..<body.count * 8 {
      var changed = body
      changed[bit / 8] ^= 1 << UInt8(bit % 8)
      guard let file = try? InclusionReceipt(Seal.close(changed)), let finding = try? file.verify(trusting: []) else {
        continue
      }
      #expect(finding.signer != EquivocationSamples.signer, "bit \(bit) makes another promise of the sequencer's")
    }
  }
}
