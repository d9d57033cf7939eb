import EVM
import Hashing
package import Primitives

/// What a block asks of the beacon chain (EIP-7685): a type and bytes.
package struct BlockRequest: Hashable, Sendable {
  package enum Kind: UInt8, Sendable {
    /// EIP-6110.
    case deposits = 0
    /// EIP-7002.
    case withdrawals = 1
    /// EIP-7251.
    case consolidations = 2
  }

  package let kind: Kind

  /// All requests of the kind, one after the other; never empty.
  package let data: [UInt8]

  package init(kind: Kind, data: [UInt8]) {
    self.kind = kind
    self.data = data
  }

  /// The header's `requestsHash`: SHA-256 over the SHA-256 of each request, by rising kind.
  package static func hash(of requests: [BlockRequest]) -> Hash256 {
    let digests = requests.flatMap { sha256([$0.kind.rawValue] + $0.data) }
    return Hash256(sha256(digests).rawSpan)
  }

  private static func sha256(_ bytes: [UInt8]) -> [UInt8] {
    guard let digest = try? Precompile.sha256.run(on: bytes.rawSpan, .frontier) else {
      preconditionFailure("SHA-256 takes any input")
    }
    return digest
  }
}

/// Deposits to the beacon chain, as its contract logs them (EIP-6110).
enum DepositLog {
  /// Keccak-256 of `DepositEvent(bytes,bytes,bytes,bytes,bytes)`.
  static let topic = Hash256(
    0x649b_bc62_d0e3_1342, 0xafea_4e5c_d82d_4049, 0xe7e1_ee91_2fc0_889a, 0xa790_803b_e390_38c5)

  /// Where each field's bytes begin in the log's data, after a word with its length: public key, withdrawal
  /// credentials, amount, signature, index.
  private static let fields: [(offset: Int, length: Int)] = [(192, 48), (288, 32), (352, 8), (416, 96), (544, 8)]

  private static let byteCount = 576

  /// The 192 bytes of the request; nil when the data is not laid out as the contract does it.
  static func request(_ data: [UInt8]) -> [UInt8]? {
    guard data.count == byteCount else { return nil }
    var request: [UInt8] = []
    for (index, field) in fields.enumerated() {
      guard word(at: 32 * index, of: data) == UInt256(UInt64(field.offset - 32)),
        word(at: field.offset - 32, of: data) == UInt256(UInt64(field.length))
      else { return nil }
      request += data[field.offset..<(field.offset + field.length)]
    }
    return request
  }

  private static func word(at offset: Int, of data: [UInt8]) -> UInt256 {
    UInt256(Hash256(data.rawSpan.extracting(offset..<(offset + 32))))
  }
}
