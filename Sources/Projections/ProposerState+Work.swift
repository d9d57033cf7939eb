import Primitives
import Rollup
import StateTransition

// Rules that more than a block's parent decides: where proof of work ends, and which uncles may be named.
extension ProposerState {
  /// Holds a block against the work and the uncles before it. What it leaves behind itself is nil after the merge, where
  /// there is neither.
  func work(of block: EthereumBlock, in view: ProjectionView) throws(FoldError) -> BlockWork? {
    guard let before = try work(of: block.header.number - 1, in: view) else { return nil }
    do {
      try headerRules.validateMerge(block.header, totalDifficulty: before.totalDifficulty)
    } catch { throw .header(error) }
    if configuration.forks.fork(of: block.header) >= .paris { return nil }
    if !block.uncles.isEmpty {
      let ancestors = try ancestors(of: block.header, in: view)
      do {
        try uncleRules.validate(block.uncles, of: block.header, ancestors: ancestors)
      } catch { throw .block(error) }
    }
    return BlockWork(
      totalDifficulty: before.totalDifficulty &+ block.header.difficulty, uncles: block.uncles.map(\.hash))
  }

  private func work(of number: UInt64, in view: ProjectionView) throws(FoldError) -> BlockWork? {
    try Self.rows { () throws(TableReadError) in
      try view.row(Self.work, Self.key(number).rawSpan) { row throws(RLPError) in try BlockWork(rlp: row) }
    }
  }

  /// The parent first.
  private func ancestors(
    of header: BlockHeader, in view: ProjectionView
  ) throws(FoldError) -> [UncleRules.Ancestor] {
    var ancestors: [UncleRules.Ancestor] = []
    var number = header.number
    while number > 0, ancestors.count < UncleRules.ancestorCount {
      number -= 1
      guard let result = try Self.result(of: number, in: view), let hash = try Self.hash(of: number, in: view),
        let work = try work(of: number, in: view)
      else { throw .notNext(block: header.number, reason: "there is no block \(number) before it") }
      ancestors.append(UncleRules.Ancestor(header: result.header, hash: hash, uncles: work.uncles))
    }
    return ancestors
  }
}
