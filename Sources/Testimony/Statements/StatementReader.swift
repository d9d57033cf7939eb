package import Primitives
package import Rollup
import Signatures

/// Reads what signed messages of one chain say, in whatever format they come.
package struct StatementReader: Hashable, Sendable {
  /// EIP-155, of the L2 chain that the messages are about: the OP Stack and Nitro sign it.
  package var l2ChainID: UInt64

  /// For whom this chain's own sequencer signs; nil for a chain without a rollup contract.
  package var domain: CommitmentDomain?

  package init(l2ChainID: UInt64, domain: CommitmentDomain?) {
    self.l2ChainID = l2ChainID
    self.domain = domain
  }

  /// O(allocation).
  package init(_ configuration: ChainConfiguration) {
    self.init(l2ChainID: configuration.chainID, domain: configuration.commitmentDomain)
  }

  /// What a message says, as it was received. O(bytes), and one recovery of a signature, some 55 µs.
  ///
  /// - Parameters:
  ///   - signer: who signed it, when that is known already; then nothing is recovered.
  ///   - isWelcome: whether anything is to be made of what this key says. It is asked as soon as the key is known.
  /// - Throws: `unwelcome` for a key that is not.
  package func statement(
    _ raw: RawSpan, _ format: SequencerCommitmentObserved.Format, by signer: Address? = nil,
    where isWelcome: (Address) -> Bool = { _ in true }
  ) throws(StatementError) -> Statement {
    try statement(of: try SignedMessage(raw, format), by: signer, where: isWelcome)
  }

  /// What a message says; see above.
  package func statement(
    of message: SignedMessage, by signer: Address? = nil, where isWelcome: (Address) -> Bool = { _ in true }
  ) throws(StatementError) -> Statement {
    let statement: Statement
    switch message {
    case .varve(let signed): statement = try self.statement(of: signed, by: signer)
    case .op(let bytes):
      return try OPGossip.statement(bytes.rawSpan, l2ChainID: l2ChainID, by: signer, where: isWelcome)
    case .nitro(let signed): statement = try signed.statement(l2ChainID: l2ChainID, by: signer)
    }
    guard isWelcome(statement.signer) else { throw .unwelcome(statement.signer) }
    return statement
  }

  /// What this chain's own sequencer says, in the one form that its contract accepts: a low s, and nothing after it.
  package func statement(of signed: SignedCommitment, by signer: Address? = nil) throws(StatementError) -> Statement {
    guard let domain else { throw .noDomain }
    let commitment = signed.commitment
    guard commitment.l2ChainID == l2ChainID else {
      throw .otherChain(expected: l2ChainID, found: commitment.l2ChainID)
    }
    let digest = commitment.digest(in: domain)
    let author: Address
    do throws(SignatureError) {
      let signature = try Signature(walletBytes: signed.signature)
      author = if let signer { signer } else { try Secp256k1.recoverAddress(hash: digest, signature: signature) }
    } catch { throw .signature(error) }
    return Statement(
      format: .varve, signer: author, digest: digest, height: commitment.blockNumber,
      order: commitment.orderCommitment, parent: commitment.parentOrder, origin: commitment.l1Origin,
      timestamp: commitment.timestamp)
  }
}
