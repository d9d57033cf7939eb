package import Primitives
package import Rollup

/// A stored byte that is not what was written, and where: what a reader refuses and `verify` reports.
@usableFromInline
package struct Damage: Error, Equatable, Sendable {
  /// What is wrong.
  package enum Fault: Equatable, Sendable {
    /// The record's bytes do not have its checksum.
    case checksum
    /// The record is shorter or longer than its header says, is marked wrongly, or has an unknown version.
    case shape(String)
    /// No record where one must be: positions are dense.
    case missingRecord
    /// A record that is in its place, and that a look-up does not find: a key in a branch page is wrong.
    case unreachable
    /// A record where none may be: it stands behind the head.
    case strayRecord
    /// A key that is none of its table's.
    case strayKey(table: String, [UInt8])
    /// Part of the record's payload is missing or has another length.
    case chunk(Int)
    /// The payload does not have the hash its header gives.
    case payloadHash
    /// The payload is not an event of its kind.
    case undecodable(String)
    /// A stored hash of the tree is not that of the records below it. Levels count from 0, the leaves.
    case treeHash(level: Int, index: UInt64)
    /// The row of tree hashes that the eight leaves of a group complete is missing or has another length.
    case treeRow(group: UInt64)
    /// Stored hashes of the tree do not lead to the root of this many records. Which of them is another, `verify` tells.
    case treePath(size: UInt64)
    /// An L1 block's record names another `canonicalAcc` of the blocks before it than their records give.
    case accumulator(stored: Hash256, computed: Hash256)
    /// The head row.
    case head(String)
    /// The head row's root is not that of the tree.
    case headRoot(stored: Hash256, computed: Hash256)
    /// The row that says where an L1 block's records are.
    case block(number: UInt64, String)
    /// A table has more or fewer rows than the records account for.
    case rowCount(table: String, stored: UInt64, expected: UInt64)
  }

  package let fault: Fault

  /// The record's position, where a record is at fault.
  package let position: Position?

  /// The event kind its header names, as far as that can be read.
  package let kind: UInt16?

  /// The L1 block its header names, as far as that can be read.
  package let l1Block: UInt64?

  package init(_ fault: Fault, position: Position? = nil, kind: UInt16? = nil, l1Block: UInt64? = nil) {
    self.fault = fault
    self.position = position
    self.kind = kind
    self.l1Block = l1Block
  }
}

extension Damage: CustomStringConvertible {
  /// What, where, and what to do.
  @usableFromInline
  package var description: String { "\(summary); \(Self.remedy)" }

  /// What and where, without what to do.
  package var summary: String {
    let place = [
      position.map { "record \($0)" }, kind.map { "kind \(EventKind(rawValue: $0)?.name ?? "\($0)")" },
      l1Block.map { "L1 block \($0)" },
    ].compactMap(\.self).joined(separator: ", ")
    return place.isEmpty ? what : "\(place): \(what)"
  }

  /// What is wrong, without place and remedy.
  package var what: String {
    switch fault {
    case .checksum: "the stored bytes do not match their checksum"
    case .shape(let detail): detail
    case .missingRecord: "the record is missing"
    case .unreachable: "the record is in its place, but a look-up does not find it"
    case .strayRecord: "there is a record behind the head"
    case .strayKey(let table, let key): "table \(table) has a row under \(Hex.encode(key)), which is no key of it"
    case .chunk(let index): "part \(index) of the payload is missing or has the wrong length"
    case .payloadHash: "the payload does not have the hash in its header"
    case .undecodable(let detail): "the payload is no event of its kind: \(detail)"
    case .treeHash(let level, let index):
      "tree hash at level \(level), index \(index) is not that of records \(index << level) to "
        + "\((index << level) + (1 << level) - 1)"
    case .treeRow(let group):
      "the tree hashes completed by records \(group * 8) to \(group * 8 + 7) are missing or have the wrong length"
    case .treePath(let size): "the stored tree hashes do not lead to the root of the first \(size) records"
    case .accumulator(let stored, let computed):
      "it names \(stored) as canonicalAcc of the L1 blocks before it, whose records give \(computed)"
    case .head(let detail): "the head row is damaged: \(detail)"
    case .headRoot(let stored, let computed): "the head row has root \(stored), the tree has \(computed)"
    case .block(let number, let detail): "the index row of L1 block \(number) is wrong: \(detail)"
    case .rowCount(let table, let stored, let expected):
      "table \(table) has \(stored) rows where the records account for \(expected)"
    }
  }

  static let remedy =
    "run `varve log verify` for the whole extent, then `varve log repair`; if that finds a record lost, move the log away "
    + "and `varve log restore` a backup, or import again with --replace-damaged"
}
