internal import Glibc

extension LMDBError: CustomStringConvertible {
  /// What happened, then what to do.
  @usableFromInline
  package var description: String { "\(summary); \(remedy)" }

  /// What happened, in one clause.
  package var summary: String {
    switch self {
    case .keyExists: "the appended key does not come after the last key of its table"
    case .pageNotFound: "a page that the tree names is not in the file"
    case .corrupted: "a page is not of the type that the tree says"
    case .mustReopen: "an earlier commit failed with an I/O error and the environment takes no more writes"
    case .versionMismatch: "the file has another LMDB format version"
    case .invalidFile: "the file is not an LMDB file"
    case .mapFull(let size): "the map of \(size) bytes is full; the transaction was dropped, earlier ones are intact"
    case .diskFull(let needed, let available):
      "the file system is full: about \(needed) bytes are needed, \(available) are free; what was being written was dropped"
    case .tablesFull: "the environment was opened for fewer tables"
    case .readersFull: "all reader slots are taken"
    case .transactionFull: "the transaction has too many dirty pages"
    case .cursorFull: "the tree is deeper than a sound one can be"
    case .pageFull: "a page has no room for an entry that should fit"
    case .mapResized: "another process enlarged the map while transactions were running here"
    case .incompatibleTable: "the table exists with other flags"
    case .badReaderSlot: "a reader slot was reused while its transaction lived"
    case .badTransaction: "the transaction failed earlier"
    case .badValueSize: "a key is empty or longer than 511 bytes, or a value is longer than 4 GiB"
    case .badTable: "the table does not belong to this environment"
    case .readOnly: "the environment cannot be written"
    case .system(let code): "the system refused: \(Self.systemText(code)) (errno \(code))"
    case .unknown(let code): "LMDB gave the unknown code \(code)"
    }
  }

  /// What to do about it.
  package var remedy: String {
    switch self {
    case .keyExists: "append keys in ascending order, or put"
    case .pageNotFound, .corrupted, .cursorFull, .pageFull:
      "the file is damaged: of a log, run `varve log verify`, then `varve log repair`; if that cannot read it either, "
        + Self.replacement
    case .mustReopen:
      "close it and open it again, which checks what the last commits left; if that refuses, " + Self.replacement
    case .versionMismatch, .invalidFile: "check the path; if it is the right one, " + Self.replacement
    case .mapFull:
      "end reads of this process that last and try again; if its limit of address space (ulimit -v) has no room, start "
        + "it again with a higher one; a log is sound as it is"
    case .diskFull: "free space and try again; reads go on meanwhile"
    case .tablesFull, .incompatibleTable, .badTable: "open the environment with the tables that the caller uses"
    case .readersFull: "finish read transactions, or run the stale reader check after a reader was killed"
    case .transactionFull: "commit less at a time: stay below \(WriteTransaction.recommendedBytes) bytes"
    case .mapResized: "finish the running transactions and try again"
    case .badReaderSlot: "do not use an environment on the far side of a fork"
    case .badTransaction: "drop it and begin another"
    case .badValueSize: "split the value into chunks"
    case .readOnly: "open it for writing; check the permissions of the directory"
    case .system, .unknown:
      "see the system's log for the device; then open it again, and if that refuses, " + Self.replacement
    }
  }

  /// What to do about a file that does not open. A log that does not open cannot be repaired either: repair reads it.
  static let replacement =
    "move a log's directory away, then `varve log restore` a backup or import again; of a projection, run `varve "
    + "projection rebuild`"

  static func systemText(_ code: Int32) -> String {
    guard let text = unsafe strerror(code) else { return "unknown error" }
    return unsafe String(cString: text)
  }
}
