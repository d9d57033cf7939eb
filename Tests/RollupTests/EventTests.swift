import Primitives
import Rollup
import TestSupport
import Testing

@Suite("Events")
struct EventTests {
  @Test("there is a sample of every kind")
  func samplesAreComplete() {
    #expect(Samples.events.map(\.kind) == EventKind.allCases)
  }

  @Test("decoding gives back what was encoded", arguments: Samples.events)
  func roundTrip(event: Event) throws {
    #expect(try Event(kind: event.kind, payload: event.encode()) == event)
    #expect(try Event(rawKind: event.kind.rawValue, payload: event.encode().rawSpan) == event)
  }

  @Test("bytes that decode are the only ones that encode the event", arguments: Samples.events)
  func canonical(event: Event) {
    let payload = event.encode()
    for index in payload.indices {
      for bit in 0..<8 {
        var changed = payload
        changed[index] ^= 1 << bit
        guard let decoded = try? Event(kind: event.kind, payload: changed) else { continue }
        #expect(decoded.encode() == changed, "byte \(index) bit \(bit)")
        #expect(decoded != event, "byte \(index) bit \(bit)")
      }
    }
  }

  @Test("a payload that is cut or continued is refused", arguments: Samples.events)
  func length(event: Event) {
    let payload = event.encode()
    for length in payload.indices {
      #expect(throws: EventError.self) { try Event(kind: event.kind, payload: Array(payload.prefix(length))) }
    }
    #expect(throws: EventError.self) { try Event(kind: event.kind, payload: payload + [0x80]) }
  }

  @Test("a list with a field more is refused", arguments: Samples.events)
  func extraField(event: Event) throws {
    let payload = event.encode()
    var reader = RLPReader(payload.rawSpan)
    var fields = try reader.readList()
    var writer = RLPWriter()
    var items = [[UInt8]]()
    while !fields.isAtEnd { items.append(try fields.readRawItem().bytes) }
    writer.list { list in
      for item in items { list.appendRaw(item) }
      list.append(UInt64(0))
    }
    #expect(throws: EventError.self) { try Event(kind: event.kind, payload: writer.bytes) }
  }

  @Test("a version that is not known stops the reader and is named", arguments: Samples.events)
  func unknownVersion(event: Event) {
    var payload = event.encode()
    // The version is the list's first item, one byte that stands for itself.
    let offset = payload[0] > 0xf7 ? 1 + Int(payload[0] - 0xf7) : 1
    #expect(payload[offset] == 1)
    payload[offset] = 2
    #expect(throws: EventError.unknownVersion(event.kind, 2)) { try Event(kind: event.kind, payload: payload) }
  }

  @Test("a kind that is not known stops the reader and is named")
  func unknownKind() {
    #expect(throws: EventError.unknownKind(0x00ff)) { try Event(rawKind: 0x00ff, payload: [0xc0].rawSpan) }
  }

  @Test("observations are told from what L1 says")
  func observations() {
    let testimony: [EventKind] = [.sequencerCommitmentObserved, .feedGap, .espressoBlockObserved]
    #expect(EventKind.allCases.filter(\.isTestimony) == testimony)
    #expect(EventKind.allCases.filter(\.isObservation) == [.l1Finalized, .l1Reorged] + testimony)
  }

  @Test("the first output extends none")
  func noParent() throws {
    var output = Samples.output
    output.parentOutput = nil
    let event = Event.outputProposed(output)
    #expect(try Event(kind: .outputProposed, payload: event.encode()) == event)
  }

  @Test("random bytes never trap a reader")
  func randomBytes() {
    var random = SeededGenerator()
    for _ in 0..<2000 {
      let bytes = random.bytes(count: Int.random(in: 0..<80, using: &random))
      for kind in EventKind.allCases {
        guard let event = try? Event(kind: kind, payload: bytes) else { continue }
        #expect(event.encode() == bytes)
      }
    }
  }
}
