import Hashing
package import Primitives

/// A block in the order that L1 fixed, with all its data.
package enum SequencedBlock: Equatable, Sendable {
  /// A whole Ethereum block in RLP: header, transactions, uncles, withdrawals. What an imported chain has.
  case ethereum([UInt8])
  /// What a rollup's sequencer ordered.
  case rollup(RollupBlock)

  /// Numbers of the variants in RLP.
  package enum Variant: UInt64, Sendable {
    case ethereum = 1
    case rollup = 2
  }

  package var variant: Variant {
    switch self {
    case .ethereum: .ethereum
    case .rollup: .rollup
    }
  }

  /// Reads the next two items: variant and data.
  package init(_ fields: inout RLPReader) throws(RLPError) {
    let variant: Variant = try fields.readChoice("the variant of a sequenced block is 1, ethereum, or 2, rollup")
    switch variant {
    case .ethereum: self = .ethereum(try fields.readBytes().bytes)
    case .rollup: self = .rollup(try RollupBlock(&fields))
    }
  }

  package func append(to fields: inout RLPWriter) {
    fields.append(variant.rawValue)
    switch self {
    case .ethereum(let bytes): fields.append(bytes: bytes)
    case .rollup(let block): block.append(to: &fields)
    }
  }

  /// The transactions of the block, raw (EIP-2718), in order. O(size).
  ///
  /// - Throws: when an Ethereum block's data is none.
  package func transactions() throws(RLPError) -> [[UInt8]] {
    switch self {
    case .ethereum(let bytes): try EthereumBlock(rlp: bytes.rawSpan).transactions
    case .rollup(let block): block.transactions
    }
  }

  /// What a batch's `dataHash` is made of: for an Ethereum block its hash, Keccak-256 of the header; for a rollup's its
  /// order commitment.
  ///
  /// - Throws: when an Ethereum block's data is no list that begins with a list.
  package func commitment() throws(RLPError) -> Hash256 {
    switch self {
    case .ethereum(let bytes): try SequencedBlock.blockHash(ofBlock: bytes.rawSpan)
    case .rollup(let block): block.order.commitment
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
