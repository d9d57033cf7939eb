internal import CLMDB
internal import Glibc
internal import SystemPackage

/// What `mdb_env_open` gives: the handle, with all tables open.
struct OpenedEnvironment {
  let handle: EnvironmentHandle
  let tables: [String: Table]

  /// Opens, with as much of the map size as the system grants.
  ///
  /// - Parameter isNew: whether the file is being made, with its tables. In a file that was there a missing table is
  ///   damage, and an empty one in its place would hide it.
  init(_ directory: FilePath, _ options: EnvironmentOptions, isNew: Bool = false) throws(OpenError) {
    try Self.allocateLockFile(in: directory, options)
    handle = try Self.reserve(directory, options)
    do throws(OpenError) {
      var dead: Int32 = 0
      unsafe try Self.check(mdb_reader_check(handle.pointer, &dead), directory)
      tables = try Self.openTables(handle, directory, options, isNew: isNew)
    } catch {
      unsafe mdb_env_close(handle.pointer)
      throw error
    }
  }

  /// Has the disk give LMDB's lock file all its room, before LMDB maps it: a slot that is written where the file has a hole
  /// ends the process with SIGBUS when the disk is full, at open or at the reader that first needs the page.
  ///
  /// The file's length stays what it is. LMDB makes it as long as its slots, and others may have it mapped. Where it cannot
  /// be opened, LMDB says so, or does without on a disk that is only read; a file system that cannot give room beforehand
  /// leaves things as they were, because bytes that are written here could replace what another process writes meanwhile.
  ///
  /// No descriptor of the file may be closed while this process has the environment open, as its locks would go: this is
  /// before that.
  private static func allocateLockFile(in directory: FilePath, _ options: EnvironmentOptions) throws(OpenError) {
    let path = directory.appending(Environment.lockFile)
    let file = unsafe path.withPlatformString { path in unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644) }
    guard file >= 0 else { return }
    defer { close(file) }
    let length = max(try Files.status(path)?.size ?? 0, lockFileHeader + options.maxReaders * readerSlot)
    while fallocate(file, varve_fallocate_keep_size, 0, length) != 0 {
      switch errno {
      case EINTR: continue
      case EOPNOTSUPP, ENOSYS: return
      default: throw .system(operation: "fallocate", path, errno: errno)
      }
    }
  }

  /// Not fewer bytes than stand before the reader slots of a lock file, on any machine, and as many as each of them has.
  private static let (lockFileHeader, readerSlot) = (256, 64)

  private static func reserve(
    _ directory: FilePath, _ options: EnvironmentOptions
  ) throws(OpenError) -> EnvironmentHandle {
    let pageSize = Int(sysconf(Int32(_SC_PAGESIZE)))
    let fileSize = try Files.status(directory.appending(Environment.dataFile))?.size ?? 0
    let needed = max(fileSize, 16 * pageSize)
    // A file that fills the map by itself could be read and not be appended to.
    var size = max(options.mapSize, 2 * needed) / pageSize * pageSize
    while true {
      do throws(LMDBError) {
        return try openHandle(directory, options, mapSize: size)
      } catch .system(ENOMEM) {
        guard size > needed else { throw .noAddressSpace(directory, needed: needed) }
        size = max(size / 2, needed) / pageSize * pageSize
      } catch {
        throw .storage(error, directory)
      }
    }
  }

  private static func openHandle(
    _ directory: FilePath, _ options: EnvironmentOptions, mapSize: Int
  ) throws(LMDBError) -> EnvironmentHandle {
    var pointer: OpaquePointer?
    var code = unsafe mdb_env_create(&pointer)
    guard code == 0, let pointer = unsafe pointer else { throw LMDBError(code: code) }
    var flags = UInt32(MDB_NOTLS)
    if options.mode == .readOnly { flags |= UInt32(MDB_RDONLY) }
    if options.durability == .unsynced { flags |= UInt32(MDB_NOSYNC) }
    if !options.readAhead { flags |= UInt32(MDB_NORDAHEAD) }
    unsafe mdb_env_set_mapsize(pointer, mapSize)
    unsafe mdb_env_set_maxdbs(pointer, UInt32(options.tables.count))
    unsafe mdb_env_set_maxreaders(pointer, UInt32(options.maxReaders))
    code = unsafe directory.withPlatformString { path in unsafe mdb_env_open(pointer, path, flags, 0o644) }
    guard code == 0 else {
      unsafe mdb_env_close(pointer)
      throw LMDBError(code: code)
    }
    return unsafe EnvironmentHandle(pointer)
  }

  /// Opens all tables in one transaction, so that their handles are there before any other transaction begins; makes them
  /// in a new file, with its first row.
  private static func openTables(
    _ handle: EnvironmentHandle, _ directory: FilePath, _ options: EnvironmentOptions, isNew: Bool
  ) throws(OpenError) -> [String: Table] {
    var pointer: OpaquePointer?
    unsafe try check(mdb_txn_begin(handle.pointer, nil, isNew ? 0 : UInt32(MDB_RDONLY), &pointer), directory)
    var tables: [String: Table] = [:]
    for (index, name) in options.tables.enumerated() {
      var dbi: UInt32 = 0
      let code = unsafe mdb_dbi_open(pointer, name, isNew ? UInt32(MDB_CREATE) : 0, &dbi)
      guard code == 0 else {
        unsafe mdb_txn_abort(pointer)
        throw code == MDB_NOTFOUND ? .missingTable(name, directory) : .storage(LMDBError(code: code), directory)
      }
      tables[name] = Table(dbi: dbi, index: index, name: name)
    }
    if isNew, let row = options.firstRow, let table = tables[row.table] {
      let code = unsafe withUnsafeBytes(of: row.key.bigEndian) { key in
        unsafe row.value.withUnsafeBytes { value in
          var (name, content) = unsafe (MDB_val(key), MDB_val(value))
          return unsafe mdb_put(pointer, table.dbi, &name, &content, 0)
        }
      }
      guard code == 0 else {
        unsafe mdb_txn_abort(pointer)
        throw .storage(LMDBError(code: code), directory)
      }
    }
    unsafe try check(mdb_txn_commit(pointer), directory)
    return tables
  }

  /// Makes the disk's file the one that this process sees, before anything is written on the strength of it.
  ///
  /// An earlier process may have ended between a write and its sync, or have been told by the disk that a meta page could
  /// not be written; then the disk may have another one than the kernel's cache, which counts it as written. So both
  /// are written as they are, and synced; under LMDB's lock, so that no other process writes one meanwhile.
  ///
  /// After a clean close too: nothing on the disk tells one. A mark that did would have to be taken away and synced before
  /// the first write of each life, which costs what this does: two writes of 136 bytes and a sync, whatever the size.
  func settle(_ directory: FilePath) throws(OpenError) {
    var transaction: OpaquePointer?
    unsafe try Self.check(mdb_txn_begin(handle.pointer, nil, 0, &transaction), directory)
    defer { unsafe mdb_txn_abort(transaction) }
    let pageSize = Int(sysconf(Int32(_SC_PAGESIZE)))
    let metas = [0, 1].map { SavedMetaPage(handle, transaction: $0, pageSize: pageSize) }
    var operation = "pwrite"
    do throws(Errno) {
      for meta in metas { try meta.write() }
      operation = "fdatasync"
      try metas[0].sync()
    } catch {
      throw .system(operation: operation, directory.appending(Environment.dataFile), errno: error.rawValue)
    }
  }

  private static func check(_ code: Int32, _ directory: FilePath) throws(OpenError) {
    guard code == 0 else { throw .storage(LMDBError(code: code), directory) }
  }
}
