import EventStore
import Foundation
import LMDB
import Primitives
import Rollup
import SystemPackage
import TestSupport
import Testing

@Suite("Copies of a log")
struct CopyTests {
  @Test("a copy that is made while others append is a sound beginning of the log")
  func whileAppending() async throws {
    try await withLog { log, directory in
      try log.fill(500)
      let parent = directory.removingLastComponent()
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask {
          for number in 0..<60 { try await log.append([plain(pattern(3000, seed: number)), plain([])]) }
        }
        group.addTask {
          for number in 0..<6 { try log.copy(to: parent.appending("copy-\(number)")) }
        }
        try await group.waitForAll()
      }
      for number in 0..<6 {
        let copy = parent.appending("copy-\(number)")
        try requireSound(copy)
        let head = try EventLog.open(copy, mode: .readOnly).head()
        #expect(head.size >= 500)
        #expect(try log.root(ofSize: head.size) == head.root)
      }
    }
  }

  @Test("nothing is copied over a log that is there")
  func overwriting() throws {
    try withLog { log, directory in
      try log.fill(9)
      let copy = directory.removingLastComponent().appending("copy")
      try log.copy(to: copy)
      try log.fill(1)
      #expect(throws: LMDB.OpenError.self) { try log.copy(to: copy) }
      #expect(throws: LMDB.OpenError.self) { try log.copy(to: directory) }
      #expect(try EventLog.open(copy, mode: .readOnly).head().size == 9)
    }
  }

  @Test("what a copy that was cut short has left is no log, and does not stand in the way of the next")
  func interrupted() throws {
    try withLog { log, directory in
      try log.fill(9)
      let copy = directory.removingLastComponent().appending("copy")
      try FileManager.default.createDirectory(atPath: copy.string, withIntermediateDirectories: false)
      let whole = try Data(contentsOf: URL(fileURLWithPath: directory.appending("data.mdb").string))
      try whole.prefix(5000).write(to: URL(fileURLWithPath: copy.appending("data.mdb.tmp").string))
      #expect(throws: EventLog.OpenError.self) { try EventLog.open(copy, mode: .readOnly) }
      try log.copy(to: copy)
      try requireSound(copy)
    }
  }
}
