// RLP as a tree: what the tests encode from and decode to.

import Primitives

indirect enum RLPItem: Equatable {
  case bytes([UInt8])
  case list([RLPItem])

  /// The one item that `input` encodes.
  static func decode(_ input: [UInt8]) throws(RLPError) -> RLPItem {
    var reader = RLPReader(input.rawSpan)
    let item = try read(&reader)
    try reader.finish()
    return item
  }

  private static func read(_ reader: inout RLPReader) throws(RLPError) -> RLPItem {
    guard reader.peekIsList else { return .bytes(try reader.readBytes().bytes) }
    var fields = try reader.readList()
    var items: [RLPItem] = []
    while !fields.isAtEnd { items.append(try read(&fields)) }
    return .list(items)
  }

  var encoded: [UInt8] {
    var writer = RLPWriter()
    append(to: &writer)
    return writer.bytes
  }

  private func append(to writer: inout RLPWriter) {
    switch self {
    case .bytes(let bytes): writer.append(bytes: bytes)
    case .list(let items): writer.list { writer in for item in items { item.append(to: &writer) } }
    }
  }

  /// A tree of random shape, with lengths about the borders of the forms.
  static func random(depth: Int, using random: inout some RandomNumberGenerator) -> RLPItem {
    if depth > 0 && Bool.random(using: &random) {
      let count = Int.random(in: 0...5, using: &random)
      return .list((0..<count).map { _ in .random(depth: depth - 1, using: &random) })
    }
    let count = [0, 1, 1, 2, 20, 32, 54, 55, 56, 57, 255, 256, 257].randomElement(using: &random) ?? 0
    return .bytes((0..<count).map { _ in UInt8.random(in: 0...255, using: &random) })
  }
}

/// The error that decoding `input` ends with; nil when it is good.
func decodingError(_ input: [UInt8]) -> RLPError? {
  do {
    _ = try RLPItem.decode(input)
    return nil
  } catch {
    return error
  }
}
