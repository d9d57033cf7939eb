import EventStore
import Foundation
import Primitives
import Rollup
import StoreFiles
import SystemPackage
import TestSupport
import Testing

@Suite("Backup and restore")
struct BackupTests {
  @Test("a backup is restored to the same log, and refused where more was signed than it has")
  func backupAndRestore() throws {
    try DemoWorld.with { world in
      try world.importGenesisAlone()
      let backup = "\(world.directory)/backup"
      let early = try world.root()
      try world.expect(0, ["log", "backup", backup])
      try world.expect(3, ["log", "backup", backup])
      #expect(!FileManager.default.fileExists(atPath: "\(backup)/signer"))
      try world.expect(3, ["log", "restore", backup])

      try FileManager.default.removeItem(atPath: "\(world.store)/ledger")
      try world.expect(0, ["log", "restore", backup])
      #expect(try world.root() == early)

      try world.expect(0, world.importing(world.chain))
      try world.expect(0, ["log", "checkpoint"])
      try FileManager.default.removeItem(atPath: "\(world.store)/ledger")
      let refused = try world.expect(1, ["log", "restore", backup])
      #expect(refused.errors.contains("was signed"))
      #expect(!FileManager.default.fileExists(atPath: "\(world.store)/ledger/data.mdb"))
    }
  }

  @Test("a backup of which more was signed is refused, even if that was signed after it had been looked at")
  func restoreGuard() throws {
    try DemoWorld.withStore { world in
      let (store, copy) = (DataDirectory(FilePath(world.store)), "\(world.directory)/copy")
      try world.expect(0, ["log", "backup", copy])
      let backup = try EventLog.open(DataDirectory(FilePath(copy)).ledger, mode: .readOnly)
      let (manifest, log) = (try store.manifest(), try EventLog.open(store.ledger, mode: .readWrite))
      let signer = try store.ledgerSigner(of: manifest)
      let target = DataDirectory(FilePath(world.directory).appending("target"))
      var (asked, checked) = (0, 0)
      func restore() throws {
        try target.restoreLog(
          in: target.ledger, from: backup, manifest,
          guardedBy: {
            asked += 1
            if asked == 2 {
              let output = OutputFinalized(outputIndex: 0, outputRoot: .zero, l2BlockNumber: 1)
              try log.append([NewRecord(.outputFinalized(output), at: .block(1))])
              _ = try signer.checkpoint(of: log)
            }
            return signer
          }, check: { _ in checked += 1 })
      }
      for count in [2, 3] {
        let error = #expect(throws: SignerError.self) { try restore() }
        #expect(error?.description.contains("was signed, and the log has 260") == true)
        #expect(asked == count && checked == 0)
        #expect(!FileManager.default.fileExists(atPath: target.ledgerData.string))
        #expect(try target.manifestIfPresent() == nil)
      }
    }
  }

  @Test("a backup that is made while another process appends is the log as of one of its commits, whole")
  func backupMeanwhile() throws {
    try withTemporaryDirectory { directory in
      let store = "\(directory)/live"
      let devnet = try RunningTool(["devnet", "--pace", "0", "--data-dir", store], outputPath: "\(directory)/devnet")
      var isRunning = true
      defer { if isRunning { _ = devnet.end(SIGKILL) } }
      try #require(devnet.waitFor("L1 block 3,"))
      let log = try EventLog.open(FilePath(store).appending("ledger"), mode: .readOnly)
      var grown = 0
      for number in 1...20 where grown < 3 {
        let copy = "\(directory)/copy-\(number)"
        let before = try log.head().size
        let run = try Tool.run(["log", "backup", copy, "--data-dir", store])
        #expect(run.exitCode == 0, "\(run.errors)")
        let after = try log.head().size
        if after > before { grown += 1 }
        let head = try EventLog.open(FilePath(copy).appending("ledger"), mode: .readOnly).head()
        #expect((before...after).contains(head.size))
        #expect(try head.root == log.root(ofSize: head.size))
        #expect(try Tool.run(["log", "verify", "--data-dir", copy]).exitCode == 0)
      }
      #expect(grown == 3, "it appended meanwhile")
      isRunning = false
      #expect(devnet.end(SIGINT) == 0)
      #expect(try Tool.run(["log", "verify", "--data-dir", store]).exitCode == 0)
    }
  }
}
