import EventStore
import Foundation
import Primitives
import Rollup
import StoreFiles
import SystemPackage

/// A process that did a little work and ended by itself, with all that it asked of the file system.
struct RecordedRun {
  let recording: Recording

  /// The log as it was left: of all work but a rebuild.
  let directory: FilePath

  /// What is known of the run, in a directory for examiners.
  let truth: FilePath

  /// The name of the log below the recorded directory.
  static let logName = "log"

  /// Runs some work, below `place`.
  ///
  /// - Parameters:
  ///   - commits: of each thread that appends.
  ///   - failingMeta: of which of its meta pages a process that appends is told that it could not be written.
  init(
    of work: Work, in place: FilePath, recorder: String, seed: UInt64, commits: Int = 0, failingMeta: Int? = nil
  ) throws {
    let below = place.appending("disk")
    truth = place.appending("truth")
    directory = work == .repair ? DataDirectory(below).ledger : below.appending(Self.logName)
    for path in [below, truth] {
      try FileManager.default.createDirectory(atPath: path.string, withIntermediateDirectories: true)
    }
    let journal = place.appending("journal")
    var environment = [
      "LD_PRELOAD": recorder, "VARVE_RECORD_BELOW": below.string, "VARVE_RECORD_TO": journal.string,
    ]
    var arguments: [String]
    switch work {
    case .append: arguments = [work.rawValue, directory.string, "\(seed)", "\(commits)"]
    case .upkeep: arguments = [work.rawValue, below.string, "\(seed)"]
    case .rebuild, .index:
      arguments = [work.rawValue, below.string, try RebuildSource(making: truth).ledger.string]
    case .repair:
      arguments = [work.rawValue, below.string]
      try Self.damageStore(below, knownIn: truth, seed: seed)
      try Data(Recording.beginning(with: below)).write(to: URL(fileURLWithPath: journal.string))
    }
    if let failingMeta {
      environment["VARVE_RECORD_FAIL_META"] = "\(failingMeta)"
      arguments.append(Appender.Manner.persistent.rawValue)
    }
    let silence = try FileDescriptor.open(FilePath("/dev/null"), .writeOnly)
    defer { try? silence.close() }
    let end = wait(for: try spawn(arguments, environment: environment, output: silence))
    guard end == (0, 0) else { throw Unusable(reason: "the recorded process ended with \(end)") }
    recording = try Recording(contentsOf: journal.string)
    try Truth.write(said: recording.said, to: truth)
    if work == .append || work == .upkeep { try Truth.write(leavesOf: directory, to: truth) }
  }

  /// Makes a store, notes what is in it, and damages it.
  private static func damageStore(_ below: FilePath, knownIn truth: FilePath, seed: UInt64) throws {
    let source = try RepairSource(making: DataDirectory(below), chainIn: truth)
    try Truth.write(leavesOf: source.store.ledger, to: truth)
    let flaws = RepairSource.Flaw.allCases.filter(\.canBeMended)
    var random = SplitMix64(seed: seed)
    try source.damage(flaws[Int(seed % UInt64(flaws.count))], &random)
    try Data(source.digest().bytes).write(to: URL(fileURLWithPath: truth.appending("damaged").string))
  }

  /// What there was to examine is not there.
  struct Unusable: Error, CustomStringConvertible {
    let reason: String
    var description: String { reason }
  }
}

extension Recording {
  /// All that the process said.
  var said: String {
    operations.reduce(into: "") { text, operation in
      if case .acknowledge(let line) = operation { text += line }
    }
  }
}

/// What is known of a recorded run: a directory of small files.
struct Truth {
  /// Leaf hashes of all records that were ever committed.
  let leaves: [Hash256]

  /// All that the process said, in the order in which it did.
  let said: [UInt8]

  /// The ledger that was folded, if one was.
  let source: RebuildSource?

  /// The hash of the damaged data file that was repaired, if one was.
  let damaged: Hash256?

  init(_ directory: FilePath) throws {
    let bytes = [UInt8](FileManager.default.contents(atPath: directory.appending("leaves").string) ?? Data())
    leaves = stride(from: 0, to: bytes.count - 31, by: 32).compactMap { Hash256(bytes: Array(bytes[$0..<$0 + 32])) }
    said = [UInt8](try Data(contentsOf: URL(fileURLWithPath: directory.appending("said").string)))
    source = try RebuildSource(madeIn: directory)
    let digest = FileManager.default.contents(atPath: directory.appending("damaged").string)
    damaged = Hash256(bytes: [UInt8](digest ?? Data()))
  }

  static func write(said: String, to directory: FilePath) throws {
    try Data(said.utf8).write(to: URL(fileURLWithPath: directory.appending("said").string))
  }

  static func write(leavesOf log: FilePath, to directory: FilePath) throws {
    let open = try EventLog.open(log, mode: .readOnly)
    var leaves: [UInt8] = []
    for position in 0..<(try open.head().size) { leaves += try open.leafHash(at: Position(position)).bytes }
    try Data(leaves).write(to: URL(fileURLWithPath: directory.appending("leaves").string))
  }
}
