import Primitives
import Rollup
import Signatures

/// What can come of a case.
package enum DrillOutcome: String, CaseIterable, Sendable {
  /// A double sign that the contract takes a bond for.
  case slashable
  /// Proven, of a kind that no contract slashes.
  case evidence
  /// Promised, and not stored in time.
  case alert
  case excused
  case undetermined
  case historical
  /// No word of the sequencer's.
  case refused
  /// Nothing to say.
  case nothing
}

/// A lie about the stored order, or an honest disturbance of it.
package enum DrillCase: String, CaseIterable, Sendable {
  // Lies.
  case reorder, drop, insert, replace, resign, retime, otherParent, otherOrigin, madeUpOrigin, farOrigin, brokenParent
  case fieldsOfOthers, contradictsLastStored, contradictsStored, foreignKey, retiredKey, leakedKeyInTime,
    leakedKeyTooLate
  case otherChain, otherContract, otherGenesis, unknownOrigin
  // Disturbances.
  case duplicates, delays, gaps, reorgAndBack, resignedAfterReorg, forcedInclusion, lazyPoster, repeatingPoster
  case keyRotation, malleated

  /// Whether a sequencer that does this is honest.
  package var isHonest: Bool {
    switch self {
    case .duplicates, .delays, .gaps, .reorgAndBack, .resignedAfterReorg, .forcedInclusion, .lazyPoster,
      .repeatingPoster,
      .keyRotation, .malleated, .resign:
      true
    default: false
    }
  }

  package var expectation: DrillOutcome {
    switch self {
    case .reorder, .drop, .insert, .replace, .retime, .otherParent, .otherOrigin, .farOrigin, .contradictsLastStored,
      .leakedKeyInTime:
      .slashable
    case .brokenParent, .fieldsOfOthers, .contradictsStored: .evidence
    case .madeUpOrigin, .resignedAfterReorg, .reorgAndBack, .forcedInclusion: .excused
    case .unknownOrigin: .undetermined
    case .leakedKeyTooLate: .historical
    case .foreignKey, .retiredKey, .otherChain, .otherContract, .otherGenesis, .malleated: .refused
    case .lazyPoster: .alert
    case .resign, .duplicates, .delays, .gaps, .repeatingPoster, .keyRotation: .nothing
    }
  }
}

/// A case that was played: the world after it, and the messages that are not the honest sequencer's.
struct DrilledCase {
  var world: DrillWorld
  var lies: [SignedCommitment] = []

