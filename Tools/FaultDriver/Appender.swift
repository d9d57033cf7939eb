import EventStore
import Foundation
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

  func run() -> Never {
    do {
      let log = try EventLog.open(directory, mode: .create)
      say("open \(try log.head().size)\n")
      DispatchQueue.concurrentPerform(iterations: Self.threads) { writer in append(to: log, as: UInt64(writer)) }
    } catch {
      FaultDriver.fail("\(error)", code: 3)
    }
    exit(0)
  }

  private func append(to log: EventLog, as writer: UInt64) {
    var random = SeededGenerator(seed: seed &+ writer)
    var count: UInt64 = 0
    var commits = 0
    do {
      while limit.map({ commits < $0 }) ?? true {
        commits += 1
        let records = (0..<Int.random(in: 1...12, using: &random)).map { _ in
          defer { count += 1 }
          return NewRecord(
            kind: .blockSequenced, coordinates: .block(count),
            payload: Payload(process: seed, writer: writer, count: count).bytes)
        }
        try acknowledge(try log.append(records), in: log)
      }
    } catch {
      FaultDriver.fail("\(error)", code: 3)
    }
  }

  private func acknowledge(_ appended: Appended, in log: EventLog) throws {
    var lines = ""
    for range in appended.positions {
      for position in range.lowerBound.rawValue..<range.upperBound.rawValue {
        lines += "ack \(position) \(try log.leafHash(at: Position(position)))\n"
      }
    }
    say(lines)
  }

  private func say(_ text: String) {
    _ = try? FileDescriptor.standardOutput.writeAll(Array(text.utf8))
  }
}
