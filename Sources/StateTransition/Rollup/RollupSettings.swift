package import Primitives
package import Rollup

/// What executing L2 blocks takes from the chain's configuration, as it stands at the blocks' L1 origin.
package struct RollupSettings: Hashable, Sendable {
  /// EIP-155.
  package var chainID: UInt64

  package var forks: ForkSchedule
  package var gasLimit: UInt64
  package var fees: FeeParameters

  /// What a chain begins with; nil for a chain that is no rollup.
  package init?(_ configuration: ChainConfiguration) {
    guard let rollup = configuration.rollup else { return nil }
    chainID = configuration.chainID
    forks = configuration.forks
    gasLimit = rollup.gasLimit
    fees = rollup.fees
  }

  /// Takes in what the contract announced, if execution has anything to do with it. An upgrade that does not come after
  /// all forks so far is none.
  package mutating func apply(_ update: ConfigUpdate) {
    switch update {
    case .gasLimit(let limit): gasLimit = limit
    case .fees(let parameters): fees = parameters
    case .upgrade(let fork, let time): forks = forks.adding(fork, at: time) ?? forks
    default: break
    }
  }
}

extension ForkSchedule {
  /// The schedule with one fork more; nil when that does not come after all the others.
  package func adding(_ fork: Fork, at start: UInt64) -> ForkSchedule? {
    try? ForkSchedule(
      activations: activations + [Activation(fork, at: start)], terminalTotalDifficulty: terminalTotalDifficulty,
      daoFork: daoFork, blobSchedule: blobSchedule, depositContract: depositContract)
  }
}

extension RollupSettings {
  /// Reads the next item.
  package init(_ reader: inout RLPReader) throws(RLPError) {
    var fields = try reader.readList()
    chainID = try fields.readUInt64()
    forks = try ForkSchedule(&fields)
    gasLimit = try fields.readUInt64()
    fees = try FeeParameters(&fields)
    try fields.finish()
  }

  /// Appends one item, a list.
  package func append(to writer: inout RLPWriter) {
    writer.list { fields in
      fields.append(chainID)
      forks.append(to: &fields)
      fields.append(gasLimit)
      fees.append(to: &fields)
    }
  }
}
