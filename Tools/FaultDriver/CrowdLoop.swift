import Foundation
import Primitives
import SystemPackage

/// A log that many want at once: two processes that would write, and readers that hold on to what they saw.
///
/// Each cycle starts two writers side by side, of which one at most may get the log, and mostly another reader; then the
/// writers are killed, and now and then a reader, in the middle of its snapshot. A reader that is let go must have seen the
/// same all the time.
struct CrowdLoop {
  let directory: FilePath
  let cycles: Int
  let seed: UInt64

  /// What is broken on purpose, to see that it is found.
  let breach: Breach?

  enum Breach: String {
    /// The lock file is taken away between the two writers.
    case unlock
    /// Readers look at another snapshot in the end.
    case moved
  }

  private static let mostReaders = 4

  private var random: SplitMix64
  private var checker: Checker
  private var readers: [PinnedReader] = []
  private var acknowledged = 0
  private var refusedWriters = 0
  private var releasedReaders = 0
  private var killedReaders = 0

  init(directory: FilePath, cycles: Int, seed: UInt64, breach: Breach?) {
    self.directory = directory
    self.cycles = cycles
    self.seed = seed
    self.breach = breach
    random = SplitMix64(seed: seed)
    checker = Checker(directory: directory)
  }

  /// Runs all cycles, and prints what was found. False at the first violation.
  mutating func run() throws -> Bool {
    let start = Victim.now()
    for cycle in 1...cycles {
      do {
        try runWriters(cycle)
        try changeReaders(all: cycle == cycles)
        if checker.isSmall || cycle % 100 == 0 || cycle == cycles { try checker.checkAll() }
      } catch let violation as Checker.Violation {
        print("VIOLATION in cycle \(cycle) of seed \(seed): \(violation)")
        print("the log is left as it is in \(directory)")
        return false
      }
    }
    print(
      """
      \(cycles) times two writers at once (seed \(seed)) in \(Int((Victim.now() - start) / 1000)) s: \(refusedWriters) \
      refused, never two at work
      \(releasedReaders) readers held a snapshot and saw the same all the time, \(killedReaders) were killed in theirs
      \(acknowledged) records acknowledged, \(checker.size) recovered, none lost or torn; \
      \(checker.readings) times all of the log was read, verified and restored elsewhere
      """)
    return true
  }

  private mutating func runWriters(_ cycle: Int) throws {
    // What a writer has to say about its refusal is its exit code here.
    let silence = try FileDescriptor.open(FilePath("/dev/null"), .writeOnly)
    defer { try? silence.close() }
    let number = seed &* 1_000_000 &+ UInt64(2 * cycle)
    let first = try Victim(directory: directory, seed: number, errors: silence)
    if breach == .unlock {
      usleep(100_000)
      _ = unsafe unlink(directory.appending("writer.lock").string)
    }
    let second = try Victim(directory: directory, seed: number + 1, errors: silence)
    let milliseconds = Double.random(in: 40...120, using: &random) + (breach == .unlock ? 200 : 0)
    // One that starts slowly may have the log once the other is gone, so both go at once.
    let reports = [
      try first.kill(after: milliseconds, ofFirstLine: false, with: second.process),
      try second.kill(after: 0, ofFirstLine: false),
    ]
    // One that ends for another reason than the other's lock has met the other's commits.
    let isAlone = reports.allSatisfy { $0.wasKilled || $0.exitCode == Appender.refusedCode }
    guard isAlone, reports.contains(where: \.acknowledged.isEmpty) else {
      throw Checker.Violation(description: "two writers were at work at once")
    }
    refusedWriters += reports.count { !$0.wasKilled }
    acknowledged += reports.reduce(0) { $0 + $1.acknowledged.count }
    guard FileManager.default.fileExists(atPath: directory.appending("data.mdb").string) else { return }
    for report in reports { try checker.check(report) }
  }

  /// Lets a reader begin, and one end; in the end all that are left.
  private mutating func changeReaders(all: Bool) throws {
    if all {
      for reader in readers { try reader.release() }
      releasedReaders += readers.count
      return
    }
    if checker.size > 0, readers.count < Self.mostReaders {
      readers.append(try PinnedReader(of: directory, moves: breach == .moved))
    }
    guard readers.count == Self.mostReaders || Int.random(in: 0..<3, using: &random) == 0, !readers.isEmpty else {
      return
    }
    let reader = readers.removeFirst()
    if Bool.random(using: &random) {
      reader.kill()
      killedReaders += 1
    } else {
      try reader.release()
      releasedReaders += 1
    }
  }
}

/// A process that reads one snapshot of a log, and stays in it until it is told to look again.
struct PinnedReader {
  private let process: pid_t
  private let input: FileDescriptor

  /// Starts this same program as `pin DIRECTORY`; returns once it has its snapshot.
  init(of directory: FilePath, moves: Bool) throws {
    let (incoming, outgoing) = (try makePipe(), try makePipe())
    let arguments = ["pin", directory.string] + (moves ? [CrowdLoop.Breach.moved.rawValue] : [])
    process = try spawn(arguments, input: incoming.readEnd, output: outgoing.writeEnd)
    try incoming.readEnd.close()
    try outgoing.writeEnd.close()
    input = incoming.writeEnd
    var byte: [UInt8] = [0]
    let count = try unsafe byte.withUnsafeMutableBytes { unsafe try outgoing.readEnd.read(into: $0) }
    try outgoing.readEnd.close()
    guard count == 1 else { throw Checker.Violation(description: "a reader could not read: \(wait(for: process))") }
  }

  func kill() {
    Glibc.kill(process, SIGKILL)
    try? input.close()
    _ = wait(for: process)
  }

  /// Lets it look again and end.
  func release() throws {
    try input.close()
    let end = wait(for: process)
    guard end == (0, 0) else { throw Checker.Violation(description: "a reader saw its snapshot change: \(end)") }
  }
}
