import ArgumentParser
import Dispatch
import EventStore
import Foundation
import LMDB
import Rollup
import SystemPackage

/// `varve bench log append`: durable appends, checksum, payload hash, leaf and tree included.
struct BenchLogAppend: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "append", abstract: "Append records durably.")

  @Argument(help: "The directory of the log; made if it is missing.")
  var directory: String

  @Option(help: "Bytes of a payload.")
  var record = 200

  @Option(help: "Records in one append.")
  var batch = 100

  @Option(help: "Records in all.")
  var records = 100_000

  @Option(help: "Threads that append at the same time; each waits for its own commit before it goes on.")
  var callers = 1

  @Flag(help: "The callers are tasks, which hold no thread while they wait.")
  var tasks = false

  @Option(help: "Readers that hold a snapshot meanwhile, each of another commit.")
  var pinned = 0

  func run() throws {
    let log = try EventLog.open(FilePath(directory), mode: .create)
    let pins = try pin(log)
    defer { for pin in pins { pin.signal() } }
    let pool = PayloadPool(bytes: record)
    let rounds = max(records / batch / callers, 1)
    let (record, batch) = (record, batch)
    let time = ContinuousClock().measure {
      let group = DispatchGroup()
      for _ in 0..<callers {
        group.enter()
        if tasks {
          Task {
            for round in 0..<rounds { await Self.append(pool.batch(batch, from: round * batch), to: log) }
            group.leave()
          }
        } else {
          Thread {
            for round in 0..<rounds { Self.append(pool.batch(batch, from: round * batch), to: log) }
            group.leave()
          }.start()
        }
      }
      group.wait()
    }
    let statistics = try log.statistics()
    Measurement(
      "append", sync: "fdatasync", recordBytes: record, batch: batch, callers: callers,
      records: UInt64(rounds * batch * callers), time: time, bytesOnDisk: statistics.usedBytes
    ).with(statistics.commits).print()
  }

  /// Readers that hold a snapshot each, with a commit between them, until they are signalled.
  private func pin(_ log: EventLog) throws -> [DispatchSemaphore] {
    let pool = PayloadPool(bytes: record)
    return (0..<pinned).map { _ in
      Self.append(pool.batch(batch, from: 0), to: log)
      let (isPinned, isOver) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
      Thread {
        _ = try? log.environment.read { (_: borrowing ReadTransaction) throws(LMDBError) in
          isPinned.signal()
          isOver.wait()
        }
      }.start()
      isPinned.wait()
      return isOver
    }
  }

  /// One append. Hashing happens here, on the caller; the writer sees finished records.
  private static func append(_ payloads: [[UInt8]], to log: EventLog) {
    let new = NewRecord.each(payloads, kind: .blockSequenced, coordinates: .block(0))
    do throws(AppendError) { try log.append(new) } catch { fatalError("\(error)") }
  }

  private static func append(_ payloads: [[UInt8]], to log: EventLog) async {
    let new = NewRecord.each(payloads, kind: .blockSequenced, coordinates: .block(0))
    do throws(AppendError) { try await log.append(new) } catch { fatalError("\(error)") }
  }
}
