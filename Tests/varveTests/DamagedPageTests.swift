import Foundation
import TestSupport
import Testing

/// LMDB checks nothing that it reads: a page that is not what it was ends the process, or gives other records. So logs are
/// verified in a child process, record by record.
@Suite("Damaged pages")
struct DamagedPageTests {

  /// What becomes of a page.
  enum Damage: CaseIterable {
    case zeros, ones, neighbour

    func page(_ number: Int, of file: Data) -> Data {
      switch self {
      case .zeros: Data(repeating: 0, count: pageSize)
      case .ones: Data(repeating: 0xff, count: pageSize)
      case .neighbour: file[(number - 1) * pageSize..<number * pageSize]
      }
    }
  }

  /// Pages are taken one after the other if all are asked for, else about so many, from all over the file.
  private static let sampled = 20

  @Test("a page that is zeroed, filled with ones or replaced by the one before is found, or no record stood on it")
  func pages() throws {
    let isExhaustive = ProcessInfo.processInfo.environment["VARVE_TEST_EXHAUSTIVE"] != nil
    try DemoWorld.withStore { world in
      let path = URL(fileURLWithPath: "\(world.store)/ledger/data.mdb")
      let sound = try Data(contentsOf: path)
      let root = try world.root()
      let list = ["log", "list", "--count", "1000000", "--json"]
      let records = try world.expect(0, list).output
      let count = sound.count / pageSize
      var found = 0
      for number in stride(from: 1, to: count, by: isExhaustive ? 1 : max(1, count / Self.sampled)) {
        for damage in isExhaustive ? Damage.allCases : [Damage.allCases[number % 3]] {
          var file = sound
          file.replaceSubrange(
            number * pageSize..<(number + 1) * pageSize, with: damage.page(number, of: sound))
          try file.write(to: path)
          let run = try Tool.run(["log", "verify", "--json", "--data-dir", world.store])
          if run.exitCode == 1 { found += 1 }
          let isWhole = run.exitCode == 0 && run.output.contains(root)
          #expect(run.exitCode == 1 || isWhole, "page \(number), \(damage): \(run.exitCode) \(run.output)\(run.errors)")
          // Each record as another command reads it, payload hash and all.
          if isWhole { #expect(try world.expect(0, list).output == records, "page \(number), \(damage)") }
        }
      }
      #expect(found > 0 && records.split(separator: "\n").count == 260)
      try sound.write(to: path)
      try world.expect(0, ["log", "verify"])
    }
  }

  @Test("what a page ended is not started over it again: the log is checked first, once")
  func suspicion() throws {
    try DemoWorld.withStore { world in
      let path = URL(fileURLWithPath: "\(world.store)/ledger/data.mdb")
      let mark = "\(world.store)/ledger/suspect"
      let sound = try Data(contentsOf: path)
      let list = ["log", "list", "--data-dir", world.store]
      // A page of records that says it is one of references, on which LMDB's cursor asserts.
      let fatal = try (2..<sound.count / pageSize).first { number in
        var file = sound
        file.replaceSubrange(number * pageSize + 10..<number * pageSize + 12, with: [0x41, 0])
        try file.write(to: path)
        return try Tool.run(list).exitCode > 128
      }
      try #require(fatal != nil)
      #expect(FileManager.default.fileExists(atPath: mark))
      for arguments in [list, ["log", "stats", "--data-dir", world.store]] {
        let refused = try Tool.run(arguments)
        #expect(refused.exitCode == 1 && refused.errors.contains("is damaged; it ended a process before"), "\(refused)")
      }
      try sound.write(to: path)
      let checked = try Tool.run(list)
      #expect(checked.exitCode == 0 && checked.errors.contains("it is sound"), "\(checked)")
      #expect(!FileManager.default.fileExists(atPath: mark))
      #expect(try !Tool.run(list).errors.contains("it is sound"))
    }
  }

  @Test("a mark has its log checked, whatever opens it, and goes when it is sound; a signal that was sent leaves one")
  func marks() throws {
    try DemoWorld.withStore { world in
      let path = "\(world.store)/ledger/suspect"
      func mark() { _ = FileManager.default.createFile(atPath: path, contents: nil) }
      for arguments in [["log", "stats"], ["replay"], ["doctor"], world.importing(world.chain)] {
        mark()
        let run = try Tool.run(arguments + ["--data-dir", world.store])
        #expect(run.errors.contains("it is sound"), "\(arguments): \(run)")
        #expect(!FileManager.default.fileExists(atPath: path))
      }
      // What examines a log by a child looks at it anyhow.
      mark()
      try world.expect(0, ["log", "verify"])
      try world.expect(0, ["log", "repair"])
      #expect(try Tool.run(["log", "list", "--data-dir", world.store]).exitCode == 0)
      #expect(!FileManager.default.fileExists(atPath: path))

      let devnet = try RunningTool(
        ["devnet", "--pace", "60", "--data-dir", "\(world.store)-devnet"], outputPath: "\(world.directory)/devnet")
      #expect(devnet.waitFor("at "))
      #expect(devnet.end(SIGSEGV) == 128 + SIGSEGV)
      #expect(FileManager.default.fileExists(atPath: "\(world.store)-devnet/ledger/suspect"))
    }
  }
}

/// LMDB takes that of the system.
private let pageSize = sysconf(Int32(_SC_PAGESIZE))
