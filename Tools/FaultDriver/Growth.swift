import EventStore
import Foundation
import LMDB
import Logging
import MerkleLog
import Primitives
import Rollup
import Synchronization
import SystemPackage

/// The victim whose map is small: several threads append to one log, whose map is full again and again and made larger.
///
/// Lines beside those of `Appender`: `map BYTES` when the map is larger than it was; `full` for an append that was refused
/// because the map was full, and that is made again.
struct Growth {
  let directory: FilePath
  let seed: UInt64

  /// What is in the way of a larger map.
  enum Manner: String {
    case plain
    /// A reader of the same process, which stays in a snapshot until an append has been refused.
    case pinned
    /// Likewise, and it says that what was refused is durable: whoever checks must find out.
    case careless
  }

  let manner: Manner

  /// Bytes of the map that a process asks for at open. A log that has more gets twice as much as it has.
  static let mapSize = 1 << 16

  func run() -> Never {
    // That the map is nearly full would be told each time.
    LoggingSystem.bootstrap { _ in SwiftLogNoOpLogHandler() }
    do {
      let log = try EventLog.open(directory, mode: .create, mapSize: Self.mapSize)
      let refused = DispatchSemaphore(value: 0)
      if manner != .plain { pin(log, until: refused) }
      Appender.say("open \(try log.head().size)\n")
      let largest = Atomic(log.environment.information().mapSize)
      DispatchQueue.concurrentPerform(iterations: Appender.threads) { writer in
        var source = Source(process: seed, writer: UInt64(writer))
        do {
          while true {
            let batch = source.batch()
            while try !isAppended(batch, to: log, refused) {}
            let size = log.environment.information().mapSize
            if largest.max(size, ordering: .relaxed).oldValue < size { Appender.say("map \(size)\n") }
          }
        } catch { FaultDriver.fail("\(error)", code: 3) }
      }
    } catch { FaultDriver.fail("\(error)", code: 3) }
    exit(0)
  }

  /// Whether it was appended. A full map is the only reason to ask again.
  private func isAppended(_ batch: [NewRecord], to log: EventLog, _ refused: DispatchSemaphore) throws -> Bool {
    do throws(AppendError) { try Appender.acknowledge(try log.append(batch), in: log) } catch {
      guard case .store(.mapFull) = error else { throw error }
      Appender.say(manner == .careless ? "ack \(try log.head().size) \(Hash256.zero)\n" : "full\n")
      refused.signal()
      return false
    }
    return true
  }

  private func pin(_ log: EventLog, until isOver: DispatchSemaphore) {
    let isPinned = DispatchSemaphore(value: 0)
    Thread.detachNewThread {
      _ = try? log.environment.read { (_: borrowing ReadTransaction) throws(LMDBError) in
        isPinned.signal()
        isOver.wait()
      }
    }
    isPinned.wait()
  }
}

/// A reader with a small map, which follows a log that grows until its input ends. It reads every record once, and holds the
/// tree over them against each head. Says `looked` when it has looked once; at the end how often it did each thing.
struct Watch {
  let directory: FilePath

  let manner: Manner

  enum Manner: String {
    /// It keeps the log open, and stays in a snapshot while it tries others.
    case plain
    /// It opens the log anew for each look.
    case anew
    /// As the plain one, but it takes another snapshot for the one it stayed in: whoever checks must find out.
    case moved
  }

  private var frontier = Frontier()
  private var looks = 0

  /// How often the map had become larger.
  private var grown = 0

  /// How many snapshots it was refused beside the one it stayed in: its map could not follow.
  private var refused = 0

  init(directory: FilePath, _ manner: Manner) {
    self.directory = directory
    self.manner = manner
  }

  mutating func run() -> Never {
    do {
      if manner == .anew {
        while !hasInputEnded(within: 1) {
          try look(EventLog.open(directory, mode: .readOnly, mapSize: Growth.mapSize))
        }
      } else {
        let log = try EventLog.open(directory, mode: .readOnly, mapSize: Growth.mapSize)
        while !hasInputEnded(within: 0) { try stay(in: log) }
      }
    } catch { FaultDriver.fail("\(error)", code: 1) }
    Appender.say("counts \(looks) \(grown) \(refused)\n")
    exit(0)
  }

  /// Stays in a snapshot, which must not change whatever else is looked at meanwhile.
  private mutating func stay(in log: EventLog) throws {
    let mapSize = log.environment.information().mapSize
    let isSame = try Pin.isSame(in: log, moving: manner == .moved) { () throws(ReadFailure) in
      for _ in 0..<3 {
        usleep(2000)
        do throws(ReadError) { _ = try log.head() } catch {
          guard case .store(.mapResized) = error else { throw ReadFailure(error) }
          refused += 1
        }
      }
    }
    guard isSame else { throw Checker.Violation(description: "a snapshot has changed") }
    // Nothing of this process reads now, and the map can follow.
    try look(log)
    if log.environment.information().mapSize > mapSize { grown += 1 }
  }

  /// Reads what is new.
  private mutating func look(_ log: EventLog) throws {
    let head = try log.head()
    guard head.size >= frontier.size else {
      throw Checker.Violation(description: "\(frontier.size) records were there, now \(head.size)")
    }
    var found: [(leaf: Hash256, payload: [UInt8])] = []
    try log.read(Position(frontier.size)..<Position(head.size)) { (view: borrowing RecordView) throws(ReadFailure) in
      do throws(ReadError) {
        let record = try view.copy()
        found.append((record.header.leafHash, record.payload))
      } catch { throw ReadFailure(error) }
    }
    for record in found {
      guard Payload(record.payload)?.bytes == record.payload else {
        throw Checker.Violation(description: "record \(frontier.size) is torn")
      }
      frontier.append(leafHash: record.leaf)
    }
    guard frontier.root == head.root else {
      throw Checker.Violation(description: "\(head.size) records are not those of the tree")
    }
    looks += 1
    if looks == 1 { Appender.say("looked\n") }
  }

  private func hasInputEnded(within milliseconds: Int32) -> Bool {
    var request = pollfd(fd: 0, events: Int16(POLLIN), revents: 0)
    return unsafe poll(&request, 1, milliseconds) > 0
  }
}
