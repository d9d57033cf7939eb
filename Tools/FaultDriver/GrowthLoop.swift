import EventStore
import Foundation
import Primitives
import SystemPackage

/// Logs whose maps are small: a writer whose map is full again and again, beside one reader that stays in snapshots and one
/// that opens the log anew each time. The writer is killed: in the middle of making its map larger, or at random.
struct GrowthLoop {
  let work: FilePath
  let recorder: String
  let kills: Int
  let seed: UInt64

  /// What is broken on purpose, to see that it is found.
  let breach: Breach?

  enum Breach: String {
    /// The writer says that what a full map refused is durable.
    case careless
    /// The reader that stays in snapshots looks at another one in the end.
    case moved
  }

  private static let killsPerLog = 4

  /// A writer that is to end where its map becomes larger is killed after so many milliseconds if it does not.
  private static let mapLimit = 5000.0

  private var random: SplitMix64
  private var acknowledged = 0
  private var recovered: UInt64 = 0
  private var restored = 0
  private var killedAtMap = 0
  private var maps = 0
  private var refusals = 0

  /// In fewer kills no append need have found the map full.
  private static let fewKills = 40

  /// Looks of the readers, how often the map of one became larger, and how often one was refused a second snapshot.
  private var watched = [0, 0, 0]

  init(work: FilePath, recorder: String, kills: Int, seed: UInt64, breach: Breach?) {
    self.work = work
    self.recorder = recorder
    self.kills = kills
    self.seed = seed
    self.breach = breach
    random = SplitMix64(seed: seed)
  }

  /// Makes logs until there were enough kills, and prints what was found. False at the first violation.
  mutating func run() -> Bool {
    let start = Victim.now()
    var done = 0
    while done < kills {
      let place = work.appending("growth-\(done)")
      do { try play(in: place, from: done) } catch {
        print("VIOLATION in kills \(done + 1) to \(done + Self.killsPerLog) of seed \(seed): \(error)")
        return false
      }
      try? FileManager.default.removeItem(atPath: place.string)
      done += Self.killsPerLog
    }
    print(
      """
      \(done) kills of a writer whose map grows (seed \(seed)) in \(Int((Victim.now() - start) / 1000)) s, \(killedAtMap) of \
      them where it did
      \(maps) times a writer's map became larger and \(watched[1]) times a reader's, \(refusals) appends refused by a full \
      one; readers looked \(watched[0]) times, \(watched[2]) more were refused while they stayed in a snapshot
      \(acknowledged) records acknowledged, \(recovered) recovered, none lost or torn; \
      \(restored) times all of a log was read, verified and restored elsewhere
      """)
    guard killedAtMap > 0, maps > 0, refusals > 0 || done < Self.fewKills, watched[1] > 0 else {
      print("VIOLATION: what was to be disturbed did not happen")
      return false
    }
    return true
  }

  /// One log, in several lives of its writer and one of each reader.
  private mutating func play(in place: FilePath, from first: Int) throws {
    let directory = place.appending("log")
    try FileManager.default.createDirectory(atPath: place.string, withIntermediateDirectories: true)
    _ = try EventLog.open(directory, mode: .create, mapSize: Growth.mapSize)
    let stays = breach == .moved ? Watch.Manner.moved : .plain
    let watchers = try [stays, .anew].map { try Watcher(of: directory, $0) }
    var checker = Checker(directory: directory)
    for life in 0..<Self.killsPerLog {
      let report = try runWriter(life, in: directory, number: first + life)
      guard report.wasKilled else { throw Checker.Violation(description: "the writer ended by itself") }
      acknowledged += report.acknowledged.count
      maps += report.lines["map", default: 0]
      refusals += report.lines["full", default: 0]
      try checker.check(report)
    }
    for watcher in watchers { watched = zip(watched, try watcher.release()).map(+) }
    try checker.checkAll()
    recovered += checker.size
    restored += checker.readings
  }

  /// Begins with the smallest map, so that the first two lives end where it becomes larger: before the new one is there, as
  /// the old one is gone, and behind it.
  private mutating func runWriter(_ life: Int, in directory: FilePath, number: Int) throws -> Report {
    var environment: [String: String] = [:]
    var manner = Growth.Manner.plain
    var milliseconds = Double.random(in: 5...120, using: &random)
    switch life {
    case 0, 1:
      environment = [
        "LD_PRELOAD": recorder, "VARVE_RECORD_BELOW": directory.string, "VARVE_RECORD_TO": "/dev/null",
        "VARVE_RECORD_KILL_AT_MAP": "\(Int.random(in: 2...4, using: &random))\(life == 0 ? "" : "+")",
      ]
      milliseconds = Self.mapLimit
    case 2:
      // An append that waits for a larger map does so for a tenth of a second.
      (manner, milliseconds) = breach == .careless ? (.careless, 800) : (.pinned, milliseconds * 4)
    default: break
    }
    let start = Victim.now()
    let arguments = ["grow", directory.string, "\(seed &* 1_000_000 &+ UInt64(number))", manner.rawValue]
    let victim = try Victim(arguments, environment: environment)
    let report = try victim.kill(after: milliseconds, ofFirstLine: true)
    if life < 2, Victim.now() - start < Self.mapLimit { killedAtMap += 1 }
    return report
  }
}

/// A process that follows a log until it is released: `Watch`.
private struct Watcher {
  private let process: pid_t
  private let input: FileDescriptor
  private let output: FileDescriptor

  /// Starts this same program as `watch DIRECTORY MANNER`; returns once it has looked.
  init(of directory: FilePath, _ manner: Watch.Manner) throws {
    let (incoming, outgoing) = (try makePipe(), try makePipe())
    process = try spawn(
      ["watch", directory.string, manner.rawValue], input: incoming.readEnd, output: outgoing.writeEnd)
    try incoming.readEnd.close()
    try outgoing.writeEnd.close()
    input = incoming.writeEnd
    output = outgoing.readEnd
    guard try read() == "looked\n" else {
      throw Checker.Violation(description: "a reader could not read: \(wait(for: process))")
    }
  }

  private func read() throws -> String {
    var bytes = [UInt8](repeating: 0, count: 256)
    let count = try unsafe bytes.withUnsafeMutableBytes { unsafe try output.read(into: $0) }
    return String(decoding: bytes.prefix(count), as: UTF8.self)
  }

  /// Lets it end. What it counted.
  func release() throws -> [Int] {
    try input.close()
    let counts = try read().split(separator: " ").dropFirst().compactMap { Int($0.filter(\.isNumber)) }
    try output.close()
    let end = wait(for: process)
    guard end == (0, 0), counts.count == 3 else {
      throw Checker.Violation(description: "a reader of a log that grows ended with \(end)")
    }
    return counts
  }
}
