package import Primitives
package import Rollup
package import Settlement

/// A whole L1 as a value: blocks, accounts, the rollup contract, and transactions that wait. It has no clock, and does
/// nothing but what it is told, so equal instructions give equal chains.
package struct EmbeddedChain: Sendable {
  package let genesis: EmbeddedGenesis

  /// Canonical blocks, block 0 first.
  package private(set) var blocks: [EmbeddedBlock]

  /// Numbers of `blocks` by hash.
  private var numbers: [Hash256: UInt64]

  /// Number of the newest block that stays.
  package private(set) var finalizedNumber: UInt64 = 0

  /// State after the finalized block and after each one above it.
  private var states: [L1State]

  /// Blocks above the finalized one that are canonical no longer, with the branch they ended.
  private var orphans: [Hash256: Branch] = [:]

  /// Transactions that wait, in the order in which they came.
  package private(set) var pending: [L1Transaction] = []

  private var pendingHashes: Set<Hash256> = []

  /// Where transactions are in `blocks`.
  private var places: [Hash256: (block: UInt64, index: Int)] = [:]

  /// Branches that were begun so far.
  private var branchCount: UInt64 = 0

  private struct Branch: Sendable {
    /// The last block that it shares with the branch it was left for.
    var ancestor: UInt64
    var blocks: [EmbeddedBlock]
    var states: [L1State]
  }

  package init(genesis: EmbeddedGenesis, contract: RollupContract) {
    self.genesis = genesis
    let first = EmbeddedBlock(header: genesis.header, transactions: [], receipts: [], contract: contract.address)
    blocks = [first]
    numbers = [first.id.hash: 0]
    states = [L1State(accounts: L1Accounts(balances: genesis.balances), contract: contract)]
  }

  /// The newest block.
  package var head: EmbeddedBlock { blocks[blocks.count - 1] }

  /// The newest block that stays.
  package var finalized: BlockID { blocks[Int(finalizedNumber)].id }

  /// The rollup contract after the newest block. O(1).
  package var contract: RollupContract { states[states.count - 1].contract }

  /// What an account has after the newest block.
  package func balance(of account: Address) -> UInt256 { states[states.count - 1].accounts.balance(of: account) }

  /// All value there is; the same at every block. O(accounts).
  package var totalBalance: UInt256 { states[states.count - 1].accounts.total }

  /// The canonical block with this number; nil when there is none yet.
  package func block(number: UInt64) -> EmbeddedBlock? {
    number < UInt64(blocks.count) ? blocks[Int(number)] : nil
  }

  /// The canonical block with this hash; nil when there is none.
  package func block(hash: Hash256) -> EmbeddedBlock? { numbers[hash].map { blocks[Int($0)] } }

  /// Finalized block, and every one above it.
  var unfinalized: [BlockID] { blocks[Int(finalizedNumber)...].map(\.id) }

  /// What became of a transaction; nil while it is in no canonical block.
  package func receipt(of hash: Hash256) -> L1Receipt? {
    places[hash].map { blocks[Int($0.block)].receipts[$0.index] }
  }

  /// Puts a transaction with those that wait, unless it waits already or is in a block.
  @discardableResult
  package mutating func submit(_ transaction: L1Transaction) -> Hash256 {
    let hash = transaction.hash
    if places[hash] == nil, pendingHashes.insert(hash).inserted { pending.append(transaction) }
    return hash
  }
}

extension EmbeddedChain {
  /// Makes the next block of the transactions that wait, as many as fit; of none, if none wait.
  ///
  /// - Parameter limit: how many transactions the block takes at most.
  package mutating func mine(
    at timestamp: UInt64, limit: Int = .max, verifier: some StepVerifier
  ) throws(L1Error) -> EmbeddedBlock {
    let parent = head
    guard timestamp > parent.header.timestamp else {
      throw .timeDoesNotAdvance(parent: parent.header.timestamp, given: timestamp)
    }
    let capacity = Int(EmbeddedGenesis.gasLimit / EmbeddedGenesis.gasPerTransaction)
    let chosen = Array(pending.prefix(min(limit, capacity)))
    pending.removeFirst(chosen.count)
    for transaction in chosen { pendingHashes.remove(transaction.hash) }
    return mine(chosen, at: timestamp, branch: branchCount, verifier: verifier)
  }

