import EventStore
import Foundation
import Primitives
import Rollup
import SystemPackage

/// A process that appended a little and ended by itself, with all that it asked of the file system.
struct RecordedRun {
  let recording: Recording

  /// The log as it was left.
  let directory: FilePath

  /// Leaf hashes of all records that were committed, in a file for examiners.
  let truth: FilePath

  /// How many records there are.
  let size: UInt64

  /// The name of the log below the recorded directory.
  static let logName = "log"

  /// Runs `append` for so many commits of each thread, below `work`.
  ///
  /// - Parameter failingMeta: of which of its meta pages the process is told that it could not be written.
  init(in work: FilePath, recorder: String, seed: UInt64, commits: Int, failingMeta: Int? = nil) throws {
    let below = work.appending("disk")
    try FileManager.default.createDirectory(atPath: below.string, withIntermediateDirectories: true)
    let journal = work.appending("journal")
    directory = below.appending(Self.logName)
    let silence = try FileDescriptor.open(FilePath("/dev/null"), .writeOnly)
    defer { try? silence.close() }
    var environment = [
      "LD_PRELOAD": recorder, "VARVE_RECORD_BELOW": below.string, "VARVE_RECORD_TO": journal.string,
    ]
    var arguments = ["append", directory.string, "\(seed)", "\(commits)"]
    if let failingMeta {
      environment["VARVE_RECORD_FAIL_META"] = "\(failingMeta)"
      arguments.append(Appender.Manner.persistent.rawValue)
    }
    let process = try spawn(arguments, environment: environment, output: silence)
    let end = wait(for: process)
    guard end == (0, 0) else { throw Unusable(reason: "the recorded process ended with \(end)") }
    recording = try Recording(contentsOf: journal.string)
    truth = work.appending("truth")
    size = try Self.writeLeaves(of: directory, to: truth)
  }

  /// Writes the leaf hash of each record of a log to a file. How many there are.
  static func writeLeaves(of directory: FilePath, to path: FilePath) throws -> UInt64 {
    let log = try EventLog.open(directory, mode: .readOnly)
    let size = try log.head().size
    var leaves: [UInt8] = []
    for position in 0..<size { leaves += try log.leafHash(at: Position(position)).bytes }
    try Data(leaves).write(to: URL(fileURLWithPath: path.string))
    return size
  }

  /// What there was to examine is not there.
  struct Unusable: Error, CustomStringConvertible {
    let reason: String
    var description: String { reason }
  }
}
