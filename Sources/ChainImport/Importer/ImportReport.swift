package import Rollup

/// How far an import is.
package struct ImportProgress: Sendable {
  /// Number of the newest block read.
  package var block: UInt64

  /// How many blocks have been stored by this import.
  package var storedBlocks: UInt64

  /// Bytes read of all files, and how many there are.
  package var bytesRead, bytesInAll: Int64
}

/// What an import has done.
package struct ImportReport: Equatable, Sendable {
  /// How many blocks were new.
  package var storedBlocks: UInt64 = 0

  /// How many stood in the store already.
  package var knownBlocks: UInt64 = 0

  /// The newest block of the store.
  package var head: BlockID?

  /// The newest block that something vouches for: its successor, or `--head`. What comes after it may be replaced by a later
  /// import.
  package var finalized: BlockID?

  /// An unanchored block of an earlier import that this one replaced.
  package var replaced: BlockID?

  /// Whether the store's last block rests on nothing but itself.
  package var isHeadUnanchored: Bool { head != finalized }
}
