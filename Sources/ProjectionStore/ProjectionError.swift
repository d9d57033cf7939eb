package import EventStore
package import LMDB
package import Primitives
package import Projections
package import Rollup
package import SystemPackage

/// Why a projection cannot go on. Each case says what, where, and what to do; nothing half-done is ever committed.
package enum ProjectionError: Error, Sendable {
  /// There is no live version.
  case notBuilt(projection: String)

  /// What the live version holds is not a fold of this log as it stands now.
  case rebuildRequired(projection: String, reason: String)

  /// Another process writes a version of this projection.
  case locked(FilePath, holder: Int?)

  /// The fold cannot apply a record: what L1 has at that place is impossible.
  case fold(Place, FoldError)

  /// A projection without which this one cannot be folded has not come as far as was asked for, or has not yet taken back
  /// what L1 has revoked.
  case requirementBehind(projection: String, reached: UInt64, of: UInt64)

  /// A posted claim is not what the log gives. Only a replay stops there.
  case disagreement(OutputVerdict)

  /// A record's payload is not an event.
  case undecodable(Place, EventError)

  /// A testimony arrived when the ledger's last leaf was another one than this ledger has there.
  case foreignTestimony(Place, arrival: Arrival, ledgerLeaf: Hash256)

  /// The testimony has a record that is none.
  case notTestimony(Place)

  /// A replay was asked to end at a block that the log does not have.
  case noSuchBlock(UInt64)

  /// The log has no such canonical L1 block.
  case noSuchL1Block(UInt64)

  /// Nobody waited for a run any more. What it had folded was committed.
  case interrupted(projection: String, reached: UInt64, of: UInt64)

  /// There is no version of this name, or none that a rebuild has left beside the live one.
  case noSuchVersion(projection: String, VersionName?)

  /// A version is being built, or its rebuild was interrupted.
  case unfinished(projection: String, VersionName)

  /// A snapshot file that is not taken, or cannot be made.
  case snapshot(FilePath, SnapshotError)

  /// There is no version to go back to.
  case noPrevious(projection: String)

  /// A projection that sees what L1 has left does not stand at a block of its own: it cannot be an archive, nor be read as of
  /// a block.
  case noArchive(projection: String)

  /// What the rows were before an L1 block has been forgotten.
  case pruned(projection: String, before: UInt64)

  /// What the state was before an L2 block, the newest, has been forgotten.
  case prunedBlocks(before: UInt64, l1Block: UInt64)

  /// An L1 block is not among those that the projection has folded to their end.
  case notFolded(projection: String, l1Block: UInt64, newest: UInt64)

  /// L1 has left blocks that the projection has folded, and it has not taken them back yet: how it stands, or was after this L1
  /// block, is not known until it has.
  case reorganising(projection: String, l1Block: UInt64?)

  /// It has folded a part of an L1 block, and was asked for a digest, which names whole ones.
  case withinBlock(projection: String, l1Block: UInt64)

  /// At a position the ledger had no whole L1 block, or stood in one, or behind one, that L1 has left since.
  case noBlockAsOf(Position)

  /// A block of L2 has not been executed, or there is none.
  case notExecuted(block: UInt64, l1Block: UInt64)

  /// Stored rows are not what the projection wrote.
  case damaged(FilePath, String)

  case log(ReadError)
  case store(LMDBError)
  case open(LMDB.OpenError)
  case file(FilePath, String)

  /// Which projection stands still, and where in the log.
  package struct Place: Hashable, Sendable {
    package let projection: String
    package let position: Position
    package let kind: EventKind
    package let coordinates: L1Coordinates
  }
}

extension ProjectionError: LMDBFailure, EventLogFailure {
  package init(_ error: LMDBError) { self = .store(error) }
  package init(_ error: ReadError) { self = .log(error) }
}

extension ProjectionError {
  /// The record that is to blame: no run comes past it, and no rebuild; nil where something else is, such as a version's rows.
  package var impossibleRecord: Place? {
    switch self {
    case .fold(_, .rows), .fold(_, .noResult), .fold(_, .trie): nil
    case .fold(let place, _), .undecodable(let place, _), .foreignTestimony(let place, _, _), .notTestimony(let place):
      place
    default: nil
    }
  }

  /// Whether the version that it is about is of no use: damaged, or not what this program folds from this log. Else it may be
  /// opened another time.
  package var condemnsVersion: Bool {
    switch self {
    case .damaged, .rebuildRequired: true
    case .open(let error):
      switch error {
      case .missing, .preflight, .unsyncedRemains, .missingTable: true
      case .storage(let error, _): error.tellsDamage
      case .networkFileSystem, .optionsDisagree, .noAddressSpace, .system: false
      }
    case .store(let error): error.tellsDamage
    default: false
    }
  }
}

extension ProjectionError {
  /// What is wrong, without what to do.
  var reason: String {
    switch self {
    case .rebuildRequired(_, let reason): reason
    case .damaged(let path, let what): "\(path): \(what)"
    default: "\(self)"
    }
  }
}

