import Hashing
package import Primitives

/// For whom a sequencer signs: the EIP-712 domain of one rollup. A signature for one domain says nothing in another.
package struct CommitmentDomain: Hashable, Sendable {
  /// EIP-155, of the L1.
  package var l1ChainID: UInt64

  /// The rollup contract.
  package var contract: Address

  /// `ChainConfiguration.rollupId`: two rollups that share a contract or a chain id are still two.
  package var rollupId: Hash256

  package init(l1ChainID: UInt64, contract: Address, rollupId: Hash256) {
    self.l1ChainID = l1ChainID
    self.contract = contract
    self.rollupId = rollupId
  }

  /// EIP-712's hash of the domain, all five of its fields used.
  package var separator: Hash256 {
    let type = "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract,bytes32 salt)"
    var words = Keccak256.hash([UInt8](type.utf8)).bytes
    words.append(contentsOf: Keccak256.hash([UInt8]("Varve".utf8)).bytes)
    words.append(contentsOf: Keccak256.hash([UInt8]("1".utf8)).bytes)
    words.append(contentsOf: UInt256(l1ChainID).bigEndianBytes)
    words.append(contentsOf: [UInt8](repeating: 0, count: 12) + contract.bytes)
    words.append(contentsOf: rollupId.bytes)
    return Keccak256.hash(words)
  }
}

extension ChainConfiguration {
  /// Tells this rollup from every other: `keccak(L2 genesis hash ‖ chain configuration hash)`. O(allocation).
  ///
  /// It is also the order that block 1 extends, so that no order of one rollup can be taken for another's.
  package var rollupId: Hash256 {
    Keccak256.hash(genesisHeader.hash.bytes + hash.bytes)
  }

  /// Nil for an imported chain.
  package var commitmentDomain: CommitmentDomain? {
    rollup.map { CommitmentDomain(l1ChainID: $0.l1ChainID, contract: $0.contract, rollupId: rollupId) }
  }
}
