package import Primitives

/// The code of an account that lends another's (EIP-7702): 0xef0100 and an address.
package struct Delegation: Hashable, Sendable {
  package let address: Address

  package init(to address: Address) {
    self.address = address
  }

  /// nil for any other code.
  package init?(_ code: [UInt8]) {
    guard code.count == Delegation.prefix.count + Address.byteCount, code.starts(with: Delegation.prefix) else {
      return nil
    }
    address = Address(code.rawSpan.extracting(last: Address.byteCount))
  }

  package var code: [UInt8] { Delegation.prefix + address.bytes }

  private static let prefix: [UInt8] = [0xef, 0x01, 0x00]
}
