package import Primitives

/// Contracts that the protocol itself calls, before or after a block's transactions.
package enum SystemContract {
  /// Remembers the beacon chain's roots (EIP-4788).
  package static let beaconRoots = Address(0x000f_3df6_d732_807e, 0xf131_9fb7_b8bb_8522, 0xd0be_ac02)

  /// Remembers block hashes (EIP-2935).
  package static let historyStorage = Address(0x0000_f908_27f1_c53a, 0x10cb_7a02_335b_1753, 0x2000_2935)

  /// Collects withdrawal requests (EIP-7002).
  package static let withdrawalRequests = Address(0x0000_0961_ef48_0eb5, 0x5e80_d19a_d835_79a6, 0x4c00_7002)

  /// Collects consolidation requests (EIP-7251).
  package static let consolidationRequests = Address(0x0000_bbdd_c7ce_4886, 0x42fb_579f_8b00_f3a5, 0x9000_7251)

  /// Who calls them.
  package static let caller = Address(0xffff_ffff_ffff_ffff, 0xffff_ffff_ffff_ffff, 0xffff_fffe)

  /// What each call may spend; it counts towards nothing.
  package static let gasLimit: UInt64 = 30_000_000
}
