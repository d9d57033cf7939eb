import Foundation
import Primitives
import TestSupport
import Testing

@testable import ChainImport

@Suite("Chain files")
struct ChainFileTests {
  @Test("blocks come out as they stand in the file, whatever the chunk size", arguments: [1, 2, 3, 7, 64, 1 << 20])
  func chunks(chunkSize: Int) throws {
    let blocks = ChainFileTests.lists
    try withFile(Array(blocks.joined())) { path in
      let (read, end, error) = readAll(path, chunkSize: chunkSize)
      #expect(read.map(\.bytes) == blocks)
      #expect(read.map(\.offset) == blocks.indices.map { Int64(blocks[..<$0].joined().count) })
      #expect(end == Int64(blocks.joined().count))
      #expect(error == nil)
    }
  }

  @Test("a file cut at any byte gives the blocks before the cut, and an error unless it falls between blocks")
  func cutAnywhere() throws {
    let blocks = ChainFileTests.lists
    let whole = Array(blocks.joined())
    var ends = [0]
    for block in blocks { ends.append(ends[ends.count - 1] + block.count) }
    for cut in 0..<whole.count {
      try withFile(Array(whole.prefix(cut))) { path in
        let (read, _, error) = readAll(path, chunkSize: 16)
        let complete = ends.lastIndex { $0 <= cut } ?? 0
        #expect(read.map(\.bytes) == Array(blocks.prefix(complete)))
        guard !ends.contains(cut) else {
          #expect(error == nil)
          return
        }
        #expect(error?.offset == Int64(ends[complete]))
        guard case .truncated = error?.reason else {
          Issue.record("\(String(describing: error))")
          return
        }
      }
    }
  }

  @Test("what begins like no block is refused where it stands")
  func garbage() throws {
    try expect([0x05], .notAList)
    try expect([0x83, 1, 2, 3], .notAList)
    try expect([0xf8, 0x01, 0x05], nil)
    try expect(
      [0xfb, 0x7f, 0xff, 0xff, 0xff] + [UInt8](repeating: 0, count: 16),
      .tooLong(length: 0x7fff_ffff + 5, limit: 32 << 20))
  }

  @Test("a file that is not there says so")
  func missing() throws {
    let error = try #require(readAll("/nonexistent/chain.rlp", chunkSize: 1024).error)
    #expect(error.path == "/nonexistent/chain.rlp")
  }

  /// Lists of all sizes around the borders of header lengths.
  private static let lists: [[UInt8]] = [0, 1, 20, 55, 56, 57, 200, 255, 256, 300].map { length in
    var writer = RLPWriter()
    writer.list { items in
      for index in 0..<length { items.append(UInt64(index % 100 + 1)) }
    }
    return writer.bytes
  }

  private func expect(_ bytes: [UInt8], _ reason: ChainFileError.Reason?) throws {
    try withFile(bytes) { path in
      let error = try #require(readAll(path, chunkSize: 1024).error)
      #expect(error.offset == 0)
      if let reason {
        #expect(error.reason == reason)
      } else if case .notRLP = error.reason {
      } else {
        Issue.record("\(error)")
      }
    }
  }

  /// All blocks up to the end or the first error, and where the file was read to.
  private func readAll(_ path: String, chunkSize: Int) -> (
    blocks: [ChainFile.RawBlock], end: Int64, error: ChainFileError?
  ) {
    var blocks = [ChainFile.RawBlock]()
    do {
      var file = try ChainFile(path: path, chunkSize: chunkSize)
      do {
        while let block = try file.next() { blocks.append(block) }
        return (blocks, file.offset, nil)
      } catch {
        return (blocks, file.offset, error)
      }
    } catch {
      return (blocks, 0, error)
    }
  }

  private func withFile(_ bytes: [UInt8], _ body: (String) throws -> Void) throws {
    try withTemporaryDirectory { directory in
      let path = "\(directory)/chain.rlp"
      try Data(bytes).write(to: URL(fileURLWithPath: path))
      try body(path)
    }
  }
}
