import Primitives
import Rollup

// What happens to an honest sequencer.
extension DrilledCase {
  mutating func beLate(withGaps: Bool) {
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
  mutating func reorganise(back: Bool) {
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

  mutating func force() {
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

  mutating func rotate() {
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
}

// What its poster does.
extension DrilledCase {
  /// What was signed and heard is never posted, or its data never comes; and its window ends.
  mutating func waitForPoster() {
    world.post()
    let target = target()
    if world.random.chance(50) { world.withhold([target]) }
    endWindow()
  }

  /// Everything comes to L1 in time, and something else before it or after.
  mutating func postBadly(_ kind: DrillCase) {
    world.post()
    let blocks = (0..<2 + world.random.below(3)).map { _ in
      let block = world.sign()
      world.hear(block, withBody: world.random.chance(30))
      if world.random.chance(50) { world.mine() }
      return block
    }
    let count = 1 + world.random.below(blocks.count - 1)
    switch kind {
    case .unorderedPoster:
      world.postInVain(blocks[count...])
      world.post(first: count)
    case .prefixPoster: world.post(first: count)
    case .suffixPoster: world.postInVain(blocks[count...])
    case .withheldData: world.post(dataAfter: 1 + world.random.below(5))
    default: break
    }
    world.post()
    if kind == .repeatingPoster { world.postInVain(blocks[..<count]) }
    if world.random.chance(50) { endWindow() }
  }

  /// The sequencer has signed anew what it made from a branch that L1 has left, and the poster posts what it was given
  /// before.
  mutating func postOldBranch() {
    world.post()
    world.mine(count: 2)
    let old = world.sign(originFrom: world.l1Head.number)
    if world.random.chance(50) { world.hear(old) }
    world.reorg(depth: 1)
    world.mine(count: 2)
    world.hear(world.sign(originFrom: old.block.l1Origin.number))
    if world.random.chance(50) { world.post() }
    world.postInVain([old])
    world.mine()
    world.post()
  }

  /// The key is changed. The one before, leaked or slow, goes on from an origin of its time, and the poster posts that,
  /// and not what the new one has signed; which then extends what is stored.
  mutating func postOfRetiredKey() {
    world.post()
    world.mine()
    let origin = world.l1Head
    let old = world.rotate()
    let rotation = world.l1Head.number
    for _ in 0..<1 + world.random.below(3) {
      world.hear(world.sign(originFrom: rotation))
      if world.random.chance(50) { world.mine() }
    }
    for block in world.displace(with: old, origin: origin) where world.random.chance(50) { world.hear(block) }
    world.post()
    world.hear(world.sign(originFrom: rotation))
    world.mine(count: 2)
    if world.random.chance(50) { world.post() }
  }

  /// The sequencer signs anew what it made from a branch that L1 has left. The poster posts what it was given before, and a
  /// block of its own before that.
  mutating func postUnlinked(isContractAsked: Bool) {
    world.post()
    world.mine(count: 2)
    world.hear(world.sign())
    world.mine()
    let old = world.sign(originFrom: world.l1Head.number)
    world.hear(old)
    world.reorg(depth: 1)
    world.mine(count: 2)
    world.postUnlinked(before: old, isContractAsked: isContractAsked)
    world.hear(world.sign(originFrom: old.block.l1Origin.number))
    world.mine()
    world.post()
  }

  /// What is not stored by now should have been.
  private mutating func endWindow() {
    world.mine(count: 12)
    world.finalize(world.l1Head.number - 1)
  }
}

// What becomes of a promise.
extension DrilledCase {
  /// The next block, heard whole: one of its transactions is promised.
  private mutating func giveReceipt(originFrom origin: UInt64 = 0) -> DrillWorld.SignedBlock {
    let block = world.sign(originFrom: origin)
    world.hear(block, withBody: true)
    promise = (block.block.number, world.random.below(block.block.transactions.count))
    return block
  }

  mutating func keepPromise() {
    world.post()
    _ = giveReceipt()
    for _ in 0..<world.random.below(3) { world.sign() }
    world.mine()
    world.post(dataAfter: world.random.chance(30) ? 1 + world.random.below(5) : 0)
  }

  /// The sequencer signs another order for the height, which L1 stores, at the end of a batch or before it.
  mutating func breakPromise() {
    world.post()
    _ = giveReceipt()
    world.signAnother()
    for _ in 0..<world.random.below(3) { world.sign() }
    world.mine()
    world.post()
  }

  /// The block's origin is left by L1; or messages are forced in before it. The sequencer signs another one for the height.
  mutating func excusePromise() {
    world.post()
    world.mine()
    if world.random.chance(50) {
      let old = giveReceipt(originFrom: world.l1Head.number)
      world.reorg(depth: 1)
      world.mine(count: 2)
      world.sign(originFrom: old.block.l1Origin.number)
    } else {
      world.sign()
      _ = giveReceipt()
      world.force()
      world.sign(originFrom: world.l1Head.number)
    }
    world.mine()
    world.post()
  }

  /// L1 has nothing of it yet, or no data.
  mutating func deferPromise() {
    world.post()
    let block = giveReceipt()
    world.mine()
    if world.random.chance(50) { world.withhold([block]) }
  }
}
