import EventStore
import Foundation
import Primitives
import Rollup
import SystemPackage

/// The victim: several threads append to one log as fast as they can, and print what was acknowledged, as soon as it
/// was.
///
/// A line for the open log: `open SIZE`. Then a line for each acknowledged record: `ack POSITION LEAF-HASH`. A commit's
/// lines go out in one write, which a pipe keeps together.
struct Appender {
  static let threads = 3

  let directory: FilePath
  let seed: UInt64

  /// Commits that each thread asks for; without end when nil.
  let limit: Int?

  /// How it takes a refusal.
  enum Manner: String {
    /// It gives up, and says why.
    case plain
    /// One thread alone: if nobody knows what became of a commit, it opens the log again, and goes on from what is there.
    case persistent
    /// It says that what was refused is durable: whoever checks must find out.
    case careless
  }

  let manner: Manner

  /// The exit code of one that finds another writer at work.
  static let refusedCode: Int32 = 4

  func run() -> Never {
    do {
      if manner == .persistent { try appendPersistently() }
      let log = try EventLog.open(directory, mode: .create)
      Self.say("open \(try log.head().size)\n")
      DispatchQueue.concurrentPerform(iterations: Self.threads) { writer in append(to: log, as: UInt64(writer)) }
    } catch EventLog.OpenError.writerLocked(let path, _) {
      FaultDriver.fail("\(path) is locked", code: Self.refusedCode)
    } catch {
      FaultDriver.fail("\(error)", code: 3)
    }
    exit(0)
  }

  private func append(to log: EventLog, as writer: UInt64) {
    var source = Source(process: seed, writer: writer)
    var commits = 0
    do {
      while limit.map({ commits < $0 }) ?? true {
        commits += 1
        do throws(AppendError) { try Self.acknowledge(try log.append(source.batch()), in: log) } catch {
          guard manner == .careless else { throw error }
          Self.say("ack \(try log.head().size) \(Hash256.zero)\n")
        }
      }
    } catch {
      FaultDriver.fail("\(error)", code: 3)
    }
  }

  /// Appends on one thread, in as many lives of the log as it takes.
  private func appendPersistently() throws -> Never {
    var source = Source(process: seed, writer: 0)
    var commits = 0
    var pending: [NewRecord] = []
    var isSaid = false
    while commits < limit ?? .max {
      let log = try EventLog.open(directory, mode: .create)
      if !isSaid { Self.say("open \(try log.head().size)\n") }
      isSaid = true
      // One more than before, so that the pages of the commit that failed get another content.
      if !pending.isEmpty { pending.append(source.record()) }
      do throws(AppendError) {
        while commits < limit ?? .max {
          if pending.isEmpty { pending = source.batch() }
          try Self.acknowledge(try log.append(pending, expecting: try? log.head()), in: log)
          pending = []
          commits += 1
        }
      } catch {
        guard case .outcomeUnknown = error else { throw error }
      }
    }
    exit(0)
  }

  static func acknowledge(_ appended: Appended, in log: EventLog) throws(AppendError) {
    var lines = ""
    do throws(ReadError) {
      for range in appended.positions {
        for position in range.lowerBound.rawValue..<range.upperBound.rawValue {
          lines += "ack \(position) \(try log.leafHash(at: Position(position)))\n"
        }
      }
    } catch { throw .unreadable(error) }
    say(lines)
  }

  static func say(_ text: String) {
    _ = try? FileDescriptor.standardOutput.writeAll(Array(text.utf8))
  }
}
