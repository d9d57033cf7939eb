// What a file of evidence gets of the ledger.

import Evidence
import Testing

@testable import Node

@Suite("Evidence maker")
struct EvidenceMakerTests {
  @Test("a file gets headers of an old origin, too: those that are asked about, and later ones as far as there is room")
  func segments() {
    let room = UInt64(L1Segment.greatestCount)
    func range(_ blocks: ClosedRange<UInt64>, genesis: UInt64 = 10, newest: UInt64) -> ClosedRange<UInt64>? {
      EvidenceMaker.segmentRange(over: blocks, genesis: genesis, newest: newest)
    }
    #expect(range(20...22, newest: 30) == 10...30)
    #expect(range(20...22, newest: 1_000_000) == 10...4105)
    #expect(range(500_000...500_001, newest: 1_000_000) == 500_000...504_095)
    #expect(range(500_000...510_000, newest: 1_000_000) == 500_000...(500_000 + room - 1))
    #expect(range(500_000...520_000, newest: 1_000_000) == nil)
    #expect(range(40...41, newest: 30) == nil)
    #expect(range(20...22, newest: 21) == 10...21)
  }
}
