import CLMDB
import Foundation
@testable import LMDB
import Synchronization
import SystemPackage
import TestSupport
import Testing

/// Faults of LMDB and its surroundings that were observed, each held off or survived.
@Suite("Hazards")
final class HazardTests {
  static let options = EnvironmentOptions(mode: .readWrite, tables: ["records"], mapSize: 1 << 26)

  let scratch: Scratch

  init() throws { scratch = try Scratch() }

  @Test("a full map drops the transaction, keeps the data, and takes the transaction once it is enlarged")
  func mapFull() throws {
    let environment = try scratch.open(mapSize: 1 << 20)
    try environment.append(1000)
    let before = try environment.content()
    #expect(throws: LMDBError.mapFull(mapSize: 1 << 20)) { try environment.append(20_000) }
    #expect(try environment.content() == before)
    try environment.append(1)
    try environment.growMap(to: 1 << 24)
    try environment.append(20_000)
    #expect(try environment.content().count == 21_001)
    #expect(environment.information().mapSize == 1 << 24)
  }

  @Test("the map is not enlarged under a running read")
  func growUnderReader() throws {
    let environment = try scratch.open(mapSize: 1 << 20)
    try environment.append(1)
    try environment.read { transaction throws(LMDBError) in
      #expect(throws: LMDBError.mapResized) { try environment.growMap(to: 1 << 24) }
      #expect(try transaction.count(of: environment.table("records")) == 1)
    }
    try environment.growMap(to: 1 << 24)
    #expect(try environment.content().count == 1)
  }

