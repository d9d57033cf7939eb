package import Primitives
package import Roles
package import Rollup
import Signatures

extension SignerStore {
  /// Signs the sequencer's next block, if its guard lets it.
  ///
  /// The permission is durable, and noted, before there is a signature: a crash in between can lose a signature, and never
  /// make a second one. Returns when it is; the world may have the signature from then on. What can never be signed is
  /// not permitted.
  ///
  /// - Returns: nil when the guard does not let it.
  /// - Throws: also for a number that is no private key, and a chain that is no rollup: then nothing was permitted.
  package func sign(
    _ block: RollupBlock, for sequencer: inout Sequencer, _ view: RollupView, privateKey: Hash256
  ) throws(NodeError) -> (permission: SigningGuard.Permission, signed: SignedCommitment)? {
    guard let permission = sequencer.signingGuard.permission(for: block, view) else { return nil }
    guard view.configuration.commitmentDomain != nil else { throw .view(.notARollup) }
    guard (try? Secp256k1.address(of: privateKey)) != nil else { throw .badPrivateKey }
    try append(permission)
    sequencer.note(permission)
    let commitment = SequencerCommitment(order: block.order, l2ChainID: view.configuration.chainID)
    guard let signed = SignedCommitment(commitment, of: view.configuration, privateKey: privateKey) else {
      throw .badPrivateKey
    }
    return (permission, signed)
  }
}

extension SignedCommitment {
  /// A key's word about a rollup's order; nil for a chain that is none, and for a number that is no key.
  init?(_ commitment: SequencerCommitment, of configuration: ChainConfiguration, privateKey: Hash256) {
    guard let domain = configuration.commitmentDomain,
      let signature = try? Secp256k1.sign(commitment.digest(in: domain), privateKey: privateKey)
    else { return nil }
    self.init(commitment: commitment, signature: signature.walletBytes)
  }
}
