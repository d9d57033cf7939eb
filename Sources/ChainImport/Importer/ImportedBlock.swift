import Hashing
import Primitives
import Rollup

/// A block of a chain file, decoded.
struct ImportedBlock: Sendable {
  let source: ImportError.Source

  /// The whole block, as in the file.
  let bytes: [UInt8]

  let content: EthereumBlock
  let headerBytes: [UInt8]
  let hash: Hash256

  var header: BlockHeader { content.header }
  var number: UInt64 { content.header.number }
  var id: BlockID { BlockID(number: number, hash: hash) }

  /// Decodes a block; says nothing about its body.
  ///
  /// - Parameter expected: the number that the block should have; an error names it, as the block's own may be what is wrong.
  init(_ raw: ChainFile.RawBlock, path: String, expected: UInt64?) throws(ImportError) {
    source = ImportError.Source(path: path, offset: raw.offset)
    bytes = raw.bytes
    do {
      content = try EthereumBlock(rlp: raw.bytes.rawSpan)
      headerBytes = try ImportedBlock.header(in: raw.bytes)
    } catch {
      throw ImportError(.malformed(error), block: expected, source: source)
    }
    hash = Keccak256.hash(headerBytes)
  }

  /// Holds the header's roots against the body.
  func checkBody() throws(ImportError) {
    do {
      try content.checkBody()
    } catch {
      throw ImportError(.body(error), block: number, source: source)
    }
  }

  /// A block that is not from a file: the genesis block.
  init(genesis block: EthereumBlock) {
    source = ImportError.Source(path: "", offset: 0)
    bytes = block.encode()
    content = block
    headerBytes = block.header.encode()
    hash = Keccak256.hash(headerBytes)
  }

  private static func header(in block: [UInt8]) throws(RLPError) -> [UInt8] {
    var reader = RLPReader(block.rawSpan)
    var fields = try reader.readList()
    return try fields.readRawItem().bytes
  }
}
