import Primitives
import Rollup
import Settlement
import Signatures

/// A case that was played: the world after it, the messages that are not the honest sequencer's, and what was promised.
struct DrilledCase {
  var world: DrillWorld
  var lies: [SignedCommitment] = []
  var promise: (height: UInt64, index: Int)?

  /// Plays the case in a world.
  init(_ kind: DrillCase, in world: DrillWorld) {
    self.world = world
    self.world.mine(count: 2 + self.world.random.below(3))
    grow(3 + self.world.random.below(3))
    play(kind)
    // What the newest L1 block says in full is known once there is another.
    self.world.mine(count: 3)
  }

  /// The honest sequencer goes on for a while; most of it is heard, and stored soon.
  private mutating func grow(_ count: Int) {
    for _ in 0..<count {
      let block = world.sign()
      if world.random.chance(80) { world.hear(block, withBody: world.random.chance(30)) }
      if world.random.chance(50) { world.mine() }
    }
    if world.random.chance(70) { world.post() } else { world.mine() }
  }

  /// The newest block of the chain, heard for certain.
  mutating func target() -> DrillWorld.SignedBlock {
    let block = world.sign()
    world.hear(block)
    world.mine(count: 2)
    return block
  }

  mutating func tell(_ signed: SignedCommitment, _ block: RollupBlock? = nil) {
    lies.append(signed)
    world.hear(signed, block, source: "elsewhere")
  }

  private mutating func play(_ kind: DrillCase) {
    switch kind {
    case .reorder, .drop, .insert, .replace, .retime, .otherParent, .otherOrigin, .ancientOrigin, .madeUpOrigin,
      .farOrigin, .unknownOrigin:
      contradict(kind)
    case .brokenParent: breakParent()
    case .fieldsOfOthers: mixFields()
    case .crowdOfStrangers: crowd()
    case .crowdAhead: crowdAhead()
    case .contradictsLastStored, .contradictsStored: contradictStored(atLast: kind == .contradictsLastStored)
    case .leakedKeyInTime, .leakedKeyTooLate, .leakedKeyUnknownOrigin, .retiredKey: leak(kind)
    case .foreignKey, .otherChain, .otherContract, .otherGenesis: replay(kind)
    case .malleated: malleate()
    case .resign: signAgain()
    case .duplicates: repeatTarget()
    case .delays, .gaps: beLate(withGaps: kind == .gaps)
    case .reorgAndBack, .resignedAfterReorg: reorganise(back: kind == .reorgAndBack)
    case .forcedInclusion: force()
    case .keyRotation: rotate()
    case .lazyPoster: waitForPoster()
    case .repeatingPoster, .unorderedPoster, .prefixPoster, .suffixPoster, .withheldData: postBadly(kind)
    case .oldBranchPoster: postOldBranch()
    case .retiredKeyStored: postOfRetiredKey()
    case .unboundBatch, .unlinkedBatch: postUnlinked(isContractAsked: kind == .unlinkedBatch)
    case .promiseKept: keepPromise()
    case .promiseBroken: breakPromise()
    case .promiseExcused: excusePromise()
    case .promiseNotYet: deferPromise()
    }
  }
}

// Lies.
extension DrilledCase {
  /// Signs another order for the target's height, with the key of its origin, and tells it.
  private mutating func contradict(_ kind: DrillCase) {
    let target = target()
    let key = world.key(atOrigin: target.block.l1Origin.number)
    // Two orders of one origin need no block that the contract would have to know.
    let isLate = kind == .ancientOrigin || kind == .replace && world.random.chance(10)
    if isLate { world.mine(count: Int(L1Context.ancestorLimit)) }
    var block = target.block
    change(&block, kind)
    tell(world.sign(block, key: key))
  }

  private mutating func change(_ block: inout RollupBlock, _ kind: DrillCase) {
    let origin = block.l1Origin
    switch kind {
    case .reorder: block.transactions.swapAt(0, 1)
    case .drop: block.transactions.remove(at: world.random.below(block.transactions.count))
    case .insert: block.transactions += world.transactions(1)
    case .replace: block.transactions[0] = world.transactions(1)[0]
    case .retime: block.timestamp += 1 + world.random.next() % 9
    case .otherParent: block.parentOrder = Hash256(9, 9, 9, world.random.next())
    case .otherOrigin, .ancientOrigin: block.l1Origin = world.neighbour(of: origin)
    case .farOrigin:
      block.l1Origin = origin == world.l1Genesis ? world.l1Block(origin.number + 2).id : world.l1Genesis
    case .madeUpOrigin: block.l1Origin.hash = Hash256(7, 7, 7, world.random.next())
    default: block.l1Origin = world.unknownBlock()
    }
  }

  /// A block that extends another one than the sequencer signed for the height below.
  private mutating func breakParent() {
    let lower = target()
    var block = lower.block
    block.number += 1
    block.timestamp += 1
    block.parentOrder = Hash256(8, 8, 8, world.random.next())
    tell(world.sign(block, key: world.key(atOrigin: block.l1Origin.number)))
  }

