import Primitives

/// RLPTests: values to bytes and back, and bytes that are no RLP.
struct RLPSuite: FixtureSuite {
  static func cases(file: String, name: String, _ fixture: JSON) -> [SuiteCase] {
    guard fixture["in"] != nil, fixture["out"] != nil else { return [] }
    return [SuiteCase(name: name, fork: "rlp") { try run(fixture) }]
  }

  private static func run(_ fixture: JSON) throws -> String? {
    let value = try fixture.member("in")
    let bytes = try fixture.member("out").bytes()
    switch value.text {
    case "VALID":
      try read(bytes)
      return nil
    case "INVALID":
      do { try read(bytes) } catch { return nil }
      return "read without complaint"
    default:
      var writer = RLPWriter()
      try append(value, to: &writer)
      if writer.bytes != bytes { return "encoded as \(Hex.encode(writer.bytes))" }
      try read(bytes)
      return nil
    }
  }

  /// Reads one item with all that is in it.
  private static func read(_ bytes: [UInt8]) throws(RLPError) {
    var reader = RLPReader(bytes.rawSpan)
    try readItem(&reader)
    try reader.finish()
  }

  private static func readItem(_ reader: inout RLPReader) throws(RLPError) {
    guard reader.peekIsList else {
      _ = try reader.readBytes()
      return
    }
    var items = try reader.readList()
    while !items.isAtEnd { try readItem(&items) }
  }

  private static func append(_ value: JSON, to writer: inout RLPWriter) throws(FixtureError) {
    switch value {
    case .array(let items):
      var inner = RLPWriter()
      for item in items { try append(item, to: &inner) }
      writer.appendListHeader(payloadLength: inner.bytes.count)
      writer.appendRaw(inner.bytes)
    case .number(let digits):
      guard let number = UInt256(digits) else { throw FixtureError("\(digits) is too large") }
      writer.append(number)
    case .string(let text) where text.hasPrefix("#"):
      guard let number = UInt256(String(text.dropFirst())) else { return try appendLarge(text, to: &writer) }
      writer.append(number)
    case .string(let text) where text.hasPrefix("0x"): writer.append(bytes: try value.bytes())
    case .string(let text): writer.append(bytes: [UInt8](text.utf8))
    default: throw FixtureError("a value that RLP cannot hold")
    }
  }

  /// A decimal number of any length: the bytes come from long multiplication.
  private static func appendLarge(_ text: String, to writer: inout RLPWriter) throws(FixtureError) {
    var bytes: [UInt8] = []
    for digit in text.dropFirst() {
      guard var carry = digit.wholeNumberValue else { throw FixtureError("\(text) is no number") }
      for index in bytes.indices.reversed() {
        let value = Int(bytes[index]) * 10 + carry
        bytes[index] = UInt8(value & 0xff)
        carry = value >> 8
      }
      if carry > 0 { bytes.insert(UInt8(carry), at: 0) }
    }
    writer.append(bytes: bytes)
  }
}
