package import Primitives
import Rollup

/// Where the records of one canonical L1 block are: a row of the derived table `blocks`, under the block's number.
package struct BlockRow: Equatable, Sendable {
  /// Position of the block's `L1BlockAppended`.
  package var first: UInt64

  /// Position after the block's last record.
  package var end: UInt64

  /// Hash of the L1 block.
  package var hash: Hash256

  static let byteCount = 8 + 8 + Hash256.byteCount

  var bytes: [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(Self.byteCount)
    bytes.append(bigEndian: first)
    bytes.append(bigEndian: end)
    bytes.append(contentsOf: hash.bytes)
    return bytes
  }

  init(first: UInt64, end: UInt64, hash: Hash256) {
    self.first = first
    self.end = end
    self.hash = hash
  }

  init(number: UInt64, row: RawSpan) throws(Damage) {
    guard row.byteCount == Self.byteCount else {
      throw Damage(.block(number: number, "it has \(row.byteCount) bytes instead of \(Self.byteCount)"))
    }
    first = row.bigEndian(at: 0)
    end = row.bigEndian(at: 8)
    hash = Hash256(row.extracting(16..<Self.byteCount))
    guard first < end else { throw Damage(.block(number: number, "it covers no record")) }
  }
}

/// The newest canonical L1 block while the log grows: what a following record may still belong to.
///
/// A block's records are its `L1BlockAppended` and all that come right after it, carry its number and are no
/// observations. The writer keeps table `blocks` by this rule, and `verify` derives it again by the same one.
struct OpenBlock: Equatable, Sendable {
  var number: UInt64
  var row: BlockRow

  /// Takes the record at `position` in if it belongs to the block.
  mutating func take(_ kind: EventKind, ofBlock number: UInt64, at position: UInt64) {
    guard position == row.end, number == self.number, !kind.isObservation else { return }
    row.end += 1
  }
}
