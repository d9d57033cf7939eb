import CLMDB
import Glibc
import LMDB
import Testing

@Suite("Errors")
struct ErrorTests {
  /// Every code of lmdb.h that is an error, with its case here.
  static let codes: [(Int32, LMDBError)] = [
    (MDB_KEYEXIST, .keyExists), (MDB_PAGE_NOTFOUND, .pageNotFound), (MDB_CORRUPTED, .corrupted),
    (MDB_PANIC, .mustReopen), (MDB_VERSION_MISMATCH, .versionMismatch), (MDB_INVALID, .invalidFile),
    (MDB_MAP_FULL, .mapFull(mapSize: 0)), (MDB_DBS_FULL, .tablesFull), (MDB_READERS_FULL, .readersFull),
    (MDB_TLS_FULL, .readersFull), (MDB_TXN_FULL, .transactionFull), (MDB_CURSOR_FULL, .cursorFull),
    (MDB_PAGE_FULL, .pageFull), (MDB_MAP_RESIZED, .mapResized), (MDB_INCOMPATIBLE, .incompatibleTable),
    (MDB_BAD_RSLOT, .badReaderSlot), (MDB_BAD_TXN, .badTransaction), (MDB_BAD_VALSIZE, .badValueSize),
    (MDB_BAD_DBI, .badTable), (ENOSPC, .diskFull(needed: 0, available: 0)),
    (EDQUOT, .diskFull(needed: 0, available: 0)), (EACCES, .readOnly), (EROFS, .readOnly), (EIO, .system(EIO)),
    (ENOMEM, .system(ENOMEM)), (-1, .unknown(-1)),
  ]

  @Test("every code has its case, and says what to do")
  func mapping() {
    for (code, error) in Self.codes {
      #expect(LMDBError(code: code) == error)
      #expect(error.description.contains("; ") && !error.remedy.isEmpty)
    }
    // lmdb.h numbers its errors without a gap; MDB_NOTFOUND is the only one that is no error here.
    for code in MDB_KEYEXIST...MDB_LAST_ERRCODE where code != MDB_NOTFOUND {
      #expect(Self.codes.contains { $0.0 == code }, "\(code)")
    }
  }
}
