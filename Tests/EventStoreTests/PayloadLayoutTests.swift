import EventStore
import Testing

@Suite("Payload layout")
struct PayloadLayoutTests {
  @Test("all bytes of a payload have exactly one place, and no part is longer than its place allows")
  func partition() {
    for length in Array(0...40_000) + [99_999, 100_000, 102_400, 1 << 20, 5_000_001, PayloadLayout.longestPayload] {
      let layout = PayloadLayout(payloadLength: length)
      #expect(layout.inline + layout.paged + layout.rest == length)
      #expect(layout.inline >= 0 && layout.inline <= 1954)
      #expect(layout.rest >= 0 && layout.rest <= 2020)
      #expect(layout.isChunked == (length > 1954))
    }
  }

  @Test("overflow pages are filled to the last byte, or all but 150 bytes of the last one")
  func fullPages() {
    for length in 0...40_000 {
      let layout = PayloadLayout(payloadLength: length)
      guard layout.paged > 0 else { continue }
      let pages = (layout.paged + 16 + 4095) / 4096
      #expect(pages * 4096 - 16 - layout.paged < 150)
    }
  }
}