  private mutating func mine(
    _ transactions: [L1Transaction], at timestamp: UInt64, branch: UInt64, verifier: some StepVerifier
  ) -> EmbeddedBlock {
    let parent = head
    let first = max(0, blocks.count - Int(L1Context.ancestorLimit))
    let context = L1Context(
      number: parent.id.number + 1, timestamp: timestamp, ancestors: blocks[first...].map(\.id.hash),
      firstAncestor: UInt64(first))
    let randomness = genesis.randomness(ofBlock: context.number, branch: branch)
    var miner = BlockMiner(
      state: states[states.count - 1], parent: parent, context: context, branch: branch, randomness: randomness)
    let block = miner.mine(transactions, verifier: verifier)
    append(block, miner.state)
    return block
  }

  /// Makes a block again from its header and its transactions.
  ///
  /// - Throws: when that gives another block.
  mutating func repeatBlock(
    _ header: BlockHeader, _ transactions: [L1Transaction], verifier: some StepVerifier
  ) throws(L1Error) {
    guard header.parentHash == head.id.hash, header.timestamp > head.header.timestamp else {
      throw .store("block \(header.number) does not follow block \(head.id)")
    }
    let block = mine(transactions, at: header.timestamp, branch: header.nonce, verifier: verifier)
    guard block.header == header else {
      throw .store("the transactions of block \(header.number) give another block than the one that is stored")
    }
  }

  /// Branches with numbers up to and with this one have been; the next is another.
  mutating func skipBranches(through number: UInt64) {
    branchCount = max(branchCount, number)
  }

  private mutating func append(_ block: EmbeddedBlock, _ state: L1State) {
    for (index, receipt) in block.receipts.enumerated() {
      places[receipt.transactionHash] = (block.id.number, index)
    }
    blocks.append(block)
    numbers[block.id.hash] = block.id.number
    states.append(state)
  }

  /// Declares a block final, with all before it. Branches below it are forgotten.
  package mutating func finalize(through number: UInt64) {
    guard number > finalizedNumber, number < UInt64(blocks.count) else { return }
    states.removeFirst(Int(number - finalizedNumber))
    finalizedNumber = number
    orphans = orphans.filter { $0.value.ancestor >= number }
  }

  /// What a reorganisation does with the transactions of the blocks that go.
  package enum OrphanPolicy: Sendable {
    /// They wait again, before all others.
    case resubmit
    /// They are lost, and have to be sent again.
    case drop
  }

  /// Leaves the newest `depth` blocks. Until others are mined, the chain is shorter than it was.
  package mutating func orphan(depth: UInt64, transactions policy: OrphanPolicy) throws(L1Error) {
    let height = UInt64(blocks.count - 1)
    guard depth > 0, depth <= height - finalizedNumber else {
      throw .cannotReorganise("block \(height) less \(depth) is below the finalized block \(finalizedNumber)")
    }
    let left = leave(above: height - depth)
    branchCount += 1
    guard policy == .resubmit else { return }
    let returning = left.blocks.flatMap(\.transactions)
    pending.insert(contentsOf: returning, at: 0)
    for transaction in returning { pendingHashes.insert(transaction.hash) }
  }

  /// Goes back to a branch that was left, whose newest block has this hash. The transactions of the blocks that are left
  /// for it wait again, if the branch does not have them. A refusal changes nothing.
  package mutating func returnTo(_ tip: Hash256) throws(L1Error) {
    guard let branch = orphans[tip] else {
      throw .cannotReorganise("no branch that was left above the finalized block ends in \(tip)")
    }
    guard branch.ancestor < UInt64(blocks.count),
      branch.blocks[0].header.parentHash == blocks[Int(branch.ancestor)].id.hash
    else {
      throw .cannotReorganise("the branch of \(tip) does not begin at a canonical block")
    }
    orphans[tip] = nil
    let left = leave(above: branch.ancestor)
    for (block, state) in zip(branch.blocks, branch.states) {
      append(block, state)
    }
    let held = Set(pending.map(\.hash))
    pending.removeAll { places[$0.hash] != nil }
    let returning = left.blocks.flatMap(\.transactions).filter { places[$0.hash] == nil && !held.contains($0.hash) }
    pending.insert(contentsOf: returning, at: 0)
    pendingHashes = Set(pending.map(\.hash))
  }

  private mutating func leave(above ancestor: UInt64) -> Branch {
    let count = blocks.count - Int(ancestor) - 1
    let branch = Branch(
      ancestor: ancestor, blocks: Array(blocks.suffix(count)), states: Array(states.suffix(count)))
    if let tip = branch.blocks.last { orphans[tip.id.hash] = branch }
    for block in branch.blocks {
      numbers[block.id.hash] = nil
      for receipt in block.receipts { places[receipt.transactionHash] = nil }
    }
    blocks.removeLast(count)
    states.removeLast(count)
    return branch
  }
}
