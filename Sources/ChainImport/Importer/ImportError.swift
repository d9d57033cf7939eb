package import EventStore
package import Primitives
package import Rollup
package import StateTransition
package import StoreFiles

/// Why an import stopped: what, at which block, at which byte of which file, and what to do. What was stored before is kept.
package struct ImportError: Error, Sendable {
  package enum Reason: Sendable {
    /// Block 0 of the file is not the genesis file's block.
    case genesisMismatch(file: Hash256, genesis: Hash256)
    /// The file has no bytes.
    case emptyFile
    /// The store was made for another chain.
    case otherChain(stored: Hash256, given: Hash256)
    /// The bytes are no block.
    case malformed(RLPError)
    case body(BlockBodyError)
    case header(HeaderError)
    /// The block names uncles that it may not name.
    case block(BlockError)
    /// The next block names another parent: one of the two is damaged, or they are of different branches.
    case unlinked(hash: Hash256, next: UInt64, parentHash: Hash256)
    /// Blocks follow one another.
    case outOfSequence(found: UInt64)
    /// The store has another block here, and it is final.
    case conflict(stored: Hash256, given: Hash256)
    /// The last block is not the one that `--head` names.
    case headMismatch(hash: Hash256, head: Hash256)
    case file(ChainFileError)
    case directory(DataDirectoryError)
    case open(EventLog.OpenError)
    case append(AppendError)
    case read(ReadError)
    /// What the log holds is not what an import writes.
    case foreignRecord(Position, String)
    /// The caller's progress function said so.
    case cancelled
  }

  package let reason: Reason

  /// The block at fault; nil when no block is.
  package let block: UInt64?

  /// The file and the byte where the block begins; nil when no file is at fault.
  package let source: Source?

  /// The newest block of the store when the import had kept what it could; nil when it stopped before anything was stored.
  var storedTip: UInt64?

  /// A place in a file.
  package struct Source: Hashable, Sendable {
    package let path: String
    package let offset: Int64
  }

  init(_ reason: Reason, block: UInt64? = nil, source: Source? = nil) {
    self.reason = reason
    self.block = block
    self.source = source
  }

  /// Whether the data is at fault rather than the machine or the command: something was checked and disagreed.
  package var isDisagreement: Bool {
    switch reason {
    case .genesisMismatch, .otherChain, .emptyFile, .malformed, .body, .header, .block, .unlinked, .outOfSequence,
      .conflict,
      .headMismatch, .foreignRecord:
      true
    case .file(let error): error.isDisagreement
    case .directory(let error): error.isDisagreement
    case .open, .append, .read: isDamage
    case .cancelled: false
    }
  }

  /// Whether something that the store holds is not what was written to it.
  package var isDamage: Bool {
    damage != nil
  }

  /// What of the store is not what was written to it.
  var damage: Damage? {
    switch reason {
    case .read(.damaged(let damage)), .append(.unreadable(.damaged(let damage))),
      .open(.unreadable(.damaged(let damage))):
      damage
    default: nil
    }
  }
}

extension ChainFileError {
  /// Whether the file was read and is no chain, rather than not readable.
  package var isDisagreement: Bool {
    if case .unreadable = reason { false } else { true }
  }
}
