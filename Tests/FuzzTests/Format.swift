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
      let sealed = header.seal(payload: payload)
      return sealed.indices.map { sealed[$0] } + payload.bytes
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
