package import Primitives
package import Rollup
import StateTransition

/// The rollup contract: its whole state, and what every call does to it.
///
/// A value: a copy is a snapshot that costs next to nothing, and equal histories of calls give equal values. It knows
/// nothing but its own state and what comes with a call.
package struct RollupContract: Equatable, Sendable {
  /// EIP-155, of the rollup.
  package let l2ChainID: UInt64

  /// For whom the sequencer signs.
  package let domain: CommitmentDomain

  /// What the first outputs extend: the genesis state.
  package internal(set) var genesis: OutputNode

  /// The settings as they are now, and since when.
  package internal(set) var settings: SettingsHistory

  /// What users put in.
  package internal(set) var inbox = Inbox()

  /// What the sequencer made of it, and what was forced.
  package internal(set) var batches = BatchList()

  /// By output index, deleted ones too.
  package internal(set) var outputs = AppendList<Output>()

  /// By game id.
  package internal(set) var games = AppendList<DisputeGame>()

  /// Who could sign when.
  package internal(set) var keys: KeyHistory

  /// Where all the value is.
  package internal(set) var bonds = BondLedger()

  package internal(set) var isPaused = false

  /// The contract as it is deployed. O(allocation), for the hash of the configuration.
  ///
  /// - Precondition: the configuration is a rollup's, with an order that contradicts nothing (`problem` is nil).
  package init(configuration: ChainConfiguration) {
    guard let rollup = configuration.rollup, let domain = configuration.commitmentDomain,
      let claim = configuration.genesisClaim, let execution = RollupSettings(configuration)
    else { preconditionFailure("an imported chain has no rollup contract") }
    precondition(rollup.problem == nil, "a rollup has a configuration that it can run with")
    l2ChainID = configuration.chainID
    self.domain = domain
    genesis = OutputNode(
      claim: claim.hash, l2BlockNumber: configuration.genesisHeader.number, l1Head: rollup.genesisOrigin,
      lineage: claim.hash)
    settings = SettingsHistory(rollup, execution)
    keys = KeyHistory(rollup.sequencer)
  }

  /// The contract's account on L1.
  package var address: Address { domain.contract }
}

/// What a successful call did.
package struct CallResult: Equatable, Sendable {
  /// In the order in which they were emitted.
  package var events: [Event]

  /// What the contract paid, and to whom; nil when nothing.
  package var payout: Payout?

  package init(events: [Event], payout: Payout? = nil) {
    self.events = events
    self.payout = payout
  }
}

/// Value that leaves the contract.
package struct Payout: Hashable, Sendable {
  package var beneficiary: Address

  /// In wei.
  package var amount: UInt256

  package init(beneficiary: Address, amount: UInt256) {
    self.beneficiary = beneficiary
    self.amount = amount
  }
}