  @Test("a map that another process enlarged is followed by readers and writers")
  func mapResizedElsewhere() async throws {
    let environment = try scratch.open(mapSize: 1 << 20)
    try environment.append(10)
    await #expect(processExitsWith: .success) { [path = scratch.path.string as String] in
      try Environment.open(at: FilePath(path), options: HazardTests.options).append(30_000)
    }
    #expect(try environment.content().count == 30_010)
    try environment.append(1)
    #expect(try environment.content().count == 30_011)
  }

  @Test("a map that another process makes larger again while it is followed is followed again")
  func mapResizedAgain() async throws {
    let environment = try scratch.open(mapSize: 1 << 20)
    try environment.append(10)
    let path = scratch.path.string
    let seen = await Self.beside(path, Self.growWhenAsked) { try Self.readWhileItGrows(environment, path) }
    let records = (0..<HazardTests.growths).map(HazardTests.growth).reduce(10, +)
    #expect(seen == [records, HazardTests.growths])
    try environment.append(1)
    try expectEnd(environment)
  }

  /// Does something here while another process runs which waits for it, and tells that by a note when the other one has
  /// ended, so that nobody here waits for more. What came of it; nil if it failed.
  private static func beside<R: Sendable>(
    _ path: String, _ other: (String) async -> Void, _ body: @escaping @Sendable () throws -> R
  ) async -> R? {
    let result = Mutex<R?>(nil)
    let done = DispatchSemaphore(value: 0)
    // On a thread of its own: the other process may hold what other tests wait for.
    let thread = Thread {
      let found = try? body()
      result.withLock { $0 = found }
      done.signal()
    }
    thread.start()
    await other(path)
    note("ended", in: path)
    while done.wait(timeout: .now()) == .timedOut { await Task.yield() }
    return result.withLock { $0 }
  }

  /// Lets the other process enlarge its map before a snapshot begins, and again each time it has been followed. How many
  /// records the snapshot has, and how often the map was followed.
  private static func readWhileItGrows(_ environment: Environment, _ path: String) throws -> [Int] {
    var (rounds, adoptions) = (0, 0)
    func letItGrow() {
      note("ask-\(rounds)", in: path)
      while !isNoted("grown-\(rounds)", in: path), !isNoted("ended", in: path) { usleep(1000) }
      rounds += 1
    }
    letItGrow()
    let snapshot = try environment.beginRead { () throws(LMDBError) in
      try environment.adoptMapSize()
      adoptions += 1
      if rounds < growths { letItGrow() }
    }
    return [try snapshot.count(of: environment.table("records")), adoptions]
  }

  /// Who cannot follow gives up.
  private func expectEnd(_ environment: Environment) throws {
    try environment.read { (_: borrowing ReadTransaction) throws(LMDBError) in
      var adoptions = 0
      #expect(throws: LMDBError.mapResized) {
        try environment.followingMap({ () throws(LMDBError) in adoptions += 1 }) { () throws(LMDBError) -> Int in
          throw .mapResized
        }
      }
      #expect(adoptions == Environment.mapRounds)
      // Nobody follows while something reads here.
      #expect(throws: LMDBError.mapResized) {
        try environment.followingMap({ () throws(LMDBError) in try environment.growMap(to: 1 << 30) }) {
          () throws(LMDBError) -> Int in throw .mapResized
        }
      }
    }
  }

  static let growths = 3

  static func note(_ name: String, in path: String) {
    _ = FileManager.default.createFile(atPath: "\(path)/\(name)", contents: nil)
  }

  static func isNoted(_ name: String, in path: String) -> Bool {
    FileManager.default.fileExists(atPath: "\(path)/\(name)")
  }

  /// Records that make a map twice too small that has followed the ones before.
  static func growth(_ round: Int) -> Int { 20_000 << round }

  /// In a process of its own: appends so many records each time it is asked.
  static func growWhenAsked(_ path: String) async {
    await #expect(processExitsWith: .success) { [path = path as String] in
      let environment = try Environment.open(at: FilePath(path), options: HazardTests.options)
      for round in 0..<HazardTests.growths {
        while !HazardTests.isNoted("ask-\(round)", in: path) { usleep(1000) }
        try environment.append(HazardTests.growth(round))
        HazardTests.note("grown-\(round)", in: path)
      }
    }
  }

  @Test("a full map that is made larger leaves a reader of another process its snapshot; its next read sees what came")
  func growUnderReaderElsewhere() async throws {
    let environment = try scratch.open(mapSize: 1 << 20)
    try environment.append(1000)
    let path = scratch.path.string
    let found = await Self.beside(path, Self.holdSnapshot) { try Self.growWhileHeld(environment, path) }
    #expect(
      found?.refusal == .mapFull(mapSize: 1 << 20) && found.map { $0.lag > 0 } == true, "\(String(describing: found))")
  }

  /// Appends more than the map takes while the other process holds its snapshot, and enlarges the map. What refused it first,
  /// and how far the snapshot was behind at the end.
  private static func growWhileHeld(
    _ environment: Environment, _ path: String
  ) throws -> (refusal: LMDBError?, lag: Int) {
    // Whatever fails here, the other process goes on, and ends.
    defer { note("grown", in: path) }
    while !isNoted("held", in: path), !isNoted("ended", in: path) { usleep(1000) }
    var refusal: LMDBError?
    do { try environment.append(20_000) } catch { refusal = error }
    // More than the reader's process may have address space.
    try environment.growMap(to: 1 << 40)
    try environment.append(20_000)
    return (refusal, Int(environment.information().oldestReaderLag))
  }

  /// In a process of its own: holds a snapshot of 1,000 records until the map is larger, and then reads again.
  private static func holdSnapshot(of path: String) async {
    await #expect(processExitsWith: .success) { [path = path as String] in
      HazardTests.limitAddressSpace()
      let environment = try Environment.open(
        at: FilePath(path), options: EnvironmentOptions(mode: .readOnly, tables: ["records"], mapSize: 1 << 20))
      let before = try environment.content()
      #expect(before.count == 1000)
      try environment.read { transaction throws(LMDBError) in
        HazardTests.note("held", in: path)
        while !HazardTests.isNoted("grown", in: path) { usleep(1000) }
        var rows: [[UInt8]] = []
        var cursor = try transaction.cursor(in: environment.table("records"))
        while let entry = try cursor.next() { rows.append(entry.key.array + entry.value.array) }
        #expect(rows == before)
      }
      let after = try environment.content()
      #expect(after.count == 21_000 && after.starts(with: before))
    }
  }

  static func limitAddressSpace() {
    var limit = rlimit()
    unsafe getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit)
    limit.rlim_cur = rlim_t(64) << 30
    #expect(unsafe setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit) == 0)
  }

  @Test("a map that the system does not let be larger stays as it is, and is read and written on")
  func noAddressSpaceToGrow() async throws {
    try scratch.open().append(100)
    await #expect(processExitsWith: .success) { [path = scratch.path.string as String] in
      HazardTests.limitAddressSpace()
      var options = HazardTests.options
      options.mapSize = 1 << 20
      let environment = try Environment.open(at: FilePath(path), options: options)
      #expect(throws: LMDBError.system(ENOMEM)) { try environment.growMap(to: 1 << 40) }
      #expect(environment.information().mapSize == 1 << 20)
      try environment.append(100)
      #expect(try environment.content().count == 200)
      try environment.growMap(to: 1 << 24)
      try environment.append(20_000)
    }
  }

  @Test("a map that the system does not let be doubled is made larger by less")
  func noAddressSpaceToDouble() async throws {
    try scratch.open().append(100)
    await #expect(processExitsWith: .success) { [path = scratch.path.string as String] in
      HazardTests.limitAddressSpace()
      var options = HazardTests.options
      options.mapSize = 40 << 30
      let environment = try Environment.open(at: FilePath(path), options: options)
      #expect(environment.information().mapSize == 40 << 30)
      #expect(environment.doubleMap())
      let size = environment.information().mapSize
      #expect(size > 40 << 30 && size < 80 << 30)
      // What is there already is not made smaller.
      try environment.growMap(to: 1 << 24)
      #expect(environment.information().mapSize == size)
      try environment.append(100)
      #expect(try environment.content().count == 200)
    }
  }

  @Test("the slot of a killed reader is freed, so that pages are used again")
  func killedReader() async throws {
    // Not within the time that this test takes: the writer would free the slot by itself.
    let options = EnvironmentOptions(
      mode: .create, tables: ["records"], mapSize: 1 << 26, readerCheckInterval: .seconds(86_400))
    let environment = try Environment.open(at: scratch.path, options: options)
    try environment.append(100)
    await #expect(processExitsWith: .signal(SIGKILL)) { [path = scratch.path.string as String] in
      let environment = try Environment.open(at: FilePath(path), options: HazardTests.options)
      try environment.read { (_: borrowing ReadTransaction) throws(LMDBError) in
        _ = raise(SIGKILL)
      }
    }
    func overwrite() throws {
      for _ in 0..<200 {
        try environment.write { transaction throws(LMDBError) in
          try transaction.put([7].raw, for: 0, in: environment.table("records"))
        }
      }
    }
    try overwrite()
    let leaked = environment.information()
    #expect(leaked.oldestReaderLag == 200 && leaked.lastPage > 400)
    #expect(try environment.checkReaders() == 1)
    #expect(environment.information().oldestReaderLag == 0)
    try overwrite()
    #expect(environment.information().lastPage <= leaked.lastPage + 4)
  }

  @Test("a writer frees the slot of a killed reader by itself")
  func killedReaderFreedByWriter() async throws {
    let options = EnvironmentOptions(
      mode: .create, tables: ["records"], mapSize: 1 << 26, readerCheckInterval: .zero)
    let environment = try Environment.open(at: scratch.path, options: options)
    try environment.append(1)
    await #expect(processExitsWith: .signal(SIGKILL)) { [path = scratch.path.string as String] in
      let environment = try Environment.open(at: FilePath(path), options: HazardTests.options)
      try environment.read { (_: borrowing ReadTransaction) throws(LMDBError) in
        _ = raise(SIGKILL)
      }
    }
    #expect(environment.readers().contains { $0.process != Int(getpid()) })
    try environment.append(1)
    #expect(environment.readers().allSatisfy { $0.process == Int(getpid()) })
  }

  @Test("opening frees the slots of killed readers, while others have the environment open")
  func killedReaderFreedAtOpen() async throws {
    let environment = try scratch.open()
    try environment.append(1)
    await #expect(processExitsWith: .signal(SIGKILL)) { [path = scratch.path.string as String] in
      let environment = try Environment.open(at: FilePath(path), options: HazardTests.options)
      try environment.read { (_: borrowing ReadTransaction) throws(LMDBError) in
        _ = raise(SIGKILL)
      }
    }
    #expect(environment.readers().contains { $0.process != Int(getpid()) })
    await #expect(processExitsWith: .success) { [path = scratch.path.string as String] in
      _ = try Environment.open(at: FilePath(path), options: HazardTests.options)
    }
    #expect(environment.readers().allSatisfy { $0.process == Int(getpid()) })
  }

  @Test("a reader here stays registered when a second reference to its environment goes")
  func secondReference() async throws {
    let environment = try scratch.open()
    try environment.append(5)
    do { #expect(try scratch.open() === environment) }
    let (path, process) = (scratch.path.string, Int(getpid()))
    // An exit test needs an await, which a read's closure has not: the snapshot is held open on another thread.
    let (entered, done) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
    let reader = Thread {
      try? environment.read { transaction throws(LMDBError) in
        entered.signal()
        done.wait()
      }
      done.signal()
    }
    reader.start()
    while entered.wait(timeout: .now()) == .timedOut { await Task.yield() }
    await #expect(processExitsWith: .success) { [path = path as String, process = process as Int] in
      let other = try Environment.open(at: FilePath(path), options: HazardTests.options)
      for _ in 0..<20 { try other.append(1) }
      #expect(other.readers().contains { $0.process == process && $0.snapshot != nil })
      #expect(other.information().oldestReaderLag == 20)
    }
    done.signal()
  }

  @Test("a writer killed in a transaction loses that transaction and nothing else, and blocks no one")
  func killedWriter() async throws {
    let environment = try scratch.open()
    try environment.append(50)
    await #expect(processExitsWith: .signal(SIGKILL)) { [path = scratch.path.string as String] in
      let environment = try Environment.open(at: FilePath(path), options: HazardTests.options)
      try environment.append(50)
      try environment.write { transaction throws(LMDBError) in
        for key in 100..<5000 {
          try transaction.append(
            [UInt8](repeating: 1, count: 2000).raw, for: UInt64(key), in: environment.table("records"))
        }
        _ = raise(SIGKILL)
      }
    }
    #expect(try environment.content().count == 100)
    try environment.append(1)
    #expect(try environment.content().count == 101)
  }

  @Test("a value of 2022 bytes shares its page, one of 2023 takes a page of its own", arguments: [2022, 2023])
  func inlineLimit(size: Int) throws {
    let environment = try scratch.open()
    try environment.append(100, size: size)
    try environment.read { transaction throws(LMDBError) in
      let statistics = try transaction.statistics(of: environment.table("records"))
      #expect(statistics.overflowPages == (size == 2022 ? 0 : 100))
      #expect(statistics.pages <= (size == 2022 ? 52 : 102))
    }
  }

  @Test("a large value of 4096 k - 16 bytes fills k pages, one byte more takes another", arguments: 1...4)
  func overflowSizes(pages: Int) throws {
    let environment = try scratch.open(tables: ["records", "other"])
    let size = 4096 * pages - 16
    try environment.append(10, size: size)
    try environment.write { transaction throws(LMDBError) in
      try transaction.append(
        [UInt8](repeating: 0, count: size + 1).raw, for: 1, in: environment.table("other"))
    }
    try environment.read { transaction throws(LMDBError) in
      #expect(try transaction.statistics(of: environment.table("records")).overflowPages == 10 * pages)
      #expect(try transaction.statistics(of: environment.table("other")).overflowPages == pages + 1)
    }
  }

  @Test("a file that ends before pages which are free is opened, and goes on; cut before any other page it is not")
  func freePagesAtEnd() throws {
    let data = scratch.path.appending("data.mdb").string
    func length() -> Int {
      var information = stat()
      #expect(unsafe stat(data, &information) == 0)
      return Int(information.st_size)
    }
    do {
      let environment = try scratch.open()
      try environment.append(200)
      // What is free already has LMDB put what is given back within a transaction beside it.
      for _ in 0..<4 { try environment.append(10) }
      try environment.write { transaction throws(LMDBError) in
        let table = environment.table("records")
        try transaction.put([1].raw, for: 0, in: table)
        try transaction.put([UInt8](repeating: 7, count: 100_000).raw, for: 1001, in: table)
        #expect(try transaction.delete(1001, in: table))
      }
      #expect(environment.information().usedBytes > length(), "the file has all that is counted")
    }
    let (short, needed) = (length(), try scratch.open(.readOnly).information().usedBytes)
    #expect(try scratch.open(.readOnly).content().count == 240)
    let copy = scratch.path.appending("copy")
    try scratch.open(.readOnly).copy(to: copy)
    #expect(try Environment.open(at: copy, options: Self.options).content().count == 240)
    // A page that is in use is behind the end.
    let sound = try Data(contentsOf: URL(fileURLWithPath: data))
    for pages in 1...3 {
      try sound.prefix(short - pages * 4096).write(to: URL(fileURLWithPath: data))
      let error = #expect(throws: OpenError.self) { try scratch.open() }
      guard case .preflight(let refusal)? = error else {
        Issue.record("\(String(describing: error))")
        continue
      }
      guard case .truncated(let length, let least) = refusal.fault else {
        Issue.record("\(refusal)")
        continue
      }
      #expect(length == short - pages * 4096 && least > length && least < needed, "\(pages): \(refusal)")
    }
    try sound.write(to: URL(fileURLWithPath: data))
    let environment = try scratch.open()
    try environment.append(1000)
    #expect(try environment.content().count == 1240)
    #expect(environment.information().usedBytes <= length())
  }

  @Test("each page in use is a table's, one for bookkeeping, or in LMDB's list of free pages")
  func pages() throws {
    let environment = try scratch.open(tables: ["records", "other"])
    for _ in 0..<20 { try environment.append(50) }
    try environment.read { transaction throws(LMDBError) in
      var pages = try transaction.bookkeepingPages()
      for name in ["records", "other"] { pages += try transaction.statistics(of: environment.table(name)).pages }
      // Of each commit the pages that it freed: how many, and their numbers, in words.
      var free = 0
      var cursor = try transaction.cursor(in: Table(dbi: 0, index: 0, name: ""))
      while let entry = try cursor.next() {
        free += Int(UInt64(littleEndian: unsafe entry.value.unsafeLoadUnaligned(as: UInt64.self)))
      }
      #expect(free > 0)
      #expect(pages + free == environment.information().lastPage + 1)
    }
  }

  @Test("no environment has a writable map or lazy syncs, no table duplicates or an order of its own")
  func flags() throws {
    let unsafeFlags = MDB_WRITEMAP | MDB_MAPASYNC | MDB_NOMETASYNC | MDB_NOSYNC | MDB_NOLOCK | MDB_NOMEMINIT
    func flags(_ environment: Environment) -> Int32 {
      var flags: UInt32 = 0
      unsafe mdb_env_get_flags(environment.handle.pointer, &flags)
      return Int32(bitPattern: flags)
    }
    do {
      let environment = try scratch.open(durability: .unsynced)
      #expect(flags(environment) & unsafeFlags == MDB_NOSYNC)
      try environment.makeSynchronous()
      #expect(flags(environment) & unsafeFlags == 0)
    }
    for mode in [EnvironmentOptions.Mode.readOnly, .readWrite, .create] {
      let environment = try scratch.open(mode, tables: ["records"])
      #expect(flags(environment) & unsafeFlags == 0)
      #expect(flags(environment) & MDB_NOTLS == MDB_NOTLS)
      try environment.read { transaction throws(LMDBError) in
        var flags: UInt32 = 1
        let code = unsafe mdb_dbi_flags(transaction.handle.pointer, environment.table("records").dbi, &flags)
        #expect(code == 0 && flags == 0)
      }
    }
  }

  @Test("a transaction with more dirty pages than LMDB lists is spilled, committed, and all there")
  func spilling() throws {
    let environment = try scratch.open(mapSize: 1 << 30, durability: .unsynced)
    // One page each; LMDB lists 131,071.
    let count = 140_000
    try environment.append(count, size: 4096 - 16)
    try environment.read { transaction throws(LMDBError) in
      let table = environment.table("records")
      #expect(try transaction.count(of: table) == count)
      for key in [0, 1, 131_070, 131_071, 131_072, count - 1] {
        let value = try transaction.get(UInt64(key), in: table)?.array
        #expect(value == [UInt8](repeating: UInt8(truncatingIfNeeded: key), count: 4096 - 16))
      }
    }
    try environment.makeSynchronous()
    try environment.append(1)
  }

  @Test("where address space is limited, less is reserved, and everything works in it")
  func addressSpaceLimit() async throws {
    try scratch.open().append(100)
    await #expect(processExitsWith: .success) { [path = scratch.path.string as String] in
      HazardTests.limitAddressSpace()
      let options = EnvironmentOptions(mode: .readWrite, tables: ["records"])
      let environment = try Environment.open(at: FilePath(path), options: options)
      #expect(environment.information().mapSize < 64 << 30 && environment.information().mapSize >= 1 << 30)
      try environment.append(100)
      #expect(try environment.content().count == 200)
    }
  }

  @Test("an unsynced environment is marked until it is made synchronous")
  func unsyncedMarker() throws {
    let marker = scratch.path.appending("unsynced").string
    try scratch.open().append(1)
    do {
      let environment = try scratch.open(durability: .unsynced)
      try environment.append(10)
      #expect(FileManager.default.fileExists(atPath: marker))
      try environment.makeSynchronous()
      #expect(!FileManager.default.fileExists(atPath: marker))
      try environment.append(10)
      #expect(try scratch.open(durability: .synchronous) === environment)
    }
    #expect(try scratch.open().content().count == 21)
  }

  @Test("an unsynced environment of this start of the machine is synced when it is opened synchronously")
  func unsyncedSameBoot() throws {
    try scratch.open(durability: .unsynced).append(10)
    let marker = scratch.path.appending("unsynced").string
    #expect(FileManager.default.fileExists(atPath: marker))
    #expect(try scratch.open().content().count == 10)
    #expect(!FileManager.default.fileExists(atPath: marker))
  }

  @Test("an unsynced environment of an earlier start of the machine is refused without opening it")
  func unsyncedOtherBoot() throws {
    try scratch.open(durability: .unsynced).append(10)
    let marker = scratch.path.appending("unsynced").string
    try Data("00000000-0000-0000-0000-000000000000\n".utf8).write(to: URL(fileURLWithPath: marker))
    for mode in [EnvironmentOptions.Mode.readOnly, .readWrite, .create] {
      #expect(throws: OpenError.unsyncedRemains(scratch.path)) { try scratch.open(mode) }
      #expect(throws: OpenError.unsyncedRemains(scratch.path)) { try scratch.open(mode, durability: .unsynced) }
    }
    scratch.isDamaged = true
  }

  @Test(
    "a full disk refuses the commit, keeps what was there, and takes the commit once there is room",
    .enabled(if: SmallFileSystem.isPermittedOrRequired, "a small file system cannot be mounted here"))
  func fullDisk() throws {
    let small = try #require(SmallFileSystem(at: scratch.path.appending("small").string, megabytes: 4))
    defer { small.unmount() }
    let directory = FilePath(small.path).appending("environment")
    do {
      var options = Self.options
      options.mode = .create
      let environment = try Environment.open(at: directory, options: options)
      try environment.append(1000)
      let error = #expect(throws: LMDBError.self) { try environment.append(60_000) }
      guard case .diskFull(let needed, let available)? = error else {
        Issue.record("a full disk gave \(String(describing: error))")
        return
      }
      #expect(needed > 6_000_000 && available < needed)
      #expect(try environment.content().count == 1000)
      try environment.append(10)
      #expect(small.enlarge(megabytes: 64))
      try environment.append(60_000)
      #expect(try environment.content().count == 61_010)
    }
  }
}

