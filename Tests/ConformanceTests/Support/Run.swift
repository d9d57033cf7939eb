import Conformance
import Foundation
import TestSupport

/// Writes files to a directory.
func write(_ files: [String: String], to directory: String) throws {
  for (path, text) in files {
    let url = URL(fileURLWithPath: "\(directory)/\(path)")
    try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: url)
  }
}

/// Runs a suite of these files.
///
/// - Parameter folder: the suite's directory among them; nil for all of them.
func run(
  _ kind: ConformanceRun.Kind, _ files: [String: String], below folder: String? = nil, filter: String? = nil,
  fork: String? = nil, share: ConformanceRun.Share? = nil
) throws -> ConformanceReport {
  try withTemporaryDirectory { directory in
    try write(files, to: directory)
    let suite = folder.map { "\(directory)/\($0)" } ?? directory
    return try ConformanceRun(kind: kind, directory: suite, filter: filter, fork: fork, share: share).run()
  }
}

extension ConformanceReport {
  /// Passed, failed, skipped.
  var counts: [Int] { [total.passed, total.failed, total.skipped] }

  /// What is said of the cases that failed or were skipped, in order.
  var reasons: [String] {
    notable.map { result in
      switch result.outcome {
      case .passed: ""
      case .failed(let reason), .skipped(let reason): reason
      case .foreign: "foreign"
      }
    }
  }
}