extension LMDBError {
  /// Whether the file is not what LMDB wrote, or is another version's.
  fileprivate var tellsDamage: Bool {
    switch self {
    case .pageNotFound, .corrupted, .cursorFull, .pageFull, .versionMismatch, .invalidFile, .incompatibleTable: true
    default: false
    }
  }
}

extension ProjectionError.Place {
  /// How to find out whose fault it is that the record is there.
  fileprivate var remedy: String {
    kind.isTestimony
      ? "`varve log show \(position) --log testimony` says what it is"
      : "`varve log compare` with another node's store says whether that one has it as well"
  }
}

extension ProjectionError.Place: CustomStringConvertible {
  package var description: String {
    "projection \(projection), \(kind.isTestimony ? "testimony" : "record") \(position) (\(kind), L1 block \(coordinates.blockNumber))"
  }
}

extension ProjectionError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .notBuilt(let projection):
      "projection \(projection) has not been built; run `varve projection rebuild \(projection)`"
        + (projection == ProposerState.name ? " or `varve replay`" : "")
    case .rebuildRequired(let projection, let reason):
      "projection \(projection) must be rebuilt: \(reason); run `varve projection rebuild \(projection)`"
    case .locked(let directory, let holder):
      "\(holder.map { "process \($0)" } ?? "another process") is writing \(directory); wait for it, or stop it"
    case .requirementBehind(let projection, let reached, let position):
      "projection \(projection) was folded up to record \(reached) of \(position): one that it cannot do without is behind, or has "
        + "not yet taken back what L1 has revoked; wait for whoever writes that one, and run this again"
    case .fold(let place, let error):
      "\(place): \(error)" + (impossibleRecord == nil ? "" : "; a rebuild stops there, too: \(place.remedy)")
    case .disagreement(let verdict): "\(verdict)"
    case .undecodable(let place, let error): "\(place): its payload is no event: \(error); run `varve log verify`"
    case .foreignTestimony(let place, let arrival, let leaf):
      "\(place): it arrived when the ledger had \(arrival.ledgerPosition) records, the last with leaf \(arrival.ledgerLeaf); "
        + "this ledger has leaf \(leaf) there: the two logs are not of one node; restore both from one backup"
    case .notTestimony(let place): "\(place): it is no testimony; `varve log verify` on that log says what it is"
    case .noSuchBlock(let number): "the log has no output for block \(number); `varve log stats` shows how far it goes"
    case .noSuchL1Block(let number): "the log has no L1 block \(number); `varve log stats` shows how far it goes"
    case .interrupted(let projection, let reached, let position):
      "projection \(projection), at record \(reached) of \(position), was stopped; run it again to go on"
    case .noSuchVersion(let projection, let name):
      "projection \(projection) has no version \(name.map { "\($0)" } ?? "beside the live one"); "
        + "`varve projection list` shows what there is"
    case .unfinished(let projection, let name):
      "version \(name) of projection \(projection) is not finished; `varve projection rebuild \(projection)` goes on with it"
    case .snapshot(let path, let error): "\(path): \(error)"
    case .noPrevious(let projection):
      "projection \(projection) has no version to go back to: a rebuild keeps the one that was live, until it is dropped"
    case .noArchive(let projection):
      "projection \(projection) sees what L1 has left, too, and keeps no history by L1 block: it is neither built with "
        + "--archive nor read as of a block"
    case .pruned(let projection, let l1Block):
      "projection \(projection) is pruned before L1 block \(l1Block); "
        + "`varve projection rebuild \(projection) --archive` makes one that is not"
    case .prunedBlocks(let block, let l1Block):
      "projection \(ProposerState.name) is pruned before L2 block \(block) (L1 block \(l1Block)); "
        + "`varve projection rebuild \(ProposerState.name) --archive` makes one that is not"
    case .notFolded(let projection, let l1Block, let newest):
      "L1 block \(l1Block) is not among those that projection \(projection) has folded: it has come to \(newest); "
        + "`varve projection list` shows how far the log is"
    case .reorganising(let projection, let l1Block):
      "L1 has left blocks that projection \(projection) has folded, and it has not taken them back yet: "
        + (l1Block.map { "what was after L1 block \($0) is not known" } ?? "what it is for L1 now is not known")
        + " until it has; run this again when it has gone on, as a node does by itself, or `varve projection list` shows that "
        + "it cannot"
    case .withinBlock(let projection, let l1Block):
      "projection \(projection) has folded a part of L1 block \(l1Block), and a digest is of whole ones; run this again when "
        + "it has gone on: a node brings it to the head of the log, or `varve projection rebuild \(projection)`"
    case .noBlockAsOf(let position):
      "at record \(position) the ledger had no whole L1 block yet, or stood in one that L1 has left since; "
        + "`varve log show \(position)` says what is there"
    case .notExecuted(let block, let l1Block):
      "block \(block) has not been executed: the state is that of L1 block \(l1Block); "
        + "`varve projection list` shows how far the log is"
    case .damaged(let path, let what): "\(path): \(what); rebuild the projection, it is derived from the log"
    case .log(let error): "\(error)"
    case .store(let error): "the projection's store: \(error)"
    case .open(let error): "\(error)"
    case .file(let path, let what): "\(path) \(what)"
    }
  }
}
