package import Primitives
package import Rollup

/// Two things that one key said and that cannot both be meant: what an accusation is about, before anything is said of guilt.
package enum Contradiction: Hashable, Sendable {
  /// Two orders for one height.
  case doubleSign(Statement, Statement)

  /// A block, and a later one that does not descend from it. `ancestors` are the orders between the two, the upper one's
  /// parent first; none where the upper one is next, or where they are looked up when somebody asks.
  case brokenParent(lower: Statement, upper: Statement, ancestors: [BlockOrder])

  /// Fields that contradict the preimage of the order that was signed with them.
  case malformed(Statement, preimage: BlockOrder)

  package var kind: EquivocationKind {
    switch self {
    case .doubleSign: .doubleSign
    case .brokenParent: .brokenParent
    case .malformed: .malformedCommitment
    }
  }

  /// What was said: one statement or two, the lower one first.
  package var statements: [Statement] {
    switch self {
    case .doubleSign(let first, let second): [first, second]
    case .brokenParent(let lower, let upper, _): [lower, upper]
    case .malformed(let statement, _): [statement]
    }
  }

  /// The orders that it rests on: those between two blocks, or the preimage.
  package var orders: [BlockOrder] {
    switch self {
    case .doubleSign: []
    case .brokenParent(_, _, let ancestors): ancestors
    case .malformed(_, let preimage): [preimage]
    }
  }

  /// What a single message contradicts; nil where there are two.
  package var preimage: BlockOrder? { if case .malformed(_, let preimage) = self { preimage } else { nil } }

  /// Whose word it is.
  package var signer: Address { statements[0].signer }

  package var format: SequencerCommitmentObserved.Format { statements[0].format }

  /// No more ancestors are followed: a batch has fewer blocks.
  package static let greatestAncestorCount = 4096
}

extension Contradiction {
  /// How two statements contradict each other; nil when they do not. O(ancestors).
  ///
  /// - Parameter ancestors: orders that lead from the later statement's parent down to the one above the earlier statement.
  package init?(_ one: Statement, _ other: Statement, ancestors: [BlockOrder] = []) {
    // What has one digest is one statement, whatever it was decoded to.
    guard one.signer == other.signer, one.format == other.format, one.digest != other.digest else { return nil }
    if one.height == other.height {
      guard one.order != other.order, ancestors.isEmpty else { return nil }
      self = one.order < other.order ? .doubleSign(one, other) : .doubleSign(other, one)
      return
    }
    let (lower, upper) = one.height < other.height ? (one, other) : (other, one)
    guard let parent = upper.parent, ancestors.count <= Self.greatestAncestorCount,
      UInt64(ancestors.count) == upper.height - lower.height - 1,
      let claimed = Self.order(under: parent, upper.height, ancestors), claimed != lower.order
    else { return nil }
    self = .brokenParent(lower: lower, upper: upper, ancestors: ancestors)
  }

  /// A block, and a batch's last one, of which it is known that the batch stored another order at the height of the first.
  /// The orders between are not in it.
  package init?(_ lower: Statement, storedAbove upper: Statement) {
    guard lower.signer == upper.signer, lower.format == upper.format, lower.height < upper.height else { return nil }
    self = .brokenParent(lower: lower, upper: upper, ancestors: [])
  }

  /// The order that the last ancestor extends; nil when they are not one chain under `parent`.
  private static func order(under parent: Hash256, _ height: UInt64, _ ancestors: [BlockOrder]) -> Hash256? {
    var (expected, number) = (parent, height)
    for order in ancestors {
      number -= 1
      guard order.number == number, order.commitment == expected else { return nil }
      expected = order.parentOrder
    }
    return expected
  }

  /// How a commitment's fields contradict the preimage of its order; nil when they do not, or it is none.
  package init?(_ statement: Statement, preimage: BlockOrder) {
    guard statement.format == .varve, preimage.commitment == statement.order,
      preimage.number != statement.height || preimage.parentOrder != statement.parent
        || preimage.l1Origin != statement.origin || preimage.timestamp != statement.timestamp
    else { return nil }
    self = .malformed(statement, preimage: preimage)
  }
}
