import Rollup
import Testing

@Suite("Positions in a dispute game")
struct GamePositionTests {
  private let maxDepth = 6

  /// The leaves below a position, by walking down.
  private func leaves(_ position: GamePosition) -> [UInt64] {
    position.depth == maxDepth ? [position.indexAtDepth] : leaves(position.left) + leaves(position.right)
  }

  @Test("a claim is about the rightmost leaf below it")
  func traceIndex() {
    for index in UInt64(1)..<(1 << UInt64(maxDepth + 1)) {
      let position = GamePosition(index)
      #expect(position.traceIndex(maxDepth: maxDepth) == leaves(position).last)
    }
  }

  @Test("an attack halves what comes before a claim, a defence what comes after it")
  func moves() {
    for depth in 1..<maxDepth {
      for index in UInt64(1 << depth)..<(1 << UInt64(depth + 1)) where index % 2 == 0 {
        let position = GamePosition(index)
        #expect(position.move(isAttack: true) == position.left)
        #expect(position.move(isAttack: false) == position.parent?.right.left)
        let (here, attack) = (leaves(position), leaves(position.move(isAttack: true)))
        #expect(attack == Array(here.prefix(here.count / 2)))
        let next = leaves(GamePosition(index + 1))
        #expect(leaves(position.move(isAttack: false)) == Array(next.prefix(next.count / 2)))
      }
    }
  }

  @Test("the trace ancestor is the highest claim about the same leaf")
  func traceAncestor() {
    for index in UInt64(1)..<(1 << UInt64(maxDepth + 1)) {
      let position = GamePosition(index)
      let leaf = position.traceIndex(maxDepth: maxDepth)
      var highest = position
      while let parent = highest.parent, parent.traceIndex(maxDepth: maxDepth) == leaf { highest = parent }
      #expect(position.traceAncestor == highest)
      for bound in 0..<position.depth {
        var expected = position
        while let parent = expected.parent, parent.depth > bound, parent.traceIndex(maxDepth: maxDepth) == leaf {
          expected = parent
        }
        #expect(position.traceAncestor(below: bound) == expected)
      }
    }
  }
}
