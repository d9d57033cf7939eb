import Evidence
import Foundation
import Hashing
package import MerkleLog
import Node
import Primitives
package import Rollup
import StoreFiles
import Testimony

/// A format that strangers send, or a disk gives back: read, and written again.
package enum Format: String, CaseIterable, Sendable {
  case record, note, checkpoint, proof, growth, tilePath = "tile-path", manifest, rlp
  case evidence, receipt, gossip, payload, feed, capture

  /// What does not hold of bytes that are read: that they are what the format writes of them; or, where it has several
  /// texts for one value, that what it writes is read alike. Nil if it holds, or if the bytes are refused.
  package func violation(of bytes: [UInt8]) -> String? {
    guard let written = written(bytes) else { return nil }
    if isCanonical { return written == bytes ? nil : "\(rawValue): they are read, and other bytes are written of them" }
    guard let again = self.written(written) else { return "\(rawValue): what is written of them is refused" }
    return again == written ? nil : "\(rawValue): what is written of them is read as something else"
  }

  /// Reads bytes. Nil if they are refused; else what the format writes of what was read.
  package func written(_ bytes: [UInt8]) -> [UInt8]? { Self.attempt { try read(bytes) } }

  /// Whether there is one text for what is read: then what is accepted is written as it was. JSON has many, and so has
  /// what is compressed.
  var isCanonical: Bool { ![.manifest, .gossip, .feed, .capture].contains(self) }

  /// What is made of an input: the bytes themselves, and, where the format has a checksum or a seal, bytes whose one is
  /// right.
  package func forms(of bytes: [UInt8]) -> [[UInt8]] {
    let resealed = resealed(bytes)
    return resealed == bytes ? [bytes] : [bytes, resealed]
  }

  /// The bytes with a checksum or a seal that is right, where the format has one: no change gets past it otherwise.
  package func resealed(_ bytes: [UInt8]) -> [UInt8] {
    if self == .evidence || self == .receipt {
      let body = [UInt8](bytes.dropLast(Hash256.byteCount))
      return body + Keccak256.hash(body).bytes
    }
    guard self == .record, bytes.count >= RecordHeader.byteCount else { return bytes }
    var sum = RecordChecksum(header: bytes.rawSpan)
    sum.update(bytes.rawSpan.extracting(RecordHeader.byteCount..<bytes.count))
    return (0..<4).map { UInt8(truncatingIfNeeded: sum.value >> (24 - 8 * $0)) } + bytes[4...]
  }

  /// The key by which samples of notes are signed, and by which notes are checked.
  package static func signer(_ algorithm: VerifierKey.Algorithm) throws -> SignerKey {
    try SignerKey(name: "varve/fuzz", algorithm: algorithm, seed: [UInt8](repeating: 7, count: SignerKey.seedByteCount))
  }

  /// The event that the payload of a record is.
  package func event(in bytes: [UInt8]) -> Event? {
    guard self == .record, let header = try? RecordHeader(bytes.rawSpan) else { return nil }
    return try? Event(kind: header.kind, payload: bytes.rawSpan.extracting(RecordHeader.byteCount..<bytes.count))
  }
}

// The readers, format by format.
extension Format {
  /// What comes of reading; nil if it is refused. Whatever the bytes are, the refusal can say why.
  private static func attempt<Value>(_ read: () throws -> Value?) -> Value? {
    do {
      return try read()
    } catch {
      precondition(!"\(error)".isEmpty, "a refusal that says nothing")
      return nil
    }
  }

