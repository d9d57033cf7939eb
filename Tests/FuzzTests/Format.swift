import Evidence
import Foundation
import Hashing
import MerkleLog
import Node
import Primitives
import Rollup
import StoreFiles
import Testimony

/// A format that strangers send, or a disk gives back: read, and written again.
enum Format: String, CaseIterable {
  case record, note, checkpoint, proof, growth, tilePath = "tile-path", manifest, rlp
  case evidence, receipt, gossip, payload, feed, capture

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
    case .evidence, .receipt: return Self.evidence(bytes)
    case .gossip:
      guard case .op(let message)? = try? SignedMessage(bytes.rawSpan, .op) else { return nil }
      _ = try? StatementReader(l2ChainID: 10, domain: nil).statement(of: .op(message), by: .zero)
      return Snappy.literal(message)
    case .payload:
      // Of whatever version, and whether or not it has the hash that it states.
      return ExecutionPayload.Version.allCases.lazy.compactMap { version in
        (try? ExecutionPayload(bytes.rawSpan, version: version))?.encode()
      }.first
    case .feed: return Self.feedMessage(bytes)
    case .capture:
      return (try? HeardMessage(captureLine: bytes, defaultFormat: nil)).map { Array($0.captureLine.utf8) }
    }
  }

  /// Judges what is read as well: no file may stop whoever verifies it.
  private static func evidence(_ bytes: [UInt8]) -> [UInt8]? {
    guard let file = try? EvidenceFile(bytes) else { return nil }
    switch file {
    case .equivocation(let evidence):
      _ = try? evidence.verify(trusting: evidence.hashes)
    case .receipt(let receipt):
      let fate = receipt.fate
      _ = try? receipt.verify(trusting: fate?.hashes ?? [])
    }
    return file.encode()
  }

  /// JSON, as the feed has it; or RLP, as evidence has it.
  private static func feedMessage(_ bytes: [UInt8]) -> [UInt8]? {
    var message: SignedMessage?
    if bytes.first ?? 0 < 0xc0 {
      message = try? SignedMessage(bytes.rawSpan, .nitro)
    } else {
      var reader = RLPReader(bytes.rawSpan)
      message = try? SignedMessage(&reader)
      guard reader.isAtEnd else { return nil }
    }
    // What is no statement, as its signature has another length, has no place in evidence.
    guard let message, case .nitro(let signed) = message,
      (try? signed.statement(l2ChainID: 42_161, by: .zero)) != nil
    else { return nil }
    var writer = RLPWriter()
    message.append(to: &writer)
    return writer.bytes
  }

  /// Whether there is one text for what is read: then what is accepted is written as it was. JSON has many, and so has
  /// what is compressed.
  var isCanonical: Bool { ![.manifest, .gossip, .feed, .capture].contains(self) }

  /// The event that the payload of a record is.
  func event(in bytes: [UInt8]) -> Event? {
    guard self == .record, let header = try? RecordHeader(bytes.rawSpan) else { return nil }
    return try? Event(kind: header.kind, payload: bytes.rawSpan.extracting(RecordHeader.byteCount..<bytes.count))
  }

  /// The bytes with a checksum that is right, where the format has one: no change would get past it otherwise.
  func resealed(_ bytes: [UInt8]) -> [UInt8] {
    if self == .evidence || self == .receipt {
      let body = [UInt8](bytes.dropLast(Hash256.byteCount))
      return body + Keccak256.hash(body).bytes
    }
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
