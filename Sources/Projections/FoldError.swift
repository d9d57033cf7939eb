package import Primitives
package import Rollup
package import StateTransition

/// Why an event cannot be folded: what L1 has fixed is impossible, or the rows cannot be read.
///
/// A wrong *claim* is none of these: it is a row like any other. The runtime adds which record it was.
package enum FoldError: Error, Sendable {
  /// The event's bytes hold a block that is none.
  case malformedBlock(RLPError)

  /// There is no block before it, or there is one of its number already.
  case notNext(block: UInt64, reason: String)

  /// The block's header breaks the rules that its parent's header sets.
  case header(HeaderError)

  /// The rules refuse the block.
  case block(BlockError)

  /// A second configuration, or one other than what the fold was made with.
  case configuration(String)

  /// The projection's own rows cannot be read, or are not what it wrote.
  case rows(TableReadError)

  /// The ledger holds what no rollup contract could have emitted.
  case derivation(DerivationError)

  /// A projection that this one cannot do without has no result of the block.
  case noResult(block: UInt64, of: String)

  /// The stored state trie is not whole.
  case trie(block: UInt64, StateTrieError)
}

extension FoldError {
  /// An event of L1 is about something of which no event before it told.
  static func unknown(_ what: String) -> FoldError { .derivation(.storage("\(what) has no row")) }
}

extension FoldError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .malformedBlock(let error): "it holds no block: \(error)"
    case .notNext(let block, let reason): "block \(block) cannot follow: \(reason)"
    case .header(let error): "\(error)"
    case .block(let error): "\(error)"
    case .configuration(let reason): reason
    case .rows(let error): "\(error); rebuild the projection"
    case .derivation(let error): error.description
    case .noResult(let block, let projection):
      "projection \(projection) has no result of block \(block); run `varve projection verify \(projection)`"
    case .trie(let block, let error): "block \(block): \(error); rebuild the projection"
    }
  }
}
