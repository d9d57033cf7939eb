import Hashing
package import Primitives

/// A block in the order that L1 fixed, with all its data.
package enum SequencedBlock: Equatable, Sendable {
  /// A whole Ethereum block in RLP: header, transactions, uncles, withdrawals. What an imported chain has.
  case ethereum([UInt8])

  /// Numbers of the variants in RLP.
  private enum Variant: UInt64 {
    case ethereum = 1
  }

  /// Reads the next two items: variant and data.
  init(_ fields: inout RLPReader) throws(RLPError) {
    let variant: Variant = try fields.readChoice("the variant of a sequenced block is 1, ethereum")
    switch variant {
    case .ethereum: self = .ethereum(try fields.readBytes().bytes)
    }
  }

  func append(to fields: inout RLPWriter) {
    switch self {
    case .ethereum(let bytes):
      fields.append(Variant.ethereum.rawValue)
      fields.append(bytes: bytes)
    }
  }

  /// What a batch's `dataHash` is made of: for an Ethereum block its hash, Keccak-256 of the header.
  ///
  /// - Throws: when the data is no list that begins with a list.
  package func commitment() throws(RLPError) -> Hash256 {
    switch self {
    case .ethereum(let bytes): try SequencedBlock.blockHash(ofBlock: bytes.rawSpan)
    }
  }

  /// The hash of an Ethereum block given as RLP, whose header is not decoded for it.
  package static func blockHash(ofBlock bytes: RawSpan) throws(RLPError) -> Hash256 {
    var reader = RLPReader(bytes)
    var fields = try reader.readList()
    let offset = fields.offset
    guard fields.peekIsList else { throw RLPError(offset: offset, reason: .expectedList) }
    return Keccak256.hash(try fields.readRawItem())
  }
}
