import Primitives

/// Where a claim stands in a dispute game: a generalized index in a binary tree, 1 at the root, 2p and 2p + 1 below p.
///
/// A claim is about the trace index of the rightmost leaf below it, and says what the state is there; so a left child
/// halves what its parent covers from the left, and the right spine shares the parent's trace index. As in the OP Stack's
/// fault dispute game.
package struct GamePosition: Hashable, Sendable {
  /// Never 0.
  package let index: UInt64

  /// Traps for 0, which is no position.
  package init(_ index: UInt64) {
    precondition(index > 0, "positions begin with 1")
    self.index = index
  }

  package static let root = GamePosition(1)

  /// 0 at the root.
  package var depth: Int { UInt64.bitWidth - 1 - index.leadingZeroBitCount }

  /// 0 for the leftmost of its depth.
  package var indexAtDepth: UInt64 { index ^ (1 << UInt64(depth)) }

  package var left: GamePosition { GamePosition(index << 1) }
  package var right: GamePosition { GamePosition(index << 1 | 1) }

  /// Nil for the root.
  package var parent: GamePosition? { index == 1 ? nil : GamePosition(index >> 1) }

  /// Where an answer to a claim here stands: an attack to its left, half way before it; a defence to the left of its right
  /// neighbour, half way after it.
  package func move(isAttack: Bool) -> GamePosition {
    GamePosition((isAttack ? index : index | 1) << 1)
  }

  /// The leaf furthest to the right below here, in a tree of `maxDepth`.
  package func rightIndex(maxDepth: Int) -> GamePosition {
    let levels = UInt64(max(0, maxDepth - depth))
    return GamePosition(index << levels | (1 << levels - 1))
  }

  /// Of the leaf that a claim here is about, from 0.
  package func traceIndex(maxDepth: Int) -> UInt64 { rightIndex(maxDepth: maxDepth).indexAtDepth }

  /// The highest position with the same trace index: up as long as this is a right child.
  package var traceAncestor: GamePosition {
    let steps = UInt64((~index).trailingZeroBitCount)
    return GamePosition(max(1, index >> steps))
  }

  /// The highest position with the same trace index that lies below `depth`.
  package func traceAncestor(below depth: Int) -> GamePosition {
    let ancestor = traceAncestor
    if ancestor.depth > depth { return ancestor }
    return GamePosition(index >> UInt64(max(0, self.depth - depth - 1)))
  }
}

extension GamePosition: CustomStringConvertible {
  package var description: String { "\(depth)/\(indexAtDepth)" }
}

extension GamePosition {
  init(_ reader: inout RLPReader) throws(RLPError) {
    let offset = reader.offset
    let number = try reader.readUInt64()
    guard number > 0 else { throw RLPError(offset: offset, reason: .invalidValue("positions begin with 1")) }
    index = number
  }

  func append(to writer: inout RLPWriter) {
    writer.append(index)
  }
}
