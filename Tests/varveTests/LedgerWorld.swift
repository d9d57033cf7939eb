import EventStore
import Foundation
import Rollup
import StoreFiles
import SystemPackage
import TestSupport
import Testing

/// The tool on a store that a test made.
struct LedgerWorld {
  let store: String

  @discardableResult
  func expect(_ exitCode: Int32, _ arguments: [String], location: SourceLocation = #_sourceLocation) throws -> ToolRun {
    let run = try Tool.run(arguments + ["--data-dir", store])
    let said = "varve \(arguments.joined(separator: " ")): \(run.output)\(run.errors)"
    #expect(run.exitCode == exitCode, Comment(rawValue: said), sourceLocation: location)
    return run
  }

  func json(_ arguments: [String], exitCode: Int32 = 0) throws -> [[String: Any]] {
    try expect(exitCode, arguments + ["--json"]).output.split(separator: "\n").map { line in
      try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    }
  }

  /// What the doctor says of one thing in the window.
  func status(of check: String) throws -> String? {
    let run = try Tool.run(["doctor", "--window", "--json", "--data-dir", store])
    let report = try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any]
    let findings = report?["findings"] as? [[String: Any]] ?? []
    return findings.first { $0["check"] as? String == check }?["status"] as? String
  }

  /// Lends a store of a chain whose log has been filled by `write`, and the log.
  private static func with(
    _ configuration: ChainConfiguration, _ write: (EventLog) throws -> Void,
    _ body: (LedgerWorld, EventLog) throws -> Void
  ) throws {
    try withTemporaryDirectory { path in
      let directory = DataDirectory(FilePath(path))
      let log = try EventLog.open(directory.ledger, mode: .create)
      try directory.makeStore(for: configuration.hash, of: log)
      try write(log)
      try body(LedgerWorld(store: path), log)
    }
  }

  static func with(_ ledger: RollupLedger, _ body: (LedgerWorld) throws -> Void) throws {
    try with(ledger) { world, _ in try body(world) }
  }

  static func with(_ ledger: RollupLedger, _ body: (LedgerWorld, EventLog) throws -> Void) throws {
    try with(ledger.configuration, { try ledger.write(to: $0) }, body)
  }

  static func with(_ chain: MiniChain, _ body: (LedgerWorld, EventLog) throws -> Void) throws {
    try with(chain.configuration, { try chain.write(to: $0) }, body)
  }
}