extension HazardTests {
  @Test(
    "a copy that fills its disk says how much it needs, and leaves the disk as it was",
    .enabled(if: SmallFileSystem.isPermittedOrRequired, "a small file system cannot be mounted here"))
  func fullCopy() throws {
    let small = try #require(SmallFileSystem(at: scratch.path.appending("small").string, megabytes: 1))
    defer { small.unmount() }
    let environment = try scratch.open()
    try environment.append(20_000)
    let error = #expect(throws: OpenError.self) { try environment.copy(to: FilePath(small.path).appending("copy")) }
    guard case .storage(.diskFull(let needed, let available), _)? = error else {
      Issue.record("a full disk gave \(String(describing: error))")
      return
    }
    #expect(needed > 2_000_000 && available > 900_000 && available < needed)
    #expect(try FileManager.default.contentsOfDirectory(atPath: "\(small.path)/copy").isEmpty)
    #expect(try environment.content().count == 20_000)
  }
}

extension HazardTests {
  @Test("the disk has given the lock file all its room when an environment is open, also one that was there with holes")
  func allocatedLockFile() throws {
    let lock = scratch.path.appending("lock.mdb").string
    func holes() -> Int {
      var information = stat()
      #expect(unsafe stat(lock, &information) == 0 && information.st_size > 62 * 64)
      return max(0, Int(information.st_size) - Int(information.st_blocks) * 512)
    }
    try scratch.open().append(1)
    #expect(holes() == 0)
    let size = try #require(FileManager.default.attributesOfItem(atPath: lock)[.size] as? Int)
    for shorter in [size, 8192, 0] {
      // Another file: the one before may still be mapped here.
      try FileManager.default.removeItem(atPath: lock)
      #expect(FileManager.default.createFile(atPath: lock, contents: nil))
      #expect(unsafe truncate(lock, off_t(shorter)) == 0)
      _ = try scratch.open(.readOnly)
      #expect(holes() == 0)
      #expect(try FileManager.default.attributesOfItem(atPath: lock)[.size] as? Int == size)
    }
  }

