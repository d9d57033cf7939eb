import ArgumentParser
import Primitives
import ProjectionStore
import Projections
import Rollup

/// When rows are looked at.
struct PastChoice: ParsableArguments {
  @Option(help: ArgumentHelp("The L1 block after which to look; without it, now.", valueName: "number"))
  var atL1: UInt64?

  @Option(help: ArgumentHelp("The last record of the log as of which to look.", valueName: "position"))
  var atPosition: UInt64?

  func validate() throws {
    guard atL1 == nil || atPosition == nil else { throw ValidationError("give --at-l1 or --at-position, not both") }
  }

  var isNow: Bool { atL1 == nil && atPosition == nil }

  /// Nil for now.
  func l1Block<P: Projection>(of projector: Projector<P>) throws(ProjectionError) -> UInt64? {
    if let atPosition { return try projector.l1Block(asOf: Position(atPosition)) }
    return atL1
  }
}

extension Projector {
  /// Lends the rows as they were after an L1 block, or as they are, and says which block they are of.
  func read<R>(
    at l1Block: UInt64?, _ body: (ProjectionView, BlockID) throws(FoldError) -> R
  ) throws(ProjectionError) -> R {
    if let l1Block { return try read(afterL1Block: l1Block, body) }
    return try read { view, cursor throws(FoldError) in try body(view, cursor.l1Block) }
  }
}
