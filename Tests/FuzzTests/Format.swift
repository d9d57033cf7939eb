import Foundation
import MerkleLog
import Primitives
import Rollup
import StoreFiles

/// A format that strangers send, or a disk gives back: read, and written again.
enum Format: String, CaseIterable {
  case record, note, checkpoint, proof, growth, tilePath = "tile-path", manifest, rlp

  /// Reads bytes. Nil if they are refused, with a typed error; else what the format writes of what was read.
  func written(_ bytes: [UInt8]) -> [UInt8]? {
    switch self {
    case .record:
      guard bytes.count >= RecordHeader.byteCount, var header = try? RecordHeader(bytes.rawSpan) else { return nil }
      let payload = bytes.rawSpan.extracting(RecordHeader.byteCount..<bytes.count)
      let stored = bytes.rawSpan.extracting(0..<RecordHeader.byteCount)
      guard (try? header.verifyChecksum(header: stored, payload: payload)) != nil else { return nil }
      // What is no event of its kind stays as it is: a store that is told of such a payload gives it back.
      let written = event(in: bytes)?.encode() ?? payload.bytes
      let sealed = header.seal(payload: written.rawSpan)
      return sealed.indices.map { sealed[$0] } + written
    case .note: return (try? SignedNote(bytes)).map { Array($0.encoded.utf8) }
    case .checkpoint:
      guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
      return (try? Checkpoint(text: text)).map { Array($0.text.utf8) }
    case .proof: return (try? ProofFile(bytes)).map { Array($0.encoded.utf8) }
    case .growth: return (try? GrowthFile(bytes)).map { Array($0.encoded.utf8) }
    case .tilePath:
      guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
      return Tile(path: text).map { Array($0.path.utf8) }
    case .manifest: return (try? StoreManifest(Data(bytes), path: "varve.json")).flatMap { try? [UInt8]($0.encode()) }
    case .rlp:
      var writer = RLPWriter()
      var reader = RLPReader(bytes.rawSpan)
      guard (try? Self.copy(&reader, to: &writer)) != nil else { return nil }
      return writer.bytes
    }
  }

  /// Whether there is one text for what is read: then what is accepted is written as it was. JSON has many.
  var isCanonical: Bool { self != .manifest }

  /// The event that the payload of a record is.
  func event(in bytes: [UInt8]) -> Event? {
    guard self == .record, let header = try? RecordHeader(bytes.rawSpan) else { return nil }
    return try? Event(kind: header.kind, payload: bytes.rawSpan.extracting(RecordHeader.byteCount..<bytes.count))
  }

  /// The bytes with a checksum that is right, where the format has one: no change would get past it otherwise.
  func resealed(_ bytes: [UInt8]) -> [UInt8] {
    guard self == .record, bytes.count >= RecordHeader.byteCount else { return bytes }
    var sum = RecordChecksum(header: bytes.rawSpan)
    sum.update(bytes.rawSpan.extracting(RecordHeader.byteCount..<bytes.count))
    return (0..<4).map { UInt8(truncatingIfNeeded: sum.value >> (24 - 8 * $0)) } + bytes[4...]
  }

  /// Copies all items, lists item by item.
  private static func copy(_ reader: inout RLPReader, to writer: inout RLPWriter) throws(RLPError) {
    while !reader.isAtEnd {
      if reader.peekIsList {
        var inner = try reader.readList()
        var items = RLPWriter()
        try copy(&inner, to: &items)
        writer.appendListHeader(payloadLength: items.bytes.count)
        writer.appendRaw(items.bytes)
      } else {
        writer.append(try reader.readBytes())
      }
    }
  }
}
