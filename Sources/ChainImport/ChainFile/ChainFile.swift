import Primitives
import SystemPackage

/// A chain export: RLP blocks one after another, and nothing between them. Read front to back in a window of bounded size,
/// however long the file is.
///
/// Only the outermost length of each block is looked at; what the block holds is for the caller to decode.
package struct ChainFile: ~Copyable {
  /// A block as it stands in the file.
  package struct RawBlock: Sendable {
    /// Where it begins, in bytes from the start of the file.
    package let offset: Int64

    /// Its RLP.
    package let bytes: [UInt8]
  }

  /// Longest block that is read; since Osaka none may have more than 10 MiB (EIP-7934), before it gas kept them far below.
  package static let blockByteLimit = 32 << 20

  /// Bytes that always tell how long an RLP item is.
  private static let longestItemHeader = 9

  /// Bytes asked for at once.
  package static let defaultChunkSize = 1 << 20

  package let path: String

  /// Bytes of the file when it was opened: for progress, nothing relies on it.
  package let byteCount: Int64

  private let descriptor: FileDescriptor
  private let chunkSize: Int

  /// Bytes of the file from `windowOffset` on.
  private var window: [UInt8] = []
  private var windowOffset: Int64 = 0

  /// How many bytes at the front of the window have been given out.
  private var consumed = 0

  /// Opens the file. `chunkSize` is for tests, which want blocks to lie across the borders of chunks.
  package init(path: String, chunkSize: Int = defaultChunkSize) throws(ChainFileError) {
    precondition(chunkSize > 0, "a chunk has bytes")
    let opened: (descriptor: FileDescriptor, byteCount: Int64)
    do {
      opened = try ChainFile.open(FilePath(path))
    } catch {
      throw ChainFileError(path: path, offset: 0, reason: .unreadable("\(error)"))
    }
    self.path = path
    self.chunkSize = chunkSize
    descriptor = opened.descriptor
    byteCount = opened.byteCount
  }

  private static func open(_ path: FilePath) throws -> (descriptor: FileDescriptor, byteCount: Int64) {
    let descriptor = try FileDescriptor.open(path, .readOnly, options: [.closeOnExec])
    do {
      return (descriptor, try descriptor.seek(offset: 0, from: .end))
    } catch {
      try? descriptor.close()
      throw error
    }
  }

  deinit {
    try? descriptor.close()
  }

  /// Where the next block begins.
  package var offset: Int64 { windowOffset + Int64(consumed) }
}

extension ChainFile {
  /// The next block; nil at the end of the file.
  package mutating func next() throws(ChainFileError) -> RawBlock? {
    try fill(ChainFile.longestItemHeader)
    guard window.count > consumed else { return nil }
    let length = try itemLength()
    try fill(length)
    guard window.count - consumed >= length else {
      throw failure(.truncated(length: length, available: window.count - consumed))
    }
    let block = RawBlock(offset: offset, bytes: [UInt8](window[consumed..<consumed + length]))
    consumed += length
    return block
  }

  /// Bytes of the item that begins here.
  private func itemLength() throws(ChainFileError) -> Int {
    let header: RLPItemHeader?
    do {
      header = try RLPItemHeader.probe(window.rawSpan.extracting(consumed..<window.count))
    } catch {
      throw failure(.notRLP("\(error)"))
    }
    guard let header else {
      let available = window.count - consumed
      throw failure(.truncated(length: available + 1, available: available))
    }
    guard header.isList else { throw failure(.notAList) }
    guard header.itemLength <= ChainFile.blockByteLimit else {
      throw failure(.tooLong(length: header.itemLength, limit: ChainFile.blockByteLimit))
    }
    return header.itemLength
  }

  /// Reads on until `count` bytes are at hand that have not been given out, or the file ends.
  private mutating func fill(_ count: Int) throws(ChainFileError) {
    guard window.count - consumed < count else { return }
    window.removeFirst(consumed)
    windowOffset += Int64(consumed)
    consumed = 0
    while window.count < count {
      guard try readChunk(atLeast: count - window.count) > 0 else { return }
    }
  }

  /// Reads once, past the end of the window. Returns how many bytes came, 0 at the end of the file.
  private mutating func readChunk(atLeast wanted: Int) throws(ChainFileError) -> Int {
    let position = windowOffset + Int64(window.count)
    do {
      let chunk = try unsafe [UInt8](unsafeUninitializedCapacity: max(wanted, chunkSize)) { (buffer, count) in
        let bytes = UnsafeMutableRawBufferPointer(buffer)
        count = try unsafe descriptor.read(fromAbsoluteOffset: position, into: bytes)
      }
      window += chunk
      return chunk.count
    } catch {
      throw failure(.unreadable("\(error)"))
    }
  }

  private func failure(_ reason: ChainFileError.Reason) -> ChainFileError {
    ChainFileError(path: path, offset: offset, reason: reason)
  }
}