  @Test(
    "a full disk refuses an environment whose lock file has no room, and ends nobody: neither at open nor at a reader",
    .enabled(if: SmallFileSystem.isPermittedOrRequired, "a small file system cannot be mounted here"))
  func fullDiskAtOpen() async throws {
    let small = try #require(SmallFileSystem(at: scratch.path.appending("small").string, megabytes: 1))
    defer { small.unmount() }
    let directory = FilePath(small.path).appending("environment")
    var options = Self.options
    options.mode = .create
    try Environment.open(at: directory, options: options).append(10)
    let lock = directory.appending("lock.mdb")
    try FileManager.default.removeItem(atPath: lock.string)
    let ballast = small.fill()
    await #expect(processExitsWith: .success) { [path = directory.string as String] in
      let error = #expect(throws: OpenError.self) {
        try Environment.open(at: FilePath(path), options: HazardTests.options)
      }
      #expect(error == .system(operation: "fallocate", FilePath(path).appending("lock.mdb"), errno: ENOSPC))
      #expect(error?.description.contains("No space left on device") == true)
    }
    try FileManager.default.removeItem(atPath: ballast)
    #expect(try Environment.open(at: directory, options: Self.options).content().count == 10)
    _ = small.fill()
    await #expect(processExitsWith: .success) { [path = directory.string as String] in
      let environment = try Environment.open(at: FilePath(path), options: HazardTests.options)
      // 62 slots are in the first page, beside the mutexes.
      func read(_ depth: Int) throws(LMDBError) {
        try environment.read { (transaction: borrowing ReadTransaction) throws(LMDBError) in
          if depth > 1 { return try read(depth - 1) }
          #expect(try transaction.count(of: environment.table("records")) == 10)
          #expect(environment.information().readers >= 200)
        }
      }
      try read(200)
    }
  }
}
