internal import CLMDB
internal import Glibc

/// The record of the meta page that a commit is about to replace, to be put back if the commit fails there.
///
/// When LMDB cannot write a meta page it puts the old transaction number and last page back, so that nobody takes the
/// failed commit for a good one, but leaves the failed commit's roots. LMDB does not mind, as it reads the other page; but
/// that is also what a damaged number on the last good commit's page looks like, which ``Preflight`` has to refuse. With
/// the whole record put back, the file is as it was before the commit.
struct SavedMetaPage {
  private let file: Int32
  private let offset: Int
  private let record: [UInt8]

  /// Saves the record that the write transaction `transaction` of an environment will replace. One small read.
  init(_ environment: EnvironmentHandle, transaction: Int, pageSize: Int) {
    var descriptor: mdb_filehandle_t = -1
    unsafe mdb_env_get_fd(environment.pointer, &descriptor)
    file = descriptor
    offset = (transaction & 1) * pageSize + MetaPage.headerSize
    record = Self.read(file, at: offset)
  }

  /// Puts the record back, if LMDB has withdrawn the failed commit's: another writer's commit is left alone. The disk may
  /// refuse, as it did before; the next open tells.
  func restore() {
    let present = Self.read(file, at: offset)
    guard record.count == Self.size, present.count == Self.size, present != record,
      Self.transaction(of: present) == Self.transaction(of: record)
    else { return }
    _ = unsafe record.withUnsafeBytes { unsafe pwrite(file, $0.baseAddress, $0.count, off_t(offset)) }
  }

  private static let size = MetaPage.end - MetaPage.headerSize

  private static func read(_ file: Int32, at offset: Int) -> [UInt8] {
    unsafe [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      count = unsafe max(pread(file, buffer.baseAddress, size, off_t(offset)), 0)
    }
  }

  private static func transaction(of record: [UInt8]) -> [UInt8] {
    Array(record[(MetaPage.transactionOffset - MetaPage.headerSize)...])
  }
}
