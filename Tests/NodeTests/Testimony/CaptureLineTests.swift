// Lines of capture files.

import Primitives
import Rollup
import Testing

@testable import Node

@Suite("Capture lines")
struct CaptureLineTests {
  @Test("a line of a capture file is read again as it was written; what is none is refused with its reason")
  func captureLines() throws {
    var message = HeardMessage(
      raw: [0xc2, 0x01, 0x80], format: .varve, source: "a \"quoted\" source", receivedAt: 1_700_000_000_000)
    #expect(try HeardMessage(captureLine: [UInt8](message.captureLine.utf8), defaultFormat: nil) == message)
    message.block = RollupBlock(
      number: 3, parentOrder: .zero, timestamp: 1, l1Origin: BlockID(number: 4, hash: .zero), messagesConsumed: 0,
      transactions: [[2]])
    #expect(try HeardMessage(captureLine: [UInt8](message.captureLine.utf8), defaultFormat: nil) == message)
    let feed = try HeardMessage(
      captureLine: [UInt8](#"{"raw":"{\"a\":1}","receivedAt":5}"#.utf8), defaultFormat: .nitro)
    #expect(feed.raw == [UInt8](#"{"a":1}"#.utf8) && feed.receivedAt == 5)
    for line in ["", "{}", #"{"raw":"0x1","format":"op"}"#, #"{"raw":"0x"}"#, #"{"raw":"0x","format":"x"}"#] {
      #expect(throws: CaptureError.self, "\(line)") {
        try HeardMessage(captureLine: [UInt8](line.utf8), defaultFormat: nil)
      }
    }
  }
}
