import Primitives
import Rollup
import Signatures
import StateTransition

/// The keys of the demo chain's accounts, and what they sign next.
struct DemoWallet {
  private let keys: [Hash256]
  private let addresses: [Address]
  private var nonces: [UInt64]
  private var payeeCount: UInt64 = 0
  private var draw = SplitMix64(seed: DemoChain.seed)

  init() throws(SignatureError) {
    keys = (0..<DemoChain.accountCount).map { DemoChain.name("key", $0) }
    var addresses: [Address] = []
    for key in keys { addresses.append(try Secp256k1.address(of: key)) }
    self.addresses = addresses
    nonces = keys.map { _ in 0 }
  }

  /// Account i has (i + 1) · 1000 ether.
  var allocation: [GenesisAccount] {
    zip(1..., addresses).map { thousands, address in
      GenesisAccount(address: address, balance: UInt256(thousands * 1000) * ForkRules.ether)
    }
  }

  /// The next transaction. The draws and their order are the recipe.
  mutating func nextTransaction(block: UInt64) throws(SignatureError) -> Transaction {
    let sender = Int(draw.below(6))
    let to = nextRecipient()
    let value = draw.below(8) == 0 ? UInt256.zero : UInt256(draw.below(2000) + 1) * milliether
    let gasPrice = draw.below(12) == 0 ? UInt256.zero : UInt256(draw.below(50) + 1) * gigawei
    let length = draw.below(3) == 0 ? draw.below(64) : 0
    let data = (0..<length).map { $0 % 3 == 0 ? 0 : UInt8(truncatingIfNeeded: $0 + block) }
    let zeros = UInt64(data.count { $0 == 0 })
    let slack: UInt64 = draw.below(2) == 0 ? 9000 : 0
    let isProtected = draw.below(4) != 0 && block >= DemoWallet.spuriousDragon
    let transaction = Transaction(
      nonce: nonces[sender], gasPrice: gasPrice, gasLimit: 21_000 + 4 * zeros + 68 * (length - zeros) + slack, to: to,
      value: value, data: data)
    nonces[sender] += 1
    return try transaction.signed(by: keys[sender], chainID: isProtected ? DemoChain.chainID : nil)
  }

  /// One in four is somebody new.
  private mutating func nextRecipient() -> Address {
    guard draw.below(4) == 0 else { return addresses[Int(draw.below(6))] }
    defer { payeeCount += 1 }
    return DemoChain.address("payee", payeeCount)
  }

  private static let spuriousDragon = DemoChain.forks.first { $0.fork == .spuriousDragon }?.start ?? 0

  private var milliether: UInt256 { 1_000_000_000_000_000 }

  private var gigawei: UInt256 { 1_000_000_000 }
}
