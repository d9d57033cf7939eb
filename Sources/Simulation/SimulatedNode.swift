import L1
import Primitives
import Projections
import Roles
import Rollup
import StateTransition

/// The honest node: what it has on disk, and what it has in memory and loses when it is killed.
struct SimulatedNode {
  let configuration: ChainConfiguration
  var disk: SimulatedDisk
  var sequencer: Sequencer

  /// What the roles decide by.
  private(set) var view: RollupView
  private(set) var archive: StateArchive
  private(set) var traces = BlockTraces()

  /// Views after every fourth L1 block of those that may be taken back: what lies between is read again.
  private var checkpoints: [(id: BlockID, view: RollupView)] = []

  init(_ configuration: ChainConfiguration, bug: PlantedBug?) throws {
    self.configuration = configuration
    disk = try SimulatedDisk(configuration, bug: bug, isObserver: false)
    sequencer = Sequencer(key: SimulatedWorld.keys[0].address)
    archive = StateArchive()
    view = try RollupView(configuration, archive: &archive)
  }

  /// Begins again with what is on disk.
  mutating func restart(bug: PlantedBug?) throws {
    disk.fuse = nil
    let permissions = bug?.isUnguarded == true ? [] : disk.permissions
    sequencer = Sequencer(key: SimulatedWorld.keys[0].address, signingGuard: SigningGuard(permissions))
    checkpoints = []
    archive = StateArchive()
    traces = BlockTraces()
    view = try RollupView(configuration, archive: &archive)
    try read()
  }

  /// Takes in what is new on L1.
  mutating func follow(_ chain: EmbeddedChain) throws {
    try disk.follow(chain)
    try read()
  }

  /// Brings the view up to the log, back over what was reorganised.
  private mutating func read() throws(ViewError) {
    let ledger = disk.ledger
    if let head = view.l1Head, ledger.block(head.number)?.id != head { try goBack() }
    while let block = ledger.block(view.l1Head.map { $0.number + 1 } ?? 0) {
      for fact in block.facts { try view.apply(fact.event, archive: &archive) }
      // Final blocks need no way back, but for the newest that has one.
      if block.id.number + 4 > ledger.finalized, block.id.number % 4 == 0 { checkpoints.append((block.id, view)) }
    }
    while checkpoints.count > 1, checkpoints[1].id.number <= ledger.finalized { checkpoints.removeFirst() }
  }

  /// Goes back to an L1 block that the log still has.
  private mutating func goBack() throws(ViewError) {
    while let last = checkpoints.last, disk.ledger.block(last.id.number)?.id != last.id { checkpoints.removeLast() }
    if let last = checkpoints.last {
      view = last.view
    } else {
      view = try RollupView(configuration, archive: &archive)
    }
  }

  /// A view that was made anew from the whole log.
  ///
  /// - Parameter overlooks: a planted bug: facts that are passed over.
  func rebuiltView(overlooking overlooks: (Event) -> Bool) throws(ViewError) -> RollupView {
    var archive = StateArchive()
    var view = try RollupView(configuration, archive: &archive)
    for block in disk.ledger.blocks {
      for fact in block.facts where !overlooks(fact.event) { try view.apply(fact.event, archive: &archive) }
    }
    return view
  }
}
