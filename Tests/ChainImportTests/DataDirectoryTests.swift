import CDiskFaults
import EventStore
import Foundation
import Primitives
import Rollup
import StoreFiles
import SystemPackage
import TestSupport
import Testing

@testable import ChainImport

@Suite("Data directories")
struct DataDirectoryTests {
  @Test("a store knows its chain and keeps its id")
  func manifest() throws {
    try ImportScratch.with(length: 2) { scratch in
      #expect(throws: DataDirectoryError.missing(path: scratch.directory().path.string)) {
        try scratch.directory().manifest()
      }
      try scratch.import(scratch.file)
      let manifest = try scratch.directory().manifest()
      #expect(manifest.chainConfigurationHash == scratch.chain.hash)
      #expect(manifest.storeID.utf8.count == 32)
      try scratch.import(scratch.file)
      #expect(try scratch.directory().manifest() == manifest)
      try scratch.import(scratch.file, into: "other")
      #expect(try scratch.directory("other").manifest().storeID != manifest.storeID)
    }
  }

  @Test(
    "a manifest that is damaged or newer is refused",
    arguments: ["", "{", "{}", #"{"format": 1}"#, #"{"format": 2, "chainConfigurationHash": "0x00", "storeID": ""}"#])
  func badManifest(text: String) throws {
    try ImportScratch.with(length: 1) { scratch in
      try scratch.import(scratch.file)
      let path = scratch.directory().manifestPath.string
      try Data(text.utf8).write(to: URL(fileURLWithPath: path))
      #expect(throws: DataDirectoryError.self) { try scratch.directory().manifest() }
      #expect(throws: ImportError.self) { try scratch.import(scratch.file) }
      // The remedy that the error names.
      let head = try scratch.head()
      try FileManager.default.removeItem(atPath: path)
      try scratch.import(scratch.file)
      #expect(try scratch.directory().manifest().chainConfigurationHash == scratch.chain.hash)
      #expect(try scratch.head() == head)
    }
  }

  @Test("a store whose manifest is gone keeps its name, or is refused: it is never given another one")
  func lostManifest() throws {
    try ImportScratch.with(length: 3) { scratch in
      try scratch.import(scratch.bytes(1...2))
      // An earlier store of this directory has a key here too.
      _ = try scratch.directory().quarantine()
      try scratch.import(scratch.bytes(1...2))
      let store = scratch.directory()
      let manifest = try store.manifest()
      try FileManager.default.removeItem(atPath: store.manifestPath.string)
      try scratch.import(scratch.file)
      #expect(try store.manifest() == manifest)

      try FileManager.default.removeItem(atPath: store.manifestPath.string)
      let names = try FileManager.default.contentsOfDirectory(atPath: store.signer.string)
      #expect(names.count { $0.hasSuffix(".key") } == 2)
      for name in names where name.hasSuffix(".key") && !name.contains(manifest.storeID) {
        let other = "ledger-\(String(repeating: "7", count: 32)).key"
        try FileManager.default.copyItem(atPath: "\(store.signer)/\(name)", toPath: "\(store.signer)/\(other)")
      }
      try expectLost(scratch, "has the keys of")
      try FileManager.default.removeItem(atPath: store.signer.string)
      try expectLost(scratch, "has no key of it")
      #expect(throws: DataDirectoryError.self) { try store.manifest() }
    }
  }

  @Test("a store whose making was cut short between key and manifest has one key in the end")
  func cutShort() throws {
    try ImportScratch.with(length: 2) { scratch in
      let store = scratch.directory()
      try FileManager.default.createDirectory(atPath: store.path.string, withIntermediateDirectories: true)
      let begun = StoreManifest.new(for: scratch.chain.hash)
      _ = try store.makeLedgerSigner(of: begun)
      try scratch.import(scratch.file)
      #expect(try store.manifest() == begun)
      // So the name is not lost with the manifest later.
      try FileManager.default.removeItem(atPath: store.manifestPath.string)
      try scratch.import(scratch.file)
      #expect(try store.manifest() == begun)
    }
  }

  private func expectLost(_ scratch: ImportScratch, _ what: String) throws {
    let error = try #require(throws: ImportError.self) { try scratch.import(scratch.file) }
    guard case .directory(.lostIdentity) = error.reason, "\(error)".contains(what) else {
      Issue.record("\(error)")
      return
    }
  }

  @Test("a manifest with any byte cut off is refused")
  func tornManifest() throws {
    try ImportScratch.with(length: 1) { scratch in
      try scratch.import(scratch.file)
      let url = URL(fileURLWithPath: scratch.directory().manifestPath.string)
      let whole = try Data(contentsOf: url)
      // The last byte is a line break, which ends the text and says nothing.
      for length in 0..<(whole.count - 1) {
        try whole.prefix(length).write(to: url)
        #expect(throws: DataDirectoryError.self) { try scratch.directory().manifest() }
      }
    }
  }

  @Test("quarantine moves everything aside, numbers go up, and a good file makes a new store")
  func quarantine() throws {
    try ImportScratch.with(length: 3) { scratch in
      #expect(try scratch.directory().quarantine() == nil)
      for number in 1...3 {
        try scratch.import(scratch.file)
        let head = try scratch.head()
        let target = try #require(try scratch.directory().quarantine())
        #expect(target.lastComponent?.string == "quarantine-\(number)")
        #expect(throws: DataDirectoryError.self) { try scratch.directory().manifest() }
        #expect(try scratch.head("store/quarantine-\(number)") == head)
      }
      #expect(try scratch.import(scratch.file).storedBlocks == 3)
    }
  }

  @Test("whichever of its names the disk does not take, a copy of a log is whole, or has no name and is made again")
  func unsettledNames() async throws {
    await #expect(processExitsWith: .success) { try DataDirectoryTests.copyWithoutNames() }
  }

  /// Copies a log as often as that syncs names, each time with another one of these syncs failing.
  static func copyWithoutNames() throws {
    try withTemporaryDirectory { path in
      let log = try EventLog.open(FilePath(path).appending("log"), mode: .create)
      try log.append((0..<20).map { NewRecord(kind: .blockSequenced, coordinates: .block(0), payload: [$0]) })
      let manifest = StoreManifest.new(for: .zero)
      func copy(to store: DataDirectory) throws {
        try store.makeLog(in: store.ledger, copying: log, manifest) { draft in
          let report = try EventLog.open(draft.ledger, mode: .readOnly).verify(options: .init(decodesEvents: false))
          #expect(report.isSound)
        }
      }
      let before = disk_calls(DISK_NAMES)
      try copy(to: DataDirectory(FilePath(path).appending("counted")))
      let calls = disk_calls(DISK_NAMES) - before
      var unsettled = 0
      for spared in 0..<calls {
        let store = DataDirectory(FilePath(path).appending("\(spared)"))
        disk_fail(DISK_NAMES, DISK_REFUSES, EIO, spared, 1)
        do {
          try copy(to: store)
          Issue.record("sync \(spared) of \(calls) failed, and nobody was told")
        } catch is UnsettledCopy {
          unsettled += 1
        } catch {
          #expect(!FileManager.default.fileExists(atPath: store.ledgerData.string), "sync \(spared)")
          try copy(to: store)
        }
        #expect(try store.manifest() == manifest)
        #expect(try EventLog.open(store.ledger, mode: .readOnly).head() == log.head())
      }
      // The directory to which the name is moved, and the one that it is moved from.
      #expect(unsettled == 2)
    }
  }

  @Test("a ledger that somebody is writing to is not moved")
  func inUse() throws {
    try ImportScratch.with(length: 1) { scratch in
      try scratch.import(scratch.file)
      let store = try OpenedStore(scratch.directory(), chain: scratch.chain)
      #expect(throws: DataDirectoryError.inUse(path: scratch.directory().ledger.string)) {
        try scratch.directory().holdingLedger { try scratch.directory().quarantine() }
      }
      withExtendedLifetime(store) {}
    }
  }
}
