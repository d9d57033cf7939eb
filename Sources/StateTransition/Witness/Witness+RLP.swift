package import Primitives

// One list: version, nodes, codes, headers; each a list of byte strings by ascending hash.
extension Witness {
  /// The version of the encoding.
  private static let version: UInt64 = 1

  /// No witness is longer. One transaction reads at most what its gas pays for, far below this.
  package static let greatestByteCount = 16 << 20

  /// The canonical encoding.
  package func encode() -> [UInt8] {
    var writer = RLPWriter()
    append(to: &writer)
    return writer.bytes
  }

  /// Appends the encoding as one item.
  package func append(to writer: inout RLPWriter) {
    writer.list { list in
      list.append(Witness.version)
      for pieces in [nodes, codes, headers] {
        list.list { items in
          for piece in pieces.bytes { items.append(bytes: piece) }
        }
      }
    }
  }

  /// Inverse of `encode`: accepts nothing but what `encode` gives. O(n), one hash for each piece.
  package init(rlp bytes: RawSpan) throws(RLPError) {
    var reader = RLPReader(bytes)
    try self.init(&reader)
    try reader.finish()
  }

  /// Reads the next item.
  package init(_ reader: inout RLPReader) throws(RLPError) {
    let offset = reader.offset
    guard reader.remainingByteCount <= Witness.greatestByteCount else {
      throw RLPError(offset: offset, reason: .invalidValue("a witness has at most \(Witness.greatestByteCount) bytes"))
    }
    var list = try reader.readList()
    guard try list.readUInt64() == Witness.version else {
      throw RLPError(offset: offset, reason: .invalidValue("the version of a witness is \(Witness.version)"))
    }
    nodes = try WitnessPieces(&list)
    codes = try WitnessPieces(&list)
    headers = try WitnessPieces(&list)
    try list.finish()
  }
}

extension WitnessPieces {
  fileprivate init(_ reader: inout RLPReader) throws(RLPError) {
    let offset = reader.offset
    var items = try reader.readList()
    var pieces: [[UInt8]] = []
    while !items.isAtEnd {
      pieces.append(try items.readBytes().bytes)
    }
    guard let inOrder = WitnessPieces(inOrder: pieces) else {
      throw RLPError(offset: offset, reason: .invalidValue("pieces stand by ascending hash, each once"))
    }
    self = inOrder
  }
}
