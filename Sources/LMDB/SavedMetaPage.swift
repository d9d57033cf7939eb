internal import CLMDB
internal import Glibc
internal import SystemPackage

/// The record of the meta page that a commit is about to replace, to be put back if the commit fails there.
///
/// When LMDB cannot write a meta page it puts the old transaction number and last page back, so that nobody takes the
/// failed commit for a good one, but leaves the failed commit's roots. LMDB does not mind, as it reads the other page; but
/// that is also what a damaged number on the last good commit's page looks like, which ``Preflight`` has to refuse. With
/// the whole record put back, the file is as it was before the commit.
///
/// What must hold: no other process commits to the file between the failed commit and the end of ``restore()``. LMDB's own
/// lock cannot see to it, as an environment that has stopped itself is not given it again; the logs' and projections'
/// `writer.lock` does.
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

  /// Puts the record back on the disk, if LMDB has withdrawn the failed commit's: another writer's commit is left alone.
  ///
  /// The disk may have the failed commit's record all the same, and keep it until another one is synced: a later commit
  /// would write over its pages first, and a power cut then would leave a record of pages that are gone. If the disk
  /// refuses this too, the next open sees to it, or refuses to open.
  func restore() {
    guard let present = Self.transaction(of: Self.read(file, at: offset)), present == Self.transaction(of: record)
    else { return }
    do throws(Errno) {
      try write()
      try sync()
    } catch {}
  }

  /// Writes the record as it was when it was saved. Not durable before ``sync()``.
  ///
  /// Also where the file seems to have it: after a sync that failed, the kernel counts a page as written that is not, and
  /// no later sync would write it.
  func write() throws(Errno) {
    guard record.count == Self.size else { throw .ioError }
    var written: Int
    repeat {
      written = unsafe record.withUnsafeBytes { unsafe pwrite(file, $0.baseAddress, $0.count, off_t(offset)) }
    } while written < 0 && errno == EINTR
    guard written == record.count else { throw written < 0 ? Errno(rawValue: errno) : .ioError }
  }

  /// Waits until all that was written to the file is on the disk.
  func sync() throws(Errno) {
    while fdatasync(file) != 0 {
      guard errno == EINTR else { throw Errno(rawValue: errno) }
    }
  }

  private static let size = MetaPage.end - MetaPage.headerSize

  private static func read(_ file: Int32, at offset: Int) -> [UInt8] {
    unsafe [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      count = unsafe max(pread(file, buffer.baseAddress, size, off_t(offset)), 0)
    }
  }

  /// The bytes of its transaction number; none of a record that could not be read.
  private static func transaction(of record: [UInt8]) -> [UInt8]? {
    record.count == size ? Array(record[(MetaPage.transactionOffset - MetaPage.headerSize)...]) : nil
  }
}
