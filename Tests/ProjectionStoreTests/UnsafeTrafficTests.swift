import Primitives
import Projections
import Rollup
import Signatures
import TestSupport
import Testing

@Suite("Blocks executed ahead of L1")
struct UnsafeTrafficTests {
  @Test("contracts made and destroyed, slots written and cleared: what runs ahead comes out as L1 then gives it")
  func agreesWithL1() throws {
    let seed = SeededGenerator().seed
    for round in UInt64(0)..<4 {
      var random = SeededGenerator(seed: seed &+ round)
      var traffic = try Traffic()
      let key = Hash256(UInt256(1000))
      let configuration = RollupLedger.configuration(
        allocation: traffic.allocation, sequencer: try Secp256k1.address(of: key))
      let domain = try #require(configuration.commitmentDomain)
      var ledger = try RollupLedger(configuration: configuration)
      let fold = LiveFold<ProposerState>(configuration: configuration)
      var unsafe = try #require(UnsafeView(configuration: configuration))
      var (folded, authenticated, waiting): (Int, Int, [RollupBlock]) = (0, 0, [])
      for _ in 0..<24 {
        try ledger.beginL1Block(after: random.next() % 10 + 3)
        if random.next() % 3 == 0 { try ledger.deliverMessage() }
        // L1 gets some of what was signed, never all at once.
        let count = Int(random.next() % UInt64(waiting.count + 1))
        if count > 0 { try ledger.deliverBatch(Array(waiting.prefix(count))) }
        waiting.removeFirst(count)
        for fact in ledger.facts.dropFirst(folded) {
          try fold.apply(Fact(coordinates: fact.coordinates, event: fact.event))
        }
        folded = ledger.facts.count
        var signed: [(block: RollupBlock, signed: SignedCommitment)] = []
        for _ in 0..<random.next() % 3 {
          let head = waiting.last.map { OrderHead($0) } ?? ledger.derivation.head
          let block = ledger.block(
            after: head, origin: min(head.l1Origin.number + 1, ledger.l1Head.number),
            transactions: try traffic.transactions(&random) + [RollupPlay.malformed])
          let commitment = SequencerCommitment(order: block.order, l2ChainID: configuration.chainID)
          let signature = try Secp256k1.sign(commitment.digest(in: domain), privateKey: key)
          signed.append((block, SignedCommitment(commitment: commitment, signature: signature.walletBytes)))
          waiting.append(block)
        }
        let progress = try unsafe.follow(fold.view, taking: signed)
        #expect(progress.discarded == nil && progress.refused.isEmpty, "seed \(seed) round \(round)")
        #expect(progress.authenticated.count == count && progress.taken.count == signed.count)
        #expect(unsafe.blocks.map(\.block) == waiting)
        authenticated += progress.authenticated.count
      }
      #expect(authenticated > 5, "seed \(seed) round \(round)")
    }
  }
}
