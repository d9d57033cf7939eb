import ArgumentParser
import EventStore
import Rollup
import SystemPackage

/// `varve bench log scan`: every record, checksum verified.
struct BenchLogScan: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "scan", abstract: "Read all records, checked.")

  @Argument(help: "The directory of the log.")
  var directory: String

  @Option(help: "How often.")
  var rounds = 3

  func run() throws {
    let log = try EventLog.open(FilePath(directory), mode: .readOnly)
    let head = try log.head()
    for _ in 0..<rounds {
      var sum: UInt64 = 0
      let clock = ContinuousClock()
      let start = clock.now
      try log.read(head.positions) { (view: borrowing RecordView) throws(ReadError) in
        sum &+= view.position.rawValue &+ UInt64(view.rawKind)
      }
      let time = clock.now - start
      guard sum > 0 || head.size == 0 else { throw ExitCode(3) }
      Measurement("scan", of: head, time: time).print()
    }
  }
}

/// `varve bench log open`: open, with all checks, and close again.
struct BenchLogOpen: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "open", abstract: "Open the log.")

  @Argument(help: "The directory of the log.")
  var directory: String

  func run() throws {
    let clock = ContinuousClock()
    let start = clock.now
    let log = try EventLog.open(FilePath(directory), mode: .readWrite)
    let time = clock.now - start
    let head = try log.head()
    Measurement("open", of: head, time: time, bytesOnDisk: try log.statistics().usedBytes).print()
  }
}
