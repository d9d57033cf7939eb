package import Primitives

/// Code that stands for the code of another account (EIP-7702): 0xef0100 and an address.
package enum Delegation {
  /// The address that the code names; nil when it is no delegation.
  package static func target(of code: RawSpan) -> Address? {
    guard code.byteCount == 23, code.byte(at: 0) == 0xef, code.byte(at: 1) == 1, code.byte(at: 2) == 0 else {
      return nil
    }
    return Address(code.extracting(last: 20))
  }

  /// The address that the code names; nil when it is no delegation.
  package static func target(of code: [UInt8]) -> Address? { target(of: code.rawSpan) }

  /// The code that names the address.
  package static func code(for target: Address) -> [UInt8] {
    [0xef, 0x01, 0x00] + target.bytes
  }
}
