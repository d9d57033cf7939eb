import L1
import Primitives
import Projections
import Rollup

/// A projection of a node, and how far it has come: each fact is folded, and its place noted, in one write.
struct SimulatedProjection<P: Projection> {
  let fold: LiveFold<P>

  /// Facts that were folded of `fold.l1Block`.
  private var folded = 0

  /// What each L1 block changed, for comparing with another node's: by number, with the block's hash.
  private(set) var changes: [UInt64: Changes] = [:]

  struct Changes: Equatable {
    let block: Hash256
    let rows: [UInt8]
  }

  /// A planted bug: facts that are passed over.
  var overlooks: ((Event) -> Bool)?

  init(_ configuration: ChainConfiguration) throws(FoldError) {
    fold = LiveFold(configuration: configuration)
    let coordinates = L1Coordinates(blockNumber: 0, transactionIndex: 0, logIndex: 0)
    let event = Event.chainConfigured(ChainConfigured(configuration: configuration))
    try fold.apply(Fact(coordinates: coordinates, event: event))
  }

  /// Folds one more fact of the ledger, or takes back one L1 block that it has no longer.
  ///
  /// - Returns: the fact that was folded; nil when nothing was left to do.
  mutating func advance(_ ledger: SimulatedLedger) throws(FoldError) -> Progress {
    if let last = fold.l1Block {
      guard let block = ledger.block(last.number), block.id == last else {
        fold.unwind(toL1Block: last.number - 1)
        // A block is begun when the one before it is folded whole.
        folded = fold.l1Block.flatMap { ledger.block($0.number)?.facts.count } ?? 0
        return .unwound
      }
      if folded < block.facts.count { return try take(block) }
    }
    guard let next = ledger.block(fold.l1Block.map { $0.number + 1 } ?? 0) else { return .done }
    folded = 0
    return try take(next)
  }

  enum Progress {
    case folded(Fact)
    case unwound
    case done
  }

  private mutating func take(_ block: SimulatedLedger.Block) throws(FoldError) -> Progress {
    let fact = block.facts[folded]
    if overlooks?(fact.event) != true { try fold.apply(fact) }
    folded += 1
    if folded == block.facts.count, let rows = fold.changes {
      changes[block.id.number] = Changes(block: block.id.hash, rows: rows)
    }
    return .folded(fact)
  }

  /// Forgets what L1 blocks up to and with `number` changed.
  mutating func forgetChanges(throughL1Block number: UInt64) {
    changes = changes.filter { $0.key > number }
  }
}
