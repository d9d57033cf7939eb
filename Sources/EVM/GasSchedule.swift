/// What the forks have priced differently (yellow paper, appendix G, and the EIPs since). In gas.
package struct GasSchedule: Hashable, Sendable {
  package let revision: Revision

  /// SLOAD until Berlin; from Istanbul on also what an SSTORE without effect costs.
  package var sload = 50
  package var balance = 20
  /// EXTCODESIZE and EXTCODECOPY.
  package var extcode = 20
  package var extcodehash = 400
  package var call = 40
  package var selfdestruct = 0
  /// SELFDESTRUCT to an account that is not there.
  package var selfdestructNewAccount = 0
  /// Each byte of EXP's exponent.
  package var expByte = 10
  /// SSTORE: a slot from zero to something, and any other first change.
  package var sstoreSet = 20_000
  package var sstoreReset = 5_000
  package var sstoreClearRefund = 15_000
  package var selfdestructRefund = 24_000
  /// Whether SSTORE looks at the slot's value before the transaction (EIP-1283, 2200).
  package var metersNetStorage = false
  /// Whether a first access costs more than the next ones (EIP-2929).
  package var metersAccess = false
  /// Each word of code that makes a contract (EIP-3860).
  package var initcodeWord = 0

  package init(_ revision: Revision) {
    self.revision = revision
    if revision >= .tangerineWhistle { repriceInputOutput() }
    if revision >= .spuriousDragon { expByte = 50 }
    if revision == .constantinople {
      metersNetStorage = true
    }
    if revision >= .istanbul {
      sload = 800
      balance = 700
      extcodehash = 700
      metersNetStorage = true
    }
    if revision >= .berlin { meterAccess() }
    if revision >= .london {
      sstoreClearRefund = 4_800
      selfdestructRefund = 0
    }
    if revision >= .shanghai { initcodeWord = 2 }
  }

  /// What an SSTORE costs that leaves the slot as it is or changes it again: EIP-1283 put a number of its own.
  package var sstoreNoop: Int { revision == .constantinople ? 200 : sload }

  /// EIP-150.
  private mutating func repriceInputOutput() {
    sload = 200
    balance = 400
    extcode = 700
    call = 700
    selfdestruct = 5_000
    selfdestructNewAccount = 25_000
  }

  /// EIP-2929. The account's or slot's own price is the access.
  private mutating func meterAccess() {
    metersAccess = true
    sload = GasSchedule.warmAccess
    balance = 0
    extcode = 0
    extcodehash = 0
    call = 0
    sstoreReset = 5_000 - GasSchedule.coldSlot
  }

  /// An account or a slot that has been accessed before in the transaction.
  package static let warmAccess = 100
  /// An account that has not.
  package static let coldAccount = 2_600
  /// A slot that has not.
  package static let coldSlot = 2_100
  package static let callValue = 9_000
  /// What the callee gets for free when value is moved.
  package static let callStipend = 2_300
  package static let newAccount = 25_000
  /// Each byte of a new contract's code.
  package static let codeByte = 200
  package static let keccakWord = 6
  package static let copyWord = 3
  package static let logByte = 8
  /// EIP-170.
  package static let codeSizeLimit = 24_576
  /// EIP-3860.
  package static let initcodeSizeLimit = 49_152
}
