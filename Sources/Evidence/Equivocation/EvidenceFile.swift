import Hashing
import Primitives

/// A file about what a sequencer signed: an accusation, or a promise.
package enum EvidenceFile: Equatable, Sendable {
  case equivocation(EquivocationEvidence)
  case receipt(InclusionReceipt)

  /// Which of both, after the version.
  enum Kind: UInt64 {
    case equivocation = 1
    case receipt = 2
  }

  /// Reads either. Every byte counts: the last 32 are the hash of the others.
  package init(_ bytes: [UInt8]) throws(EvidenceError) {
    self = try Seal.read(bytes) { reader throws(RLPError) in
      var ahead = reader
      var fields = try ahead.readList()
      _ = try fields.readUInt64()
      if try fields.readUInt64() == Kind.receipt.rawValue { return .receipt(try InclusionReceipt(&reader)) }
      return .equivocation(try EquivocationEvidence(&reader))
    }
  }

  package func encode() -> [UInt8] {
    switch self {
    case .equivocation(let evidence): evidence.encode()
    case .receipt(let receipt): receipt.encode()
    }
  }
}

/// The hash that ends a file, so that a damaged one is told from one that lies.
enum Seal {
  /// Reads what is under the seal, all of it.
  static func read<Content>(
    _ bytes: [UInt8], _ content: (inout RLPReader) throws(RLPError) -> Content
  ) throws(EvidenceError) -> Content {
    let body = try open(bytes, limit: EquivocationEvidence.greatestByteCount)
    do throws(RLPError) {
      var reader = RLPReader(body.rawSpan)
      let read = try content(&reader)
      try reader.finish()
      return read
    } catch { throw .malformed(error) }
  }

  static func close(_ body: [UInt8]) -> [UInt8] { body + Keccak256.hash(body).bytes }

  static func open(_ bytes: [UInt8], limit: Int) throws(EvidenceError) -> [UInt8] {
    guard bytes.count <= limit else { throw .tooLong(bytes.count) }
    guard bytes.count > Hash256.byteCount else {
      throw .malformed(RLPError(offset: 0, reason: .truncated(needed: Hash256.byteCount + 1, available: bytes.count)))
    }
    let body = [UInt8](bytes.dropLast(Hash256.byteCount))
    let stated = Hash256(bytes.rawSpan.extracting(last: Hash256.byteCount))
    let computed = Keccak256.hash(body)
    guard stated == computed else { throw .wrongSeal(stated: stated, computed: computed) }
    return body
  }
}
