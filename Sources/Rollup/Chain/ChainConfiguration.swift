import Hashing
package import Primitives

/// What a chain is before its first block: identity, rules, genesis block and the state it begins with.
package struct ChainConfiguration: Hashable, Sendable {
  /// EIP-155.
  package let chainID: UInt64

  package let forks: ForkSchedule

  /// Header of block 0. Its `stateRoot` is a claim about `allocation` like any other block's.
  package let genesisHeader: BlockHeader

  /// By ascending address.
  package let allocation: [GenesisAccount]

  /// What makes it a rollup; nil for an imported chain.
  package let rollup: RollupConfiguration?

  /// Accounts and slots may come in any order; slots of value zero are dropped, as they are not there.
  ///
  /// - Precondition: no address and no slot of an account occurs twice; a rollup's accounts own less than 2²⁵⁵ wei.
  package init(
    chainID: UInt64, forks: ForkSchedule, genesisHeader: BlockHeader, allocation: [GenesisAccount],
    rollup: RollupConfiguration? = nil
  ) {
    self.chainID = chainID
    self.forks = forks
    self.genesisHeader = genesisHeader
    self.allocation = ChainConfiguration.canonical(allocation)
    self.rollup = rollup
    precondition(rollup == nil || isSupplyBounded, "a rollup's accounts own less than 2^255 wei")
  }

  /// Whether the accounts own less than 2²⁵⁵ wei together. In a rollup they do, and each of at most 2⁶⁴ messages mints
  /// less than 2¹²⁸ wei; so no balance ever exceeds 256 bits, and nothing that a message says can make one do so.
  private var isSupplyBounded: Bool {
    var supply = UInt256.zero
    for account in allocation {
      let (sum, overflows) = supply.addingReportingOverflow(account.balance)
      guard !overflows, sum >> 255 == .zero else { return false }
      supply = sum
    }
    return true
  }

  /// Accounts by address, slots by key without those of value zero.
  static func canonical(_ accounts: [GenesisAccount]) -> [GenesisAccount] {
    let sorted = accounts.sorted { $0.address < $1.address }.map { (account) in
      var account = account
      account.storage = account.storage.filter { !$0.value.isZero }.sorted { $0.key < $1.key }
      precondition(zip(account.storage, account.storage.dropFirst()).allSatisfy { $0.key < $1.key }, "a slot twice")
      return account
    }
    precondition(zip(sorted, sorted.dropFirst()).allSatisfy { $0.address < $1.address }, "an address twice")
    return sorted
  }

  /// Keccak-256 of the canonical RLP. O(allocation).
  package var hash: Hash256 {
    var writer = RLPWriter()
    writer.list { append(to: &$0) }
    return Keccak256.hash(writer.bytes)
  }

  /// Block 0.
  package var genesisBlock: EthereumBlock {
    EthereumBlock(
      header: genesisHeader, transactions: [], uncles: [],
      withdrawals: genesisHeader.withdrawalsRoot.map { _ in [] })
  }
}

extension ChainConfiguration {
  /// Reads the items up to the list's end.
  init(_ fields: inout RLPReader) throws(RLPError) {
    chainID = try fields.readUInt64()
    forks = try ForkSchedule(&fields)
    let headerOffset = fields.offset
    genesisHeader = try BlockHeader(&fields)
    guard genesisHeader.number == 0 else {
      throw RLPError(offset: headerOffset, reason: .invalidValue("the genesis header is that of block 0"))
    }
    let offset = fields.offset
    allocation = try fields.readAll { (items) throws(RLPError) in try GenesisAccount(&items) }
    guard zip(allocation, allocation.dropFirst()).allSatisfy({ $0.address < $1.address }) else {
      throw RLPError(offset: offset, reason: .invalidValue("accounts stand by ascending address"))
    }
    rollup = fields.isAtEnd ? nil : try RollupConfiguration(&fields)
    guard rollup == nil || isSupplyBounded else {
      throw RLPError(offset: offset, reason: .invalidValue("the accounts of a rollup own less than 2^255 wei together"))
    }
  }

  /// Appends chain id, forks, genesis header, allocation, and for a rollup its configuration.
  func append(to fields: inout RLPWriter) {
    fields.append(chainID)
    forks.append(to: &fields)
    genesisHeader.append(to: &fields)
    fields.list { (items) in
      for account in allocation { account.append(to: &items) }
    }
    rollup?.append(to: &fields)
  }
}
