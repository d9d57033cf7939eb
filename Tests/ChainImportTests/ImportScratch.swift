import EventStore
import Foundation
import Primitives
import Rollup
import StoreFiles
import SystemPackage
import TestSupport

@testable import ChainImport

/// A directory for one test, with the files of the first blocks of the demo chain and a store to import them into.
struct ImportScratch {
  let path: String
  let chain: ChainConfiguration

  /// The blocks, from block 1 on.
  let blocks: [EthereumBlock]

  private static let demo = Result { try DemoChain() }

  /// Runs `body` with the demo chain's blocks 1 to `length`.
  static func with(length: Int, _ body: (ImportScratch) throws -> Void) throws {
    let demo = try demo.get()
    try withTemporaryDirectory { path in
      let blocks = Array(demo.blocks.prefix(length))
      try body(ImportScratch(path: path, chain: demo.configuration, blocks: blocks))
    }
  }

  /// The export of these blocks.
  func bytes(_ numbers: ClosedRange<Int>) -> [UInt8] {
    numbers.flatMap { ($0 == 0 ? chain.genesisBlock : blocks[$0 - 1]).encode() }
  }

  /// All blocks from 1 on.
  var file: [UInt8] { bytes(1...blocks.count) }

  func directory(_ name: String = "store") -> DataDirectory { DataDirectory(FilePath("\(path)/\(name)")) }

  /// Writes a chain file and gives its path.
  func write(_ bytes: [UInt8], to name: String = "chain.rlp") throws -> String {
    let file = "\(path)/\(name)"
    try Data(bytes).write(to: URL(fileURLWithPath: file))
    return file
  }

  @discardableResult
  func `import`(
    _ files: [UInt8]..., into store: String = "store", head: Hash256? = nil, blocksPerCommit: Int = 512,
    progress: @escaping (ImportProgress) -> Bool = { _ in true }
  ) throws -> ImportReport {
    var options = Importer.Options(head: head)
    options.blocksPerCommit = blocksPerCommit
    let paths = try files.enumerated().map { try write($1, to: "chain-\($0).rlp") }
    return try Importer.run(
      files: paths, chain: chain, into: directory(store), options: options, progress: progress)
  }

  /// Runs `body` with a store's ledger.
  func withLog<R>(_ store: String = "store", _ body: (EventLog) throws -> R) throws -> R {
    try body(try EventLog.open(directory(store).ledger, mode: .readOnly))
  }

  func head(_ store: String = "store") throws -> Head { try withLog(store) { try $0.head() } }

  /// Every record that no reorganisation has revoked.
  func canonicalRecords(_ store: String = "store") throws -> [StoredRecord] {
    try withLog(store) { log in
      var records = [StoredRecord]()
      try log.read(try log.head().positions, view: .canonical) { (view: borrowing RecordView) throws(ReadError) in
        records.append(try view.copy())
      }
      return records
    }
  }

  func hash(_ number: Int) -> Hash256 { number == 0 ? chain.genesisHeader.hash : blocks[number - 1].header.hash }

  /// A sibling of the block: the same with other extra data.
  func sibling(of number: Int) -> EthereumBlock {
    var block = blocks[number - 1]
    block.header.extraData = [0xff]
    return block
  }
}
