internal import CLMDB
internal import Glibc

/// What can go wrong in an open environment. Each case says what happened; ``remedy`` says what to do.
///
/// "Not found" is no error here: lookups return nil.
@usableFromInline
package enum LMDBError: Error, Hashable, Sendable {
  /// An appended key does not come after the last key of the table.
  case keyExists
  /// A page that the tree names is not in the file.
  case pageNotFound
  /// A page does not have the type that the tree says.
  case corrupted
  /// The environment stopped itself after a failed meta page write, or was stopped here after an I/O error.
  case mustReopen
  /// The file was written by another format of LMDB.
  case versionMismatch
  /// The file is no LMDB file.
  case invalidFile
  /// The map of this many bytes has no room for the transaction; nothing of it was kept.
  case mapFull(mapSize: Int)
  /// The file system has no room for the commit; nothing of it was kept.
  case diskFull(needed: Int, available: Int)
  /// More tables than the environment was opened for.
  case tablesFull
  /// All reader slots are taken.
  case readersFull
  /// More dirty pages than a transaction can hold.
  case transactionFull
  /// A cursor's stack is too shallow: the tree is deeper than a sound one can be.
  case cursorFull
  /// A page has no room for an entry that should fit.
  case pageFull
  /// Another process enlarged the map while transactions of this one were running.
  case mapResized
  /// A table exists with other flags than asked for.
  case incompatibleTable
  /// A reader slot was reused while its transaction lived.
  case badReaderSlot
  /// The transaction failed earlier and can only be aborted.
  case badTransaction
  /// A key is empty or longer than 511 bytes, or a value is longer than 4 GiB.
  case badValueSize
  /// A table handle is not valid in this environment.
  case badTable
  /// A write was asked of an environment that is open for reading only.
  case readOnly
  /// The operating system refused, with this `errno`.
  case system(Int32)
  /// A code that this list does not have.
  case unknown(Int32)

  /// The typed form of an LMDB return code other than success.
  ///
  /// Codes that carry sizes (`MDB_MAP_FULL`, `ENOSPC`) get them from the environment; here they are zero.
  @usableFromInline
  package init(code: Int32) {
    self =
      switch code {
      case MDB_KEYEXIST: .keyExists
      case MDB_PAGE_NOTFOUND: .pageNotFound
      case MDB_CORRUPTED: .corrupted
      case MDB_PANIC: .mustReopen
      case MDB_VERSION_MISMATCH: .versionMismatch
      case MDB_INVALID: .invalidFile
      case MDB_MAP_FULL: .mapFull(mapSize: 0)
      case MDB_DBS_FULL: .tablesFull
      case MDB_READERS_FULL, MDB_TLS_FULL: .readersFull
      case MDB_TXN_FULL: .transactionFull
      case MDB_CURSOR_FULL: .cursorFull
      case MDB_PAGE_FULL: .pageFull
      case MDB_MAP_RESIZED: .mapResized
      case MDB_INCOMPATIBLE: .incompatibleTable
      case MDB_BAD_RSLOT: .badReaderSlot
      case MDB_BAD_TXN: .badTransaction
      case MDB_BAD_VALSIZE: .badValueSize
      case MDB_BAD_DBI: .badTable
      case ENOSPC, EDQUOT: .diskFull(needed: 0, available: 0)
      case EROFS, EACCES: .readOnly
      case 1...: .system(code)
      default: .unknown(code)
      }
  }
}

/// An error type that can carry a storage error, so that one `throws(E)` covers a whole transaction.
@usableFromInline
package protocol LMDBFailure: Error {
  init(_ error: LMDBError)
}

extension LMDBError: LMDBFailure {
  @usableFromInline
  package init(_ error: LMDBError) { self = error }
}
