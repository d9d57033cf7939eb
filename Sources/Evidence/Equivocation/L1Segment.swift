package import Primitives
package import Rollup

/// Headers of L1, one after the other: what of L1 follows from the hash of the last one alone.
package struct L1Segment: Hashable, Sendable {
  /// RLP, ascending, each the next one's parent; at least one.
  package let rawHeaders: [[UInt8]]

  private let headers: [BlockHeader]
  private let hashes: [Hash256]

  /// As many headers are taken: some 55 hours of Ethereum.
  package static let greatestCount = 1 << 14

  /// Nil unless the headers are a chain. One Keccak-256 for each.
  package init?(_ rawHeaders: [[UInt8]]) {
    guard !rawHeaders.isEmpty, rawHeaders.count <= Self.greatestCount else { return nil }
    var headers: [BlockHeader] = []
    var hashes: [Hash256] = []
    for raw in rawHeaders {
      guard let header = try? BlockHeader(rlp: raw.rawSpan) else { return nil }
      if let last = headers.last {
        guard last.number != .max, header.number == last.number + 1, header.parentHash == hashes[hashes.count - 1]
        else { return nil }
      }
      headers.append(header)
      hashes.append(header.hash)
    }
    self.rawHeaders = rawHeaders
    self.headers = headers
    self.hashes = hashes
  }

  /// The block whose hash is to be trusted.
  package var head: BlockID { BlockID(number: headers[headers.count - 1].number, hash: hashes[hashes.count - 1]) }

  /// Number of the first header.
  package var first: UInt64 { headers[0].number }

  /// The hash of the L1 block with this number: one of the headers', or the one before them; nil for another.
  package func hash(ofBlock number: UInt64) -> Hash256? {
    if first > 0, number == first - 1 { return headers[0].parentHash }
    guard number >= first, number <= head.number else { return nil }
    return hashes[Int(number - first)]
  }

  /// Whether the headers show that the contract emitted nothing of this kind in the blocks from `first` to `last`: all of
  /// them are here, and the filter of each excludes it. Two hashes for each.
  package func excludes(_ kind: EventKind, of contract: Address, from first: UInt64, through last: UInt64) -> Bool {
    guard first <= last else { return true }
    guard first >= self.first, last <= head.number else { return false }
    return headers[Int(first - self.first)...Int(last - self.first)].allSatisfy {
      !$0.logsBloom.mayContain(contract, topic: kind.logTopic)
    }
  }
}

extension L1Segment {
  /// A list of headers, empty where there is no segment.
  static func append(_ segment: L1Segment?, to writer: inout RLPWriter) {
    writer.list { items in for header in segment?.rawHeaders ?? [] { items.append(bytes: header) } }
  }

  static func read(_ fields: inout RLPReader) throws(RLPError) -> L1Segment? {
    let offset = fields.offset
    let headers = try fields.readAll { items throws(RLPError) in try items.readBytes().bytes }
    let segment = L1Segment(headers)
    guard segment != nil || headers.isEmpty else {
      throw RLPError(offset: offset, reason: .invalidValue("L1 headers are one chain"))
    }
    return segment
  }
}
