package import Primitives

/// Why a snapshot file is not taken. Nothing of it is ever live.
package enum SnapshotError: Error, Equatable, Sendable {
  /// It does not begin as one.
  case noSnapshot

  /// It is not what was written.
  case damaged(String)

  /// It is one of another projection, or of another schema of it, than asked for.
  case otherProjection(found: String, foundSchema: UInt32, schema: UInt32)

  /// The log here does not go as far.
  case logBehind(log: String, size: UInt64, needed: UInt64)

  /// The log here has another root at the size of the one that was folded.
  case otherLog(log: String, size: UInt64, root: Hash256, expected: Hash256)

  /// The log here does not know yet that L1 has revoked records which the snapshot leaves out.
  case revocationsBehind(known: UInt64, needed: UInt64)

  /// The rows do not have the digest that was asked for.
  case otherDigest(found: Hash256, expected: Hash256)

  /// The file does not have the hash that was asked for.
  case otherHash(found: Hash256, expected: Hash256)

  /// A digest was asked for, which does not say how much of the logs the rows are the fold of.
  case digestIsNotEnough(projection: String)

  /// It stands within an L1 block, or at one that the log here does not have.
  case notAtBlockEnd(l1Block: UInt64)

  /// There is a file of this name.
  case exists

  /// The file could not be read or written.
  case file(String)
}

extension SnapshotError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .noSnapshot: "it is no snapshot of a projection"
    case .damaged(let what): "it is damaged: \(what); copy it again from where it was made"
    case .otherProjection(let found, let foundSchema, let schema):
      "it is one of \(found), schema \(foundSchema); this program's schema is \(schema): rebuild the projection"
    case .logBehind(let log, let size, let needed):
      "it is the fold of \(needed) records, and the \(log) has \(size); follow L1 first, or mirror the log it comes from"
    case .otherLog(let log, let size, let root, let expected):
      "it is the fold of a \(log) whose first \(size) records have root \(expected); here they have \(root): "
        + "only a copy of the same log takes it"
    case .revocationsBehind(let known, let needed):
      "it leaves out \(needed) records that L1 has revoked, and the ledger knows of \(known); follow L1 first"
    case .otherDigest(let found, let expected): "its rows have digest \(found), not \(expected)"
    case .otherHash(let found, let expected): "its hash is \(found), not \(expected)"
    case .digestIsNotEnough(let projection):
      "a digest of \(projection) does not say how far it has come in both logs; give the file's hash"
    case .notAtBlockEnd(let l1Block):
      "it does not stand behind an L1 block that the ledger here has (it names block \(l1Block)), as rows that are known by "
        + "their digest must; follow L1 first, or give the file's hash"
    case .exists: "there is a file of this name; name another one"
    case .file(let what): what
    }
  }
}
