import Hashing
import Primitives
import SystemPackage

/// A snapshot file that is being read. Whatever is not as it was written is an error: in the header before the first row is
/// lent, elsewhere when the end has been read at the latest.
struct SnapshotSource: ~Copyable {
  let header: SnapshotHeader

  private let path: FilePath
  private var stream: SnapshotStream

  /// The longest value that is made room for. The journal's rows are the longest that there are, a piece of a block each.
  private static let valueLimit = 1 << 28

  init(_ path: FilePath) throws(ProjectionError) {
    var stream = try SnapshotStream(path)
    let magic = SnapshotHeader.magic
    guard try stream.fill(magic.count) else { throw .snapshot(path, .noSnapshot) }
    guard try stream.take(magic.count) == magic else { throw .snapshot(path, .noSnapshot) }
    let length = try stream.take(4) { Int($0.bigEndian(at: 0, as: UInt32.self)) }
    guard length <= SnapshotHeader.limit else { throw .snapshot(path, .damaged("its header is too long to be one")) }
    let bytes = try stream.take(length)
    guard try stream.take(Hash256.byteCount, { Hash256($0) }) == Keccak256.hash(bytes) else {
      throw .snapshot(path, .damaged("its header does not have its hash"))
    }
    do throws(RLPError) { header = try SnapshotHeader(rlp: bytes.rawSpan) } catch {
      throw .snapshot(path, .damaged("its header cannot be read: \(error)"))
    }
    self.path = path
    self.stream = stream
  }

  /// Reads a whole file, and throws unless it is what was written. Returns its end.
  @discardableResult
  static func check(_ path: FilePath) throws(ProjectionError) -> SnapshotEnd {
    var source = try SnapshotSource(path)
    return try source.forEachRow { _, _, _ throws(ProjectionError) in }
  }

  /// Lends the rows in order, and returns what stands behind them, once the whole file is known to be what was written.
  mutating func forEachRow(
    _ body: (_ table: UInt8, _ key: RawSpan, _ value: RawSpan) throws(ProjectionError) -> Void
  ) throws(ProjectionError) -> SnapshotEnd {
    var rows: UInt64 = 0
    while true {
      let table = try stream.take(1) { $0.byte(at: 0) }
      if table == SnapshotTable.end { break }
      let (keyLength, valueLength) = try stream.take(6) {
        (Int($0.bigEndian(at: 0, as: UInt16.self)), Int($0.bigEndian(at: 2, as: UInt32.self)))
      }
      guard valueLength <= Self.valueLimit else { throw damaged("a row is longer than one can be") }
      let outcome = try stream.take(keyLength + valueLength) { bytes -> ProjectionError? in
        let (key, value) = (bytes.extracting(0..<keyLength), bytes.extracting(keyLength..<bytes.byteCount))
        do throws(ProjectionError) { try body(table, key, value) } catch { return error }
        return nil
      }
      if let outcome { throw outcome }
      rows += 1
    }
    let (stated, digest) = try stream.take(8 + Hash256.byteCount) { bytes in
      (bytes.bigEndian(at: 0, as: UInt64.self), Hash256(bytes.extracting(8..<bytes.byteCount)))
    }
    guard stated == rows else { throw damaged("it has \(rows) rows, and says \(stated)") }
    guard let hash = try stream.closingHash() else { throw damaged("it does not have the hash that it ends with") }
    return SnapshotEnd(rows: rows, digest: digest, hash: hash)
  }

  private func damaged(_ what: String) -> ProjectionError { .snapshot(path, .damaged(what)) }
}
