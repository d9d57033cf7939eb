import EventStore
import Foundation
import Primitives
import Rollup
import SystemPackage

/// A process that did a little work and ended by itself, with all that it asked of the file system.
struct RecordedRun {
  let recording: Recording

  /// The log as it was left: of an append or an upkeep.
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
    directory = below.appending(Self.logName)
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
    case .rebuild:
      arguments = [work.rawValue, below.string, try RebuildSource(making: truth).ledger.string]
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
    try Truth.write(said: recording.said, log: work == .rebuild ? nil : directory, to: truth)
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

  init(_ directory: FilePath) throws {
    let bytes = [UInt8](FileManager.default.contents(atPath: directory.appending("leaves").string) ?? Data())
    leaves = stride(from: 0, to: bytes.count - 31, by: 32).compactMap { Hash256(bytes: Array(bytes[$0..<$0 + 32])) }
    said = [UInt8](try Data(contentsOf: URL(fileURLWithPath: directory.appending("said").string)))
    source = try RebuildSource(madeIn: directory)
  }

  /// Writes what there is to know, but for the ledger.
  static func write(said: String, log: FilePath?, to directory: FilePath) throws {
    try Data(said.utf8).write(to: URL(fileURLWithPath: directory.appending("said").string))
    guard let log else { return }
    let open = try EventLog.open(log, mode: .readOnly)
    var leaves: [UInt8] = []
    for position in 0..<(try open.head().size) { leaves += try open.leafHash(at: Position(position)).bytes }
    try Data(leaves).write(to: URL(fileURLWithPath: directory.appending("leaves").string))
  }
}
