import EventStore
import Foundation
import Primitives
import Rollup
import StateTransition
import StoreFiles
import SystemPackage
import TestSupport
import Testing

@testable import ChainImport

@Suite("Damaged chain files")
struct DamagedFileTests {
  /// Fields of a last header that nothing but its seal binds. `mixHash`, `nonce` and `extraData` are free; `gasLimit` and
  /// `timestamp` are bound by rules within bounds only. The block's hash covers them, and nothing names the last block's
  /// hash unless `--head` does.
  private static let sealBound: Set<String> = ["mixHash", "nonce", "extraData", "gasLimit", "timestamp"]

  @Test("one byte flipped anywhere is found by import or by replay, and the block is named")
  func everyByte() throws {
    try ImportScratch.with(length: 5) { scratch in
      let good = scratch.file
      let ends = ends(of: scratch.blocks)
      let last = ends[ends.count - 2]
      var unnoticed: Set<String> = []
      // Every byte of the last block; of those before it every fifth, unless VARVE_TEST_EXHAUSTIVE
      // is set: each flip is an import of its own.
      let isExhaustive = ProcessInfo.processInfo.environment["VARVE_TEST_EXHAUSTIVE"] != nil
      for offset in good.indices where isExhaustive || offset >= last || offset.isMultiple(of: 5) {
        var damaged = good
        damaged[offset] ^= offset.isMultiple(of: 2) ? 0x01 : 0x80
        let number = (ends.firstIndex { offset < $0 } ?? 0) + 1
        try withTemporaryDirectory { path in
          let file = "\(path)/chain.rlp"
          try Data(damaged).write(to: URL(fileURLWithPath: file))
          do {
            _ = try Importer.run(
              files: [file], chain: scratch.chain, into: DataDirectory(FilePath("\(path)/store")))
            #expect(offset >= last, "byte \(offset) of block \(number) was flipped, and the import went through")
            let block = try EthereumBlock(rlp: Array(damaged[last...]).rawSpan)
            guard try replayAgrees(scratch, replacingLastWith: block) else { return }
            unnoticed.formUnion(fields(that: block.header, differsIn: scratch.blocks[scratch.blocks.count - 1].header))
          } catch let error as ImportError {
            #expect(names(error, number, ends), "byte \(offset) of block \(number): \(error)")
          }
        }
      }
      #expect(unnoticed.isSubset(of: Self.sealBound), "\(unnoticed)")
      #expect(unnoticed.isSuperset(of: ["mixHash", "nonce", "extraData"]))
    }
  }

  @Test("with --head, a flip in the last header is found too, whatever the field")
  func anchored() throws {
    try ImportScratch.with(length: 2) { scratch in
      let good = scratch.file
      let start = ends(of: scratch.blocks)[0]
      for offset in stride(from: start, to: good.count, by: 11) {
        var damaged = good
        damaged[offset] ^= 0x01
        try withTemporaryDirectory { path in
          let file = "\(path)/chain.rlp"
          try Data(damaged).write(to: URL(fileURLWithPath: file))
          #expect(throws: ImportError.self) {
            try Importer.run(
              files: [file], chain: scratch.chain, into: DataDirectory(FilePath("\(path)/store")),
              options: .init(head: scratch.hash(2)))
          }
        }
      }
    }
  }

  @Test("after a damaged file a good one goes in, and the store is as if it had been the first")
  func goodFileAfterwards() throws {
    var random = SeededGenerator()
    try ImportScratch.with(length: 5) { scratch in
      try scratch.import(scratch.file, into: "clean", head: scratch.hash(5))
      let clean = try scratch.canonicalRecords("clean").filter { !$0.kind.isObservation }.map(\.payload)
      for round in 0..<40 {
        var damaged = scratch.file
        let offset = Int.random(in: 0..<damaged.count, using: &random)
        damaged[offset] ^= UInt8.random(in: 1...255, using: &random)
        let store = "store-\(round)"
        _ = try? scratch.import(damaged, into: store)
        #expect(throws: Never.self, "byte \(offset)") {
          try scratch.import(scratch.file, into: store, head: scratch.hash(5))
        }
        let facts = try scratch.canonicalRecords(store).filter { !$0.kind.isObservation }.map(\.payload)
        #expect(facts == clean, "byte \(offset)")
      }
    }
  }

  @Test("a file cut at any byte is refused unless it ends with a block, and the blocks before are kept")
  func cut() throws {
    try ImportScratch.with(length: 3) { scratch in
      let good = scratch.file
      let ends = ends(of: scratch.blocks)
      for length in good.indices where length % 7 == 0 || ends.contains(length) {
        try withTemporaryDirectory { path in
          let file = "\(path)/chain.rlp"
          try Data(good.prefix(length)).write(to: URL(fileURLWithPath: file))
          let store = DataDirectory(FilePath("\(path)/store"))
          let complete = ends.count { $0 <= length }
          if ends.contains(length) {
            let report = try Importer.run(files: [file], chain: scratch.chain, into: store)
            #expect(report.head?.number == UInt64(complete))
          } else {
            let error = try #require(throws: ImportError.self) {
              try Importer.run(files: [file], chain: scratch.chain, into: store)
            }
            #expect(complete == 0 || error.block == UInt64(complete + 1))
            let stored = ["nothing was stored", "block 0 alone is stored", "blocks 0 to 1 are stored"][complete]
            #expect("\(error)".contains(stored), "\(error)")
            guard complete > 0 else { return }
            // The last complete block has no successor that vouches for it.
            let log = try EventLog.open(store.ledger, mode: .readOnly)
            #expect(try log.newestBlock()?.id.number == UInt64(complete - 1))
          }
        }
      }
    }
  }

  /// Where each block ends in the file.
  private func ends(of blocks: [EthereumBlock]) -> [Int] {
    var ends = [Int]()
    for block in blocks { ends.append((ends.last ?? 0) + block.encode().count) }
    return ends
  }

  /// Whether the error points at this block: by number, or by being about the file's first bytes.
  private func names(_ error: ImportError, _ number: Int, _ ends: [Int]) -> Bool {
    if error.block == UInt64(number) { return true }
    // A parent hash that was flipped: the error names both blocks between which the link is broken.
    if case .unlinked(_, UInt64(number), _) = error.reason { return true }
    let start = number == 1 ? 0 : ends[number - 2]
    return error.block == nil && error.source?.offset == Int64(start)
  }

  /// Whether executing the chain with another last block gives all that its headers state.
  private func replayAgrees(_ scratch: ImportScratch, replacingLastWith block: EthereumBlock) throws -> Bool {
    var state = MemoryState(scratch.chain.allocation)
    let executor = BlockExecutor(chainID: scratch.chain.chainID, forks: scratch.chain.forks)
    for good in scratch.blocks.dropLast() { _ = try state.run(good, by: executor) }
    do {
      return try state.run(block, by: executor).computed.differences(from: block.header).isEmpty
    } catch is BlockError {
      return false
    }
  }

  private func fields(that header: BlockHeader, differsIn other: BlockHeader) -> [String] {
    zip(Mirror(reflecting: header).children, Mirror(reflecting: other).children).compactMap { mine, others in
      "\(mine.value)" == "\(others.value)" ? nil : mine.label
    }
  }
}
