import Foundation
import LMDB
import SystemPackage
import Testing

@Suite("Environments")
final class EnvironmentTests {
  let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private func names() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: scratch.path.string).sorted()
  }

  @Test("a file is created only when asked for", arguments: [EnvironmentOptions.Mode.readOnly, .readWrite])
  func noImplicitCreation(mode: EnvironmentOptions.Mode) throws {
    #expect(throws: OpenError.missing(scratch.data)) { try scratch.open(mode) }
    #expect(try names() == [])
  }

  @Test("creation leaves the data file, its lock and nothing else, in a directory made for it")
  func creation() throws {
    let directory = scratch.path.appending("a").appending("b")
    do {
      let environment = try Environment.open(
        at: directory, options: EnvironmentOptions(mode: .create, tables: ["t"], mapSize: 1 << 24))
      #expect(environment.information().transaction == 1)
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: directory.string).sorted() == ["data.mdb", "lock.mdb"])
  }

  @Test("what a killed creation left behind does not hinder the next one")
  func leftovers() throws {
    let left = scratch.path.appending(".new-\(ProcessInfo.processInfo.processIdentifier)").string
    try FileManager.default.createDirectory(atPath: left, withIntermediateDirectories: true)
    try Data([1, 2, 3]).write(to: URL(fileURLWithPath: left + "/data.mdb"))
    try scratch.open().append(1)
    #expect(try names() == ["data.mdb", "lock.mdb"])
  }

  @Test("opening a file that is open gives the same environment, under any path")
  func sameHandle() throws {
    let environment = try scratch.open()
    #expect(try scratch.open() === environment)
    #expect(try scratch.open(.readOnly) === environment)
    let link = scratch.path.appending("link").string
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: scratch.path.string)
    let options = EnvironmentOptions(mode: .readWrite, tables: [], mapSize: 1 << 24)
    #expect(try Environment.open(at: FilePath(link), options: options) === environment)
  }

  @Test("opening a file that is open with contradicting options is refused, and names the option")
  func contradiction() throws {
    let environment = try scratch.open()
    #expect(throws: OpenError.optionsDisagree(scratch.path, option: "durability")) {
      try scratch.open(durability: .unsynced)
    }
    #expect(throws: OpenError.optionsDisagree(scratch.path, option: "set of tables")) {
      try scratch.open(tables: ["records", "other"])
    }
    #expect(throws: OpenError.missingTable("other", scratch.path)) { try scratch.open(.readOnly, tables: ["other"]) }
    try environment.append(1)
  }

  @Test("an environment open for reading is not opened for writing, and refuses writes")
  func readOnly() throws {
    try scratch.open().append(2)
    let environment = try scratch.open(.readOnly)
    #expect(throws: OpenError.optionsDisagree(scratch.path, option: "mode")) { try scratch.open(.readWrite) }
    #expect(throws: LMDBError.readOnly) { try environment.append(1) }
    #expect(try environment.content().count == 2)
  }

  @Test("an environment closes with its last reference, and its file can be opened with other options then")
  func close() throws {
    try scratch.open(tables: ["records", "other"]).append(1)
    #expect(try scratch.open(.readOnly).content().count == 1)
    #expect(try scratch.open(.readWrite, tables: ["other"]).information().readers == 0)
    #expect(try scratch.open(.readOnly, tables: ["records", "other"]).content(of: "other") == [])
  }

  @Test("a table that a file lacks is refused, for writing too, and nothing is changed")
  func missingTable() throws {
    try scratch.open().append(1)
    let file = URL(fileURLWithPath: scratch.path.appending("data.mdb").string)
    let before = try Data(contentsOf: file)
    for mode: EnvironmentOptions.Mode in [.readOnly, .readWrite, .create] {
      #expect(throws: OpenError.missingTable("other", scratch.path)) {
        try scratch.open(mode, tables: ["records", "other"])
      }
    }
    #expect(try Data(contentsOf: file) == before)
  }

  @Test("many threads that open and close one file never hold two environments")
  func registryRace() async throws {
    try scratch.open().append(1)
    let path = scratch.path
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<8 {
        group.addTask {
          for _ in 0..<40 {
            let options = EnvironmentOptions(mode: .readWrite, tables: ["records"], mapSize: 1 << 24)
            let environment = try? Environment.open(at: path, options: options)
            #expect((try? environment?.content().count) == 1)
          }
        }
      }
    }
  }

  @Test("sizes, readers and the lag of the oldest reader are told")
  func information() throws {
    let environment = try scratch.open(mapSize: 1 << 26)
    try environment.append(1000)
    let before = environment.information()
    #expect(before.mapSize == 1 << 26 && before.maxReaders == 1024 && before.transaction == 2)
    #expect(before.usedBytes <= (try scratch.bytes().count) && before.usedBytes > 100_000)
    #expect(before.oldestReaderLag == 0)
    try environment.read { transaction throws(LMDBError) in
      for _ in 0..<3 { try environment.append(1) }
      #expect(environment.information().oldestReaderLag == 3)
      #expect(environment.readers().filter { $0.snapshot == 2 }.count == 1)
      let statistics = try transaction.statistics(of: environment.table("records"))
      #expect(statistics.entries == 1000 && statistics.depth == 2 && statistics.branchPages == 1)
    }
    #expect(environment.information().oldestReaderLag == 0)
  }

  @Test("reads may nest, more of them than the pool keeps")
  func nestedReads() throws {
    let environment = try scratch.open()
    try environment.append(1)
    func nest(_ depth: Int) throws(LMDBError) -> Int {
      try environment.read { transaction throws(LMDBError) in
        depth == 0 ? try transaction.count(of: environment.table("records")) : try nest(depth - 1)
      }
    }
    #expect(try nest(200) == 1)
    #expect(environment.information().readers <= 201)
  }

  @Test("a library version with faulty locks is warned of, and no other", arguments: 20...35)
  func version(patch: Int) {
    let warnings = LibraryVersion(major: 0, minor: 9, patch: patch).warnings
    #expect(warnings.isEmpty == !(26...31).contains(patch))
  }

  @Test("a network file system is refused unless allowed, an overlay is warned of")
  func fileSystems() throws {
    for (type, verdict) in FileSystem.verdicts {
      var options = EnvironmentOptions(mode: .create, tables: ["t"], mapSize: 1 << 24)
      let directory = scratch.path.appending("\(type)")
      let found = { (_: FilePath) throws(OpenError) in FileSystem(type: type) }
      switch verdict {
      case .local:
        break
      case .warning:
        #expect(try Environment.open(at: directory, options: options, fileSystem: found).warnings.count >= 1)
      case .network(let name):
        #expect(throws: OpenError.networkFileSystem(directory, name: name)) {
          try Environment.open(at: directory, options: options, fileSystem: found)
        }
        options.allowNetworkFileSystem = true
        #expect(try Environment.open(at: directory, options: options, fileSystem: found).warnings.count >= 1)
      }
    }
    // ext4, xfs, btrfs, tmpfs: magic.h
    for type in [0xEF53, 0x5846_5342, 0x9123_683E, 0x0102_1994] as [UInt32] {
      #expect(FileSystem(type: type).verdict == .local)
    }
  }
}
