import Foundation
import Primitives
import Rollup
import TestSupport
import Testing

/// Holds `Docs/Events.md` against the code.
@Suite("Docs/Events.md")
struct EventsDocumentTests {
  private let document: String

  init() throws {
    document = try String(contentsOfFile: "\(packageRoot)/Docs/Events.md", encoding: .utf8)
  }

  @Test("every kind stands in the table with its number and class, and no other does")
  func kinds() {
    let rows = table(under: "Kinds")
    let expected = EventKind.allCases.map { kind in
      let digits = String(kind.rawValue, radix: 16)
      let number = "0x" + String(repeating: "0", count: 4 - digits.count) + digits
      return [kind.name, number, EventsDocumentTests.className(kind)]
    }
    #expect(rows == expected)
  }

  @Test("the example of each kind is the sample's encoding, byte for byte", arguments: Samples.events)
  func examples(event: Event) throws {
    let example = hexExample(event.kind.name)
    #expect(
      example == Hex.encode(event.encode()),
      "the document's example of \(event.kind) should be \(Hex.encode(event.encode()))")
    #expect(try Event(kind: event.kind, payload: Hex.decode(example)) == event)
  }

  @Test("the fields of each kind are those of its payload, in order", arguments: Samples.events)
  func fields(event: Event) throws {
    let rows = table(under: event.kind.name)
    let payload = event.encode()
    var reader = RLPReader(payload.rawSpan)
    var fields = try reader.readList()
    for row in rows {
      let isList = fields.peekIsList
      let item = try fields.readRawItem().bytes
      #expect(matches(item, isList: isList, type: row[1]), "\(event.kind).\(row[0]) is no \(row[1])")
    }
    let isComplete = fields.isAtEnd
    #expect(isComplete, "\(event.kind) has fields that the document does not name")
    #expect(rows.first?.first == "version")
  }

  @Test("a field's name in the document is its name in the code", arguments: Samples.events)
  func names(event: Event) throws {
    let payload = try #require(Mirror(reflecting: event).children.first?.value)
    let documented = table(under: event.kind.name).dropFirst().map { $0[0] }
    let properties = Mirror(reflecting: payload).children.compactMap(\.label)
    switch event.kind {
    case .chainConfigured:
      #expect(documented == Mirror(reflecting: Samples.configuration).children.compactMap(\.label))
    case .blockSequenced:
      #expect(documented == ["batchIndex", "indexInBatch", "variant", "block"])
      #expect(properties == ["batchIndex", "indexInBatch", "block"])
    case .configUpdated:
      #expect(documented == ["updateType", "data"])
      #expect(properties == ["update"])
    default:
      #expect(documented == properties)
    }
  }

  @Test("the worked commitments are those of the samples")
  func commitments() throws {
    for (name, value) in Samples.commitments {
      let row = section("Commitments").first { $0.hasPrefix("| \(name) | 0x") }
      #expect(row == "| \(name) | \(value) |", "the document's row should be | \(name) | \(value) |")
    }
  }

  private static func className(_ kind: EventKind) -> String {
    if kind.isTestimony { return "testimony" }
    if kind.isEmbeddedL1 { return "embedded L1" }
    return kind.isObservation ? "observation" : "L1 fact"
  }

  private func matches(_ item: [UInt8], isList: Bool, type: String) -> Bool {
    switch type {
    case "number": !isList && item.count <= 9
    case "flag": item == [0x80] || item == [0x01]
    case "quantity": !isList && item.count <= 33
    case "hash": !isList && item.count == 33
    case "address": !isList && item.count == 21
    case "bytes": !isList
    case "list", "cause", "optional list": isList
    case "bytes or list": true
    case "optional address": isList && (item.count == 1 || item.count == 22)
    case "optional block": isList
    case "block id": isList && item.count >= 35
    case "optional number": isList && item.count <= 10
    default: false
    }
  }

  /// The lines of the section with this title.
  private func section(_ title: String) -> [String] {
    let lines = document.components(separatedBy: "\n")
    guard let start = lines.firstIndex(of: "## \(title)") else { return [] }
    return Array(lines[(start + 1)...].prefix { !$0.hasPrefix("## ") })
  }

  /// The cells of the section's first table, without its head.
  private func table(under title: String) -> [[String]] {
    let rows = section(title).drop { !$0.hasPrefix("|") }.prefix { $0.hasPrefix("|") }.dropFirst(2)
    return rows.map { row in
      row.dropFirst().dropLast().components(separatedBy: "|").map { $0.trimmingCharacters(in: .whitespaces) }
    }
  }

  /// The hexadecimal digits of the section's example, line breaks taken out.
  private func hexExample(_ title: String) -> String {
    let lines = section(title).drop { $0 != "```hex" }.dropFirst().prefix { $0 != "```" }
    return lines.joined()
  }
}
