import EventStore
import ProjectionStore
import Projections
import Rollup
import SystemPackage
import TestSupport
import Testing

@testable import Node

@Suite("Projections of a node")
struct LiveProjectionsTests {
  @Test("a record that one projection cannot fold stops that one alone, and is named; the others go on")
  func isolation() throws {
    try withTemporaryDirectory { path in
      let log = try EventLog.open(FilePath(path).appending("ledger"), mode: .create)
      var ledger = try RollupLedger()
      try log.append([NewRecord(ledger.facts[0].event, at: ledger.facts[0].coordinates)])
      for number in UInt64(0)..<6 {
        if number > 0 { try ledger.beginL1Block() }
        let facts = ledger.facts.filter { $0.coordinates.blockNumber == number && $0.event.kind != .chainConfigured }
        try log.appendBlock(
          number: number, hash: ledger.l1Head.hash, records: facts.map { NewRecord($0.event, at: $0.coordinates) })
      }
      // The state of a chain begins once; what a challenger has to know may begin anew.
      let impossible = Position(try log.head().size)
      try log.append([NewRecord(ledger.facts[0].event, at: .block(5))])
      let projections = LiveProjections(dataDirectory: FilePath(path), log: log, storeID: "test-store")
      for _ in 0..<2 {
        let error = #expect(throws: ProjectionError.self) { try projections.follow() }
        guard case .fold(let place, .configuration) = error else {
          Issue.record("\(String(describing: error))")
          return
        }
        #expect(place.position == impossible && place.kind == .chainConfigured)
        #expect(try projections.challengerView.status().live?.lag == 0)
      }
    }
  }
}
