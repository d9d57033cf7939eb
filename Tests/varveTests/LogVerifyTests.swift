import EventStore
import Foundation
import LMDB
import Primitives
import Rollup
import StoreFiles
import SystemPackage
import TestSupport
import Testing

@testable import varve

@Suite("A check of a log that is stopped")
struct LogVerifyTests {
  private static let options = EventLog.VerifyOptions(checksAccumulators: true, recordsPerStep: 64)

  /// Verifies so many steps of a log, of 64 records each; what it keeps for later.
  private func stopped(_ log: EventLog, after steps: Int, _ file: ResumeFile) throws -> VerifyReport {
    var left = steps
    return try file.verify(log, from: VerifyCheckpoint(), options: Self.options, every: 64) { _ in
      left -= 1
      return left > 0
    }
  }

  @Test("it goes on where it was, to the same end, and then forgets")
  func resumed() throws {
    try withTemporaryDirectory { path in
      let log = try EventLog.open(FilePath(path).appending("log"), mode: .create)
      try log.append(
        (0..<300 as Range<UInt64>).map { index in
          let output = OutputFinalized(outputIndex: index, outputRoot: .zero, l2BlockNumber: 1)
          return NewRecord(.outputFinalized(output), at: .block(1))
        })
      let file = ResumeFile(path: FilePath(path).appending("state"))
      #expect(try file.checkpoint(of: log) == VerifyCheckpoint())
      let first = try stopped(log, after: 2, file)
      #expect(first.verified == 128 && !first.isSound)
      let checkpoint = try file.checkpoint(of: log)
      #expect(checkpoint == first.checkpoint && checkpoint.position == 128)
      let identity = try #require(try Files.status(DataDirectory.data(of: log.directory))).identity
      let line = "device \(identity.device), inode \(identity.inode)\n"
      #expect(FileManager.default.contents(atPath: file.path.string) == Data(line.utf8 + checkpoint.encoded))
      // A copy has the same tree, and is read from the beginning.
      let place = FilePath(path).appending("copy")
      try log.copy(to: place)
      #expect(try file.checkpoint(of: EventLog.open(place, mode: .inspection)) == VerifyCheckpoint())
      var steps = 0
      let rest = try file.verify(log, from: checkpoint, options: Self.options) { _ in
        steps += 1
        return true
      }
      #expect(steps == 3 && rest.verified == 300 && rest.isSound)
      #expect(!FileManager.default.fileExists(atPath: file.path.string))
      // What cannot be kept is told, and stops.
      let nowhere = ResumeFile(path: FilePath(path).appending("none").appending("state"))
      #expect(throws: (any Error).self) { try stopped(log, after: 9, nowhere) }
    }
  }

  @Test("the tool reads what is left; of another log, from the beginning; and writes over nothing else")
  func tool() throws {
    try DemoWorld.withStore { world in
      let file = ResumeFile(path: FilePath(world.directory).appending("state"))
      let verify = ["log", "verify", "--resume", file.path.string]
      func stop() throws {
        _ = try stopped(EventLog.open(FilePath(world.store).appending("ledger"), mode: .inspection), after: 2, file)
      }
      try stop()
      let told = try world.expect(0, verify)
      #expect(told.errors.contains("going on from record 128") && told.output.contains("sound: 260 records"))
      #expect(!FileManager.default.fileExists(atPath: file.path.string))
      #expect(try !world.expect(0, verify).errors.contains("going on"))

      // Record 40 is not read again, and is damaged all the same.
      try stop()
      let hash = try #require(try world.json(["log", "show", "40"])[0]["payloadHash"] as? String)
      let digits = stride(from: 2, to: hash.count, by: 2).map { UInt8(hash.dropFirst($0).prefix(2), radix: 16) ?? 0 }
      #expect(try world.damage("\(world.store)/ledger/data.mdb", at: digits) > 0)
      try world.expect(0, verify)
      try world.expect(1, verify)

      // What was found before the stop counts at the end, too.
      try stop()
      let late = try world.expect(1, verify)
      #expect(late.errors.contains("going on from record 128"))
      #expect(late.output.contains("NOT sound") && late.output.contains("by the check that it went on from"))

      let other = try EventLog.open(FilePath(world.directory).appending("other"), mode: .create)
      try other.append((0..<200).map { NewRecord(kind: .blockSequenced, coordinates: .block(0), payload: [$0]) })
      _ = try stopped(other, after: 2, file)
      let anew = try world.expect(1, verify)
      #expect(!anew.errors.contains("going on") && anew.output.contains("record 40"))

      let notes = Data("notes\n".utf8)
      try notes.write(to: URL(fileURLWithPath: file.path.string))
      #expect(try world.expect(3, verify).errors.contains("name another file"))
      #expect(FileManager.default.contents(atPath: file.path.string) == notes)
    }
  }
}