  /// Plays the case in a world that is made from the seed.
  init(_ kind: DrillCase, seed: UInt64) {
    world = DrillWorld(seed: seed)
    world.mine(count: 2 + world.random.below(3))
    grow(3 + world.random.below(3))
    play(kind)
    // What the newest L1 block says in full is known once there is another.
    world.mine(count: 3)
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
  private mutating func target() -> DrillWorld.SignedBlock {
    let block = world.sign()
    world.hear(block)
    world.mine(count: 2)
    return block
  }

  private mutating func tell(_ signed: SignedCommitment, _ block: RollupBlock? = nil) {
    lies.append(signed)
    world.hear(signed, block, source: "elsewhere")
  }

  /// Signs another order for the target's height, with the key of its origin, and tells it.
  private mutating func contradict(_ change: (inout RollupBlock, inout DrillWorld) -> Void) {
    let target = target()
    var block = target.block
    change(&block, &world)
    tell(world.sign(block, key: world.key(atOrigin: target.block.l1Origin.number)))
  }

  private mutating func play(_ kind: DrillCase) {
    switch kind {
    case .reorder: contradict { block, _ in block.transactions.swapAt(0, 1) }
    case .drop:
      contradict { block, world in block.transactions.remove(at: world.random.below(block.transactions.count)) }
    case .insert: contradict { block, world in block.transactions.append(world.transactions(1)[0]) }
    case .replace: contradict { block, world in block.transactions[0] = world.transactions(1)[0] }
    case .retime: contradict { block, world in block.timestamp += 1 + world.random.next() % 9 }
    case .otherParent: contradict { block, world in block.parentOrder = Hash256(9, 9, 9, world.random.next()) }
    case .otherOrigin:
      contradict { block, world in
        let number = block.l1Origin.number
        block.l1Origin = world.l1[Int(number == 0 || world.random.chance(50) ? number + 1 : number - 1)].id
      }
    case .farOrigin: contradict { block, world in block.l1Origin = world.l1[block.l1Origin.number == 0 ? 2 : 0].id }
    case .madeUpOrigin: contradict { block, world in block.l1Origin.hash = Hash256(7, 7, 7, world.random.next()) }
    case .unknownOrigin:
      contradict { block, world in block.l1Origin = BlockID(number: 1_000_000, hash: Hash256(7, 7, 7, 7)) }
    case .resign, .duplicates: repeatTarget()
    case .brokenParent: breakParent()
    case .fieldsOfOthers: mixFields()
    case .contradictsLastStored, .contradictsStored: contradictStored(atLast: kind == .contradictsLastStored)
    case .foreignKey, .otherChain, .otherContract, .otherGenesis: replay(kind)
    case .retiredKey, .leakedKeyInTime, .leakedKeyTooLate: leak(kind)
    case .delays, .gaps: beLate(withGaps: kind == .gaps)
    case .reorgAndBack, .resignedAfterReorg: reorganise(back: kind == .reorgAndBack)
    case .forcedInclusion: force()
    case .lazyPoster: waitForPoster()
    case .repeatingPoster: repeatBatch()
    case .keyRotation: rotate()
    case .malleated: malleate()
    }
  }
}

// Lies.
extension DrilledCase {
  private mutating func repeatTarget() {
    let target = target()
    guard let commitment = target.commitment else { return }
    for _ in 0..<1 + world.random.below(3) { world.hear(commitment, source: "elsewhere") }
    world.post()
    world.hear(commitment, target.block)
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
    switch world.random.below(3) {
    case 0: commitment.timestamp += 1
    case 1: commitment.parentOrder = Hash256(6, 6, 6, world.random.next())
    default: commitment.l1Origin = world.l1[Int(commitment.l1Origin.number == 0 ? 1 : 0)].id
    }
    world.mine()
    tell(world.sign(commitment, key: world.key(atOrigin: commitment.l1Origin.number)), block.block)
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

  /// What somebody else signed, or the sequencer for another rollup.
  private mutating func replay(_ kind: DrillCase) {
    let target = target()
    var block = target.block
    block.transactions = world.transactions(2)
    var commitment = SequencerCommitment(order: block.order, l2ChainID: world.configuration.chainID)
    var domain = world.domain
    var key = world.key(atOrigin: block.l1Origin.number)
    switch kind {
    case .foreignKey: key = Hash256(3, 3, 3, world.random.next() | 1)
    case .otherChain: commitment.l2ChainID += 1
    case .otherContract: domain.contract = Address(5, 5, 5)
    default: domain.rollupId = Hash256(4, 4, 4, world.random.next())
    }
    tell(world.sign(commitment, key: key, in: domain))
  }

  /// A key that was retired, in somebody's hands: it signs for what came after, or, again, for what it signed before.
  private mutating func leak(_ kind: DrillCase) {
    let target = target()
    let old = world.rotate()
    world.mine(count: 2)
    var block = target.block
    if kind == .retiredKey {
      block.number += 1
      block.parentOrder = target.block.order.commitment
      block.timestamp += 60
      block.l1Origin = world.l1Head
      world.mine()
    } else {
      block.transactions = world.transactions(3)
    }
    if kind == .leakedKeyTooLate { world.mine(count: 14) }
    tell(world.sign(block, key: old))
  }
}

// Disturbances.
extension DrilledCase {
  private mutating func beLate(withGaps: Bool) {
    var late: [DrillWorld.SignedBlock] = []
    for _ in 0..<4 {
      late.append(world.sign())
      world.mine()
    }
    world.post()
    world.mine()
    if withGaps { late.remove(at: world.random.below(late.count)) }
    while !late.isEmpty { world.hear(late.remove(at: world.random.below(late.count)), withBody: true) }
  }

  /// L1 leaves a branch; what was made from it is made again, from no earlier an origin. Then, perhaps, it comes back.
  private mutating func reorganise(back: Bool) {
    world.mine()
    let before = world
    world.mine()
    let old = world.sign(originFrom: world.l1Head.number)
    world.hear(old)
    var there = world
    let depth = Int(world.l1Head.number - before.l1Head.number)
    world.reorg(depth: depth)
    world.mine(count: depth + 1)
    let new = world.sign(originFrom: old.block.l1Origin.number)
    world.hear(new)
    world.mine()
    guard back else { return }
    // The same branch comes back, block by block.
    let entries = there.l1.suffix(depth)
    world.reorg(depth: Int(world.l1Head.number - before.l1Head.number))
    for entry in entries { world.restore(entry) }
    there.mine(count: 2)
    for entry in there.l1.suffix(2) { world.restore(entry) }
  }

  private mutating func force() {
    world.post()
    let displaced = target()
    world.force()
    world.mine()
    let forced = world.l1Head.number
    let next = world.sign(originFrom: forced)
    world.hear(next)
    // The displaced height is the forced block's; the sequencer extends that one.
    if world.random.chance(50) { world.hear(displaced) }
    world.mine()
    world.post()
  }

  /// What was signed and heard is never posted, and its window ends.
  private mutating func waitForPoster() {
    world.post()
    _ = target()
    world.mine(count: 12)
    world.finalize(world.l1Head.number - 1)
  }

  /// The poster posts one batch twice, as far as the contract lets it.
  private mutating func repeatBatch() {
    let target = target()
    world.post()
    world.repost(target)
  }

  private mutating func rotate() {
    _ = target()
    world.post()
    _ = world.rotate()
    world.mine()
    for _ in 0..<3 {
      world.hear(world.sign(originFrom: world.l1Head.number))
      world.mine()
    }
    world.post()
  }

  /// Somebody tells the sequencer's word with the other form of its signature.
  private mutating func malleate() {
    let target = target()
    guard var twin = target.commitment, let signature = try? Signature(walletBytes: twin.signature) else { return }
    twin.signature =
      signature.r.bigEndianBytes + (Secp256k1.order - signature.s).bigEndianBytes + [28 - signature.recoveryID]
    tell(twin)
  }
}
