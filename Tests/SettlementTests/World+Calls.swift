import Primitives
import Rollup
import Settlement
import Testing

/// Calls as tests want them: right, unless something is changed.
extension World {
  static func deposit(_ data: [UInt8] = [1], gas: UInt64 = 21_000) -> ContractCall {
    .deliverMessage(MessageRequest(kind: .deposit, to: alice, value: 5, gasLimit: gas, data: data))
  }

  /// Blocks each of which extends the one before, the last of which consumes messages.
  func blocks(_ numbers: ClosedRange<UInt64>, messages: UInt64 = 0, salt: UInt8 = 0) -> [RollupBlock] {
    var blocks: [RollupBlock] = []
    for number in numbers {
      let parent = blocks.last?.order.commitment ?? Hash256(0, 0, 0, number)
      let consumed = number == numbers.upperBound ? messages : 0
      blocks.append(
        RollupBlock(
          number: number, parentOrder: parent, timestamp: time, l1Origin: l1Head, messagesConsumed: consumed,
          transactions: [[0x02, salt]]))
    }
    return blocks
  }

  func batch(
    _ blocks: [RollupBlock], index: UInt64? = nil, key: Key = .first, l2ChainID: UInt64? = nil
  ) -> BatchSubmission {
    let order = blocks[blocks.count - 1].order
    let signed = sign(order, key: key, l2ChainID: l2ChainID)
    return BatchSubmission(
      batchIndex: index ?? contract.batches.nextIndex, firstBlock: blocks[0].number, lastOrder: order,
      signature: signed.signature, data: .event(blocks))
  }

  func sign(_ order: BlockOrder, key: Key = .first, l2ChainID: UInt64? = nil) -> SignedCommitment {
    key.sign(SequencerCommitment(order: order, l2ChainID: l2ChainID ?? contract.l2ChainID), in: contract.domain)
  }

  /// What stands behind the first key, as the configuration wants it.
  mutating func depositBond(_ key: Key = .first) throws(Revert) {
    try call(.depositSequencerBond(key: key.address), from: key.address, value: 5000)
  }

  /// Proposes the true output after a block, or what another mind takes for it; its index.
  @discardableResult
  mutating func propose(
    _ number: UInt64, extending parent: UInt64? = nil, mind: Truth? = nil, from proposer: Address = alice
  ) throws(Revert) -> UInt64 {
    let lineage = (parent.map { contract.outputs[Int($0)].node } ?? contract.genesis).lineage
    let output = (mind ?? verifier.truth).output(number, extending: parent, lineage: lineage, l1Head: l1Head)
    try call(.proposeOutput(output), from: proposer, value: 1000)
    return UInt64(contract.outputs.count - 1)
  }

  /// Opens a game about an output with what a mind takes for the state half way; its id.
  @discardableResult
  mutating func dispute(
    _ index: UInt64, mind: Truth, claim: Hash256? = nil, from challenger: Address = bob
  ) throws(Revert) -> UInt64 {
    let node = contract.outputs[Int(index)].node
    let start = contract.outputs[Int(index)].parent.map { contract.outputs[Int($0)].node } ?? contract.genesis
    let depth = Int(contract.settings.current.splitDepth)
    let position = GamePosition.root.move(isAttack: true)
    let block = min(start.l2BlockNumber + position.traceIndex(maxDepth: depth) + 1, node.l2BlockNumber)
    try call(
      .createGame(outputIndex: index, disputed: node.lineage, claim: claim ?? mind.claim(block)),
      from: challenger, value: 20)
    return UInt64(contract.games.count - 1)
  }

  /// The bond of a move to this depth.
  func bond(atDepth depth: Int) -> UInt256 { contract.settings.current.bonds.claim(atDepth: depth) }

  func game(_ id: UInt64) -> DisputeGame { contract.games[Int(id)] }

  /// Takes out a game.
  func blacklisting(_ id: UInt64) -> ContractCall {
    .blacklistGame(gameId: id, disputed: contract.outputs[Int(game(id).outputIndex)].node.lineage)
  }

  /// Answers a claim with a value.
  @discardableResult
  mutating func move(
    _ gameId: UInt64, against parent: UInt64, claim: Hash256, isAttack: Bool, from player: Address
  ) throws(Revert) -> UInt64 {
    let parentClaim = game(gameId).claims[Int(parent)]
    let bond = bond(atDepth: parentClaim.position.depth + 1)
    try call(
      .move(
        MoveRequest(
          gameId: gameId, parentIndex: parent, disputed: parentClaim.lineage, claim: claim, isAttack: isAttack)),
      from: player, value: bond)
    return UInt64(game(gameId).claims.count - 1)
  }

  /// Resolves all claims of a game, answers before what they answer.
  mutating func resolve(_ gameId: UInt64) throws(Revert) {
    for index in (0..<game(gameId).claims.count).reversed() {
      try call(.resolveClaim(gameId: gameId, claimIndex: UInt64(index)), from: Self.carol)
    }
  }

  mutating func claimCredit(of account: Address) throws(Revert) {
    try call(.claimCredit(beneficiary: account), from: account)
  }
}