  /// One field that is signed is another block's than the order's.
  private mutating func mixFields() {
    let block = world.sign()
    var commitment = SequencerCommitment(order: block.block.order, l2ChainID: world.configuration.chainID)
    world.mine()
    switch world.random.below(3) {
    case 0: commitment.timestamp += 1
    case 1: commitment.parentOrder = Hash256(6, 6, 6, world.random.next())
    default: commitment.l1Origin = world.neighbour(of: commitment.l1Origin)
    }
    tell(world.sign(commitment, key: world.key(atOrigin: commitment.l1Origin.number)), block.block)
  }

  /// Keys that nobody knows say more, from ever new sources, than is kept of such; and then the sequencer's signs twice.
  private mutating func crowd() {
    let target = target()
    for number in 0..<12 as Range<UInt64> {
      let key = Hash256(3, 3, number + 1, world.random.next() | 1)
      world.hear(world.sign(target.block, key: key), source: "stranger \(number / 3)")
    }
    var block = target.block
    block.transactions = world.transactions(3)
    tell(world.sign(block, key: world.key(atOrigin: block.l1Origin.number)))
  }

  /// The sequencer's key signs more from made up origins than is kept; and then twice from an L1 block that whoever listens
  /// does not have yet.
  private mutating func crowdAhead() {
    let target = target()
    let key = world.key(atOrigin: target.block.l1Origin.number)
    var block = target.block
    block.number += 1
    for _ in 0..<6 {
      block.number += 2
      block.l1Origin = world.unknownBlock()
      world.hear(world.sign(block, key: key), source: "elsewhere")
    }
    var ahead = world
    ahead.mine()
    (block.number, block.parentOrder) = (target.block.number + 1, target.block.order.commitment)
    (block.timestamp, block.l1Origin) = (block.timestamp + 60, ahead.l1Head)
    tell(world.sign(block, key: key))
    block.transactions = world.transactions(3)
    tell(world.sign(block, key: key))
    world.mine()
  }

  /// One half is on L1 only: the honest block was never heard.
  private mutating func contradictStored(atLast: Bool) {
    world.post()
    let first = world.sign()
    if !atLast { for _ in 0..<1 + world.random.below(3) { world.sign() } }
    world.mine()
    world.post()
    world.mine(count: 2)
    var block = first.block
    block.transactions = world.transactions(3)
    tell(world.sign(block, key: world.key(atOrigin: block.l1Origin.number)))
  }

  /// A key that was retired, in somebody's hands: it signs again for what it signed before, for what came after, or for
  /// what nobody knows yet.
  private mutating func leak(_ kind: DrillCase) {
    let target = target()
    let old = world.rotate()
    world.mine(count: 2)
    var block = target.block
    switch kind {
    case .retiredKey:
      // Another key's word counts there, so that it does not matter that it contradicts itself.
      (block.number, block.parentOrder) = (block.number + 1, block.order.commitment)
      (block.timestamp, block.l1Origin) = (block.timestamp + 60, world.l1Head)
      world.mine()
      tell(world.sign(block, key: old))
    case .leakedKeyUnknownOrigin:
      if world.random.chance(50) { world.mine(count: 14) }
      block.l1Origin = world.unknownBlock()
      var commitment = SequencerCommitment(order: block.order, l2ChainID: world.configuration.chainID)
      tell(world.sign(commitment, key: old))
      commitment.timestamp += 1
      tell(world.sign(commitment, key: old), block)
    case .leakedKeyTooLate: world.mine(count: 14)
    default: break
    }
    block.transactions = world.transactions(3)
    tell(world.sign(block, key: old))
  }
}

// What is told of an honest sequencer.
extension DrilledCase {
  /// What somebody else signed, two orders of it; or the sequencer for another rollup.
  private mutating func replay(_ kind: DrillCase) {
    let target = target()
    var block = target.block
    var domain = world.domain
    var key = world.key(atOrigin: block.l1Origin.number)
    block.transactions = world.transactions(2)
    var commitment = SequencerCommitment(order: block.order, l2ChainID: world.configuration.chainID)
    switch kind {
    case .foreignKey:
      key = Hash256(3, 3, 3, world.random.next() | 1)
      tell(world.sign(target.block, key: key))
    case .otherChain: commitment.l2ChainID += 1
    case .otherContract: domain.contract = Address(5, 5, 5)
    default: domain.rollupId = Hash256(4, 4, 4, world.random.next())
    }
    tell(world.sign(commitment, key: key, in: domain))
  }

  /// Somebody tells the sequencer's word with the other form of its signature.
  private mutating func malleate() {
    let target = target()
    guard var twin = target.commitment, let signature = try? Signature(walletBytes: twin.signature) else { return }
    twin.signature =
      signature.r.bigEndianBytes + (Secp256k1.order - signature.s).bigEndianBytes + [28 - signature.recoveryID]
    tell(twin)
  }

  /// The sequencer signs its word once more, perhaps for the batch: another signature, and as valid.
  private mutating func signAgain() {
    let target = target()
    for _ in 0..<1 + world.random.below(3) {
      world.hear(world.signAgain(), source: world.random.chance(50) ? "elsewhere" : "feed")
    }
    world.post()
    world.hear(target, withBody: true)
  }

  private mutating func repeatTarget() {
    let target = target()
    guard let commitment = target.commitment else { return }
    for _ in 0..<1 + world.random.below(3) { world.hear(commitment, source: "elsewhere") }
    world.post()
    world.hear(commitment, target.block)
  }
}
