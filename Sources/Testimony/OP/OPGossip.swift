import Hashing
package import Primitives
import Rollup
package import Signatures

/// A block of the OP Stack's gossip: `signature ‖ [parentBeaconBlockRoot] ‖ payload` (rollup-node-p2p, "Block signatures").
///
/// What it shows, and what not: the key of `SystemConfig`'s unsafe block signer said this; the L1 origin stands in the
/// block's first transaction, so it is signed. The batches on L1 are another key's, so that no half of a contradiction can
/// come from there.
package enum OPGossip {
  private static let signatureSize = 65

  /// What the key signs: `keccak(domain ‖ chainId ‖ keccak(payload))`; the domain of blocks is zero.
  package static func digest(of payload: RawSpan, l2ChainID: UInt64, domain: Hash256 = .zero) -> Hash256 {
    Keccak256.hash(domain.bytes + UInt256(l2ChainID).bigEndianBytes + Keccak256.hash(payload).bytes)
  }

  /// Reads a message after decompression: whose it is before anything else of it, as the rest may take a thousand times as
  /// long.
  ///
  /// The topic, which tells the version, is no part of it. A message is read as the version in which its contents have the
  /// block hash that it states: there is one at most.
  static func statement(
    _ message: RawSpan, l2ChainID: UInt64, by signer: Address?, where isWelcome: (Address) -> Bool
  ) throws(StatementError) -> Statement {
    guard message.byteCount > signatureSize else { throw .payload(.truncated(.v1)) }
    let signed = message.extracting(signatureSize..<message.byteCount)
    let digest = digest(of: signed, l2ChainID: l2ChainID)
    let author: Address
    do throws(SignatureError) {
      // The parity is 0 or 1. Either form of s is accepted there; both are of one statement.
      let parity = message.byte(at: signatureSize - 1)
      guard parity <= 1 else { throw .badRecoveryID(parity) }
      author =
        if let signer {
          signer
        } else {
          try Secp256k1.recoverAddress(
            hash: digest, r: UInt256(Hash256(message.extracting(0..<32))),
            s: UInt256(Hash256(message.extracting(32..<64))), recoveryID: parity)
        }
    } catch { throw .signature(error) }
    guard isWelcome(author) else { throw .unwelcome(author) }
    let payload: ExecutionPayload
    let origin: BlockID
    do throws(ExecutionPayloadError) {
      payload = try Self.payload(signed)
      origin = try L1Attributes.origin(of: payload)
    } catch { throw .payload(error) }
    return Statement(
      format: .op, signer: author, digest: digest, height: payload.header.number, order: payload.blockHash,
      parent: payload.header.parentHash, origin: origin, timestamp: payload.header.timestamp)
  }

  /// The one payload that the bytes are.
  package static func payload(_ signed: RawSpan) throws(ExecutionPayloadError) -> ExecutionPayload {
    var failure = ExecutionPayloadError.wrongBlockHash
    for version in ExecutionPayload.Version.allCases.reversed() {
      do throws(ExecutionPayloadError) {
        let payload = try ExecutionPayload(signed, version: version)
        if payload.hasItsHash { return payload }
        failure = .wrongBlockHash
      } catch { if failure != .wrongBlockHash { failure = error } }
    }
    throw failure
  }

  /// The message that a key makes of a block: what a sequencer sends, before compression.
  package static func sign(
    _ payload: ExecutionPayload, l2ChainID: UInt64, privateKey: Hash256
  ) throws(SignatureError) -> [UInt8] {
    let bytes = payload.encode()
    let signature = try Secp256k1.sign(digest(of: bytes.rawSpan, l2ChainID: l2ChainID), privateKey: privateKey)
    return signature.r.bigEndianBytes + signature.s.bigEndianBytes + [signature.recoveryID] + bytes
  }
}
