package import Primitives
import Rollup

extension RollupContract {
  /// What stands for something, summed over everything that it stands for. O(outputs + open claims + keys).
  package var lockedByCause: UInt256 {
    var sum = keys.bonds.values.reduce(UInt256.zero, +)
    for index in 0..<outputs.count where outputs[index].status == .open { sum += outputs[index].bond }
    for index in 0..<games.count where games[index].status == .inProgress {
      let claims = games[index].claims
      for claim in 1..<claims.count where !claims[claim].isResolved { sum += claims[claim].bond }
    }
    return sum
  }

  /// Whether no value has appeared or vanished, and every lock has something that it is for.
  package var isConserved: Bool { bonds.isConserved && lockedByCause == bonds.locked }
}