  /// Reads bytes, and writes what was read. Nil where the reader gives no reason for a refusal.
  private func read(_ bytes: [UInt8]) throws -> [UInt8]? {
    switch self {
    case .record: return try record(bytes)
    case .note:
      let note = try SignedNote(bytes)
      _ = Self.attempt { try note.verify(by: Self.keys) }
      return Array(note.encoded.utf8)
    case .checkpoint:
      guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
      return Array(try Checkpoint(text: text).text.utf8)
    case .proof:
      let file = try ProofFile(bytes)
      _ = Self.attempt { try Self.judge(file) }
      return Array(file.encoded.utf8)
    case .growth:
      let file = try GrowthFile(bytes)
      _ = Self.attempt { try Self.judge(file) }
      return Array(file.encoded.utf8)
    case .tilePath:
      guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
      return Tile(path: text).map { Array($0.path.utf8) }
    case .manifest: return [UInt8](try StoreManifest(Data(bytes), path: "varve.json").encode())
    case .rlp:
      var writer = RLPWriter()
      var reader = RLPReader(bytes.rawSpan)
      try Self.copy(&reader, to: &writer)
      return writer.bytes
    case .evidence, .receipt: return try Self.evidence(bytes)
    case .gossip:
      guard case .op(let message) = try SignedMessage(bytes.rawSpan, .op) else { return nil }
      _ = Self.attempt { try StatementReader(l2ChainID: 10, domain: nil).statement(of: .op(message), by: .zero) }
      return Snappy.literal(message)
    case .payload:
      // Of whatever version, and whether or not it has the hash that it states.
      return ExecutionPayload.Version.allCases.lazy.compactMap { version in
        Self.attempt { try ExecutionPayload(bytes.rawSpan, version: version).encode() }
      }.first
    case .feed: return try Self.feedMessage(bytes)
    case .capture: return Array(try HeardMessage(captureLine: bytes, defaultFormat: nil).captureLine.utf8)
    }
  }

  /// A header, and its payload behind it.
  private func record(_ bytes: [UInt8]) throws -> [UInt8]? {
    guard bytes.count >= RecordHeader.byteCount else { return nil }
    var header = try RecordHeader(bytes.rawSpan)
    let payload = bytes.rawSpan.extracting(RecordHeader.byteCount..<bytes.count)
    let stored = bytes.rawSpan.extracting(0..<RecordHeader.byteCount)
    try header.verifyChecksum(header: stored, payload: payload)
    // What is no event of its kind stays as it is: a store that is told of such a payload gives it back.
    let written = event(in: bytes)?.encode() ?? payload.bytes
    let sealed = header.seal(payload: written.rawSpan)
    return sealed.indices.map { sealed[$0] } + written
  }

  private static let keys = [VerifierKey.Algorithm.ed25519, .cosignatureV1].compactMap { try? signer($0).verifierKey }

  /// Follows the hashes to the root, whoever signed it: sizes and indices are what the file says.
  private static func judge(_ file: ProofFile) throws {
    let checkpoint = try Checkpoint(text: file.note.text)
    try InclusionProof(index: file.index, size: checkpoint.size, hashes: file.hashes)
      .verify(leafHash: .zero, root: checkpoint.root)
  }

  private static func judge(_ file: GrowthFile) throws {
    let checkpoint = try Checkpoint(text: file.note.text)
    try ConsistencyProof(oldSize: file.oldSize, newSize: checkpoint.size, hashes: file.hashes)
      .verify(oldRoot: .zero, newRoot: checkpoint.root)
  }

  /// Judges what is read as well: no file may stop whoever verifies it.
  private static func evidence(_ bytes: [UInt8]) throws -> [UInt8]? {
    let file = try EvidenceFile(bytes)
    switch file {
    case .equivocation(let evidence):
      _ = attempt { try evidence.verify(trusting: evidence.hashes) }
    case .receipt(let receipt):
      let fate = receipt.fate
      _ = attempt { try receipt.verify(trusting: fate?.hashes ?? []) }
    }
    return file.encode()
  }

  /// JSON, as the feed has it; or RLP, as evidence has it.
  private static func feedMessage(_ bytes: [UInt8]) throws -> [UInt8]? {
    let message: SignedMessage
    if bytes.first ?? 0 < 0xc0 {
      message = try SignedMessage(bytes.rawSpan, .nitro)
    } else {
      var reader = RLPReader(bytes.rawSpan)
      message = try SignedMessage(&reader)
      try reader.finish()
    }
    // What is no statement, as its signature has another length, has no place in evidence.
    guard case .nitro(let signed) = message else { return nil }
    _ = try signed.statement(l2ChainID: 42_161, by: .zero)
    var writer = RLPWriter()
    message.append(to: &writer)
    return writer.bytes
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
