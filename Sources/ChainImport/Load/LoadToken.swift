import Hashing
import Primitives
import Rollup

/// The contract of a load chain: as much of ERC-20 as a transfer needs, laid out as compilers lay it out.
///
/// ```
/// mapping(address => uint256) balances;                       // slot 0
/// function transfer(address to, uint256 amount) returns (bool) {
///   require(balances[msg.sender] >= amount);
///   balances[msg.sender] -= amount; balances[to] += amount;
///   emit Transfer(msg.sender, to, amount);
///   return true;
/// }
/// ```
enum LoadToken {
  static let address = Address(0, 0, 0x20)

  /// The contract, with the same balance for each holder.
  static func account(holders: [Address], each balance: UInt256) -> GenesisAccount {
    GenesisAccount(
      address: address, balance: .zero, nonce: 1, code: code,
      storage: holders.map { GenesisAccount.Slot(key: slot(of: $0), value: balance) })
  }

  /// The data of a call.
  static func transfer(_ amount: UInt256, to recipient: Address) -> [UInt8] {
    selector + UInt256(recipient).bigEndianBytes + amount.bigEndianBytes
  }

  /// `balances[holder]`: Keccak-256 of the key and the mapping's own slot.
  private static func slot(of holder: Address) -> UInt256 {
    UInt256(Keccak256.hash(UInt256(holder).bigEndianBytes + UInt256.zero.bigEndianBytes))
  }

  /// The first four bytes of Keccak-256 of `transfer(address,uint256)`.
  private static let selector: [UInt8] = [0xa9, 0x05, 0x9c, 0xbb]

  private static let transferTopic = Keccak256.hash([UInt8]("Transfer(address,address,uint256)".utf8))

  private static let code: [UInt8] =
    // Is it transfer? If not, revert.
    [0x5f, 0x35, 0x60, 0xe0, 0x1c, 0x63] + selector + [0x14, 0x60, 0x11, 0x57, 0x5f, 0x5f, 0xfd, 0x5b]
    // The caller's slot and balance; jump to the end if it is less than the amount.
    + [0x33, 0x5f, 0x52, 0x5f, 0x60, 0x20, 0x52, 0x60, 0x40, 0x5f, 0x20, 0x80, 0x54]
    + [0x60, 0x24, 0x35, 0x80, 0x82, 0x10, 0x60, 0x6f, 0x57]
    // Take the amount from the caller, give it to the recipient.
    + [0x80, 0x91, 0x03, 0x82, 0x55, 0x60, 0x04, 0x35, 0x5f, 0x52, 0x60, 0x40, 0x5f, 0x20, 0x80, 0x54, 0x82, 0x01]
    + [0x90, 0x55]
    // The event.
    + [0x5f, 0x52, 0x60, 0x04, 0x35, 0x33, 0x7f] + transferTopic.bytes + [0x60, 0x20, 0x5f, 0xa3]
    // Return true; at the end, revert.
    + [0x60, 0x01, 0x5f, 0x52, 0x60, 0x20, 0x5f, 0xf3, 0x5b, 0x5f, 0x5f, 0xfd]
}
