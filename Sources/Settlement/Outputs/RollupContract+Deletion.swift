import Primitives
import Rollup

extension RollupContract {
  /// Whose the bond of a deleted output is.
  enum DeletionOutcome {
    /// The proposer's again.
    case released
    /// It was settled with the game.
    case settled
  }

  /// Deletes an output with all that builds on it. Games about those are over, and who has a bond in them gets it back:
  /// nobody can have been shown right or wrong there.
  ///
  /// - Complexity: O(n log n) for n descendants, and the open claims of their games.
  mutating func deleteOutput(_ index: UInt64, outcome: DeletionOutcome, into events: inout [Event]) {
    let doomed = descendants(of: index)
    for number in doomed {
      let output = outputs[Int(number)]
      if let game = output.game { cancelGame(game, into: &events) }
      outputs[Int(number)].status = .deleted
      outputs[Int(number)].game = nil
      outputs[Int(number)].node.children = [:]
      if number != index || outcome == .released {
        settleBond(output.bond, of: output.proposer, for: .output(number), counteredBy: nil, into: &events)
      }
    }
    forget(index)
    appendRuns(of: doomed, to: &events)
  }

  /// The output and everything that extends it, ascending.
  private func descendants(of index: UInt64) -> [UInt64] {
    var found = [index]
    var next = 0
    while next < found.count {
      found.append(contentsOf: outputs[Int(found[next])].node.children.values)
      next += 1
    }
    return found.sorted()
  }

  /// The same claim may be made again, with the same parent.
  private mutating func forget(_ index: UInt64) {
    let output = outputs[Int(index)]
    let key = OutputNode.ChildKey(claim: output.node.claim, l2BlockNumber: output.node.l2BlockNumber)
    if let parent = output.parent {
      outputs[Int(parent)].node.children[key] = nil
    } else {
      genesis.children[key] = nil
    }
  }

  /// One event for each run of neighbours: an index is never given twice, so what stands after a deleted output and does
  /// not build on it stays.
  private func appendRuns(of indexes: [UInt64], to events: inout [Event]) {
    var first = indexes.startIndex
    for position in indexes.indices {
      let next = position + 1
      if next < indexes.count, indexes[next] == indexes[position] + 1 { continue }
      events.append(
        .outputsDeleted(
          OutputsDeleted(prevNextOutputIndex: indexes[position] + 1, newNextOutputIndex: indexes[first])))
      first = next
    }
  }
}
