import Primitives
import Rollup
import Signatures
import Testing

/// A commitment as eth_account signed it.
struct CommitmentVector: Sendable {
  let l1ChainID: UInt64
  let contract, rollupId: String
  let l2ChainID, blockNumber: UInt64
  let parentOrder, orderCommitment: String
  let l1OriginNumber: UInt64
  let l1OriginHash: String
  let timestamp: UInt64
  let separator, digest, privateKey, signer, signature: String

  func domain() throws -> CommitmentDomain {
    CommitmentDomain(
      l1ChainID: l1ChainID, contract: try #require(Address(hex: contract)),
      rollupId: try #require(Hash256(hex: rollupId)))
  }

  func commitment() throws -> SequencerCommitment {
    SequencerCommitment(
      l2ChainID: l2ChainID, blockNumber: blockNumber, parentOrder: try #require(Hash256(hex: parentOrder)),
      orderCommitment: try #require(Hash256(hex: orderCommitment)),
      l1Origin: BlockID(number: l1OriginNumber, hash: try #require(Hash256(hex: l1OriginHash))),
      timestamp: timestamp)
  }
}

@Suite("Sequencer commitments")
struct SequencerCommitmentTests {
  @Test("domain, digest and signature are eth_account's", arguments: CommitmentVector.all)
  func independent(vector: CommitmentVector) throws {
    let domain = try vector.domain()
    #expect("\(domain.separator)" == vector.separator)
    let digest = try vector.commitment().digest(in: domain)
    #expect("\(digest)" == vector.digest)
    let key = try #require(Hash256(hex: vector.privateKey))
    let signature = try Secp256k1.sign(digest, privateKey: key)
    #expect(Hex.encode(signature.walletBytes) == vector.signature)
    let read = try Signature(walletBytes: try Hex.decode(vector.signature))
    #expect("\(try Secp256k1.recoverAddress(hash: digest, signature: read))" == vector.signer)
  }

  @Test("each field of domain and commitment changes the digest")
  func everyField() {
    let base = Samples.signedCommitment.commitment
    var digests = [base.digest(in: Samples.domain)]
    let changes: [(inout SequencerCommitment, inout CommitmentDomain) -> Void] = [
      { commitment, _ in commitment.l2ChainID += 1 },
      { commitment, _ in commitment.blockNumber += 1 },
      { commitment, _ in commitment.parentOrder = Samples.hash(1) },
      { commitment, _ in commitment.orderCommitment = Samples.hash(1) },
      { commitment, _ in commitment.l1Origin.number += 1 },
      { commitment, _ in commitment.l1Origin.hash = Samples.hash(1) },
      { commitment, _ in commitment.timestamp += 1 },
      { _, domain in domain.l1ChainID += 1 },
      { _, domain in domain.contract = Samples.address(1) },
      { _, domain in domain.rollupId = Samples.hash(1) },
    ]
    for change in changes {
      var (commitment, domain) = (base, Samples.domain)
      change(&commitment, &domain)
      digests.append(commitment.digest(in: domain))
    }
    #expect(Set(digests).count == changes.count + 1)
  }

  @Test("the signed commitment's bytes are canonical")
  func signedBytes() throws {
    let bytes = Samples.signedCommitment.encode()
    #expect(try SignedCommitment(rlp: bytes.rawSpan) == Samples.signedCommitment)
    for index in bytes.indices {
      var changed = bytes
      changed[index] ^= 0x80
      guard let decoded = try? SignedCommitment(rlp: changed.rawSpan) else { continue }
      #expect(decoded.encode() == changed)
      #expect(decoded != Samples.signedCommitment)
    }
    for length in bytes.indices {
      #expect(throws: RLPError.self) { try SignedCommitment(rlp: Array(bytes.prefix(length)).rawSpan) }
    }
  }

  @Test("an order's preimage is canonical, and every part of a block is in its order")
  func order() throws {
    let order = Samples.rollupBlock.order
    let bytes = order.encode()
    var reader = RLPReader(bytes.rawSpan)
    #expect(try BlockOrder(&reader) == order)
    var blocks = [Samples.rollupBlock]
    let changes: [(inout RollupBlock) -> Void] = [
      { $0.number += 1 }, { $0.parentOrder = Samples.hash(1) }, { $0.timestamp += 1 }, { $0.l1Origin.number += 1 },
      { $0.l1Origin.hash = Samples.hash(1) }, { $0.messagesConsumed += 1 }, { $0.transactions.swapAt(0, 1) },
      { $0.transactions.removeLast() },
    ]
    for change in changes {
      var block = Samples.rollupBlock
      change(&block)
      blocks.append(block)
    }
    #expect(Set(blocks.map(\.order.commitment)).count == changes.count + 1)
  }

  @Test("a block with an empty transaction is refused")
  func emptyTransaction() {
    var block = Samples.rollupBlock
    block.transactions.append([])
    var writer = RLPWriter()
    block.append(to: &writer)
    let bytes = writer.bytes
    var reader = RLPReader(bytes.rawSpan)
    #expect(throws: RLPError.self) { _ = try RollupBlock(&reader) }
  }
}
