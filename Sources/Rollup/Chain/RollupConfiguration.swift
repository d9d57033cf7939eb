package import Primitives

/// What makes a chain a rollup: its contract on L1, and the settings that the contract begins with. An imported chain
/// has none.
package struct RollupConfiguration: Hashable, Sendable {
  /// EIP-155, of the L1.
  package var l1ChainID: UInt64

  /// The rollup contract on L1.
  package var contract: Address

  /// The L1 origin of the L2 genesis block: the contract says nothing before it.
  package var genesisOrigin: BlockID

  /// Who may change settings, and stop the contract.
  package var guardian: Address

  /// The key that may sign the order.
  package var sequencer: Address

  /// Who may post batches.
  package var batchPoster: Address

  /// How long an output can be disputed, in seconds of L1 time.
  package var challengePeriod: UInt64

  /// How long a side of a dispute game may think in all, in seconds of L1 time.
  package var maxClockDuration: UInt64

  /// What a clock has left at least after a move, in seconds of L1 time.
  package var clockExtension: UInt64

  /// Depth of the tree's upper part, whose claims are outputs.
  package var splitDepth: UInt64

  /// Depth of the whole tree; below `splitDepth` its claims are the steps of one block.
  package var maxDepth: UInt64

  /// Within how many L1 blocks after its origin a signed block is to be posted.
  package var sequencingWindow: UInt64

  /// After how many L1 blocks, and seconds of L1 time, a message may be forced in.
  package var forceInclusionBlocks: UInt64
  package var forceInclusionTime: UInt64

  /// By how many seconds an L2 block's time may be past its origin's.
  package var maxDrift: UInt64

  /// For how many L1 blocks after a key's last one the key can still be slashed.
  package var slashingWindow: UInt64

  package var bonds: BondSchedule

  /// Of the L2 blocks.
  package var gasLimit: UInt64
  package var fees: FeeParameters

  package init(
    l1ChainID: UInt64, contract: Address, genesisOrigin: BlockID, guardian: Address, sequencer: Address,
    batchPoster: Address, challengePeriod: UInt64, maxClockDuration: UInt64, clockExtension: UInt64,
    splitDepth: UInt64, maxDepth: UInt64, sequencingWindow: UInt64, forceInclusionBlocks: UInt64,
    forceInclusionTime: UInt64, maxDrift: UInt64, slashingWindow: UInt64, bonds: BondSchedule, gasLimit: UInt64,
    fees: FeeParameters
  ) {
    self.l1ChainID = l1ChainID
    self.contract = contract
    self.genesisOrigin = genesisOrigin
    self.guardian = guardian
    self.sequencer = sequencer
    self.batchPoster = batchPoster
    self.challengePeriod = challengePeriod
    self.maxClockDuration = maxClockDuration
    self.clockExtension = clockExtension
    self.splitDepth = splitDepth
    self.maxDepth = maxDepth
    self.sequencingWindow = sequencingWindow
    self.forceInclusionBlocks = forceInclusionBlocks
    self.forceInclusionTime = forceInclusionTime
    self.maxDrift = maxDrift
    self.slashingWindow = slashingWindow
    self.bonds = bonds
    self.gasLimit = gasLimit
    self.fees = fees
  }

  /// How many messages and transactions a block may have: as many as the trace of one block has room for besides its
  /// opening and closing step.
  package var maxTransactionsPerBlock: UInt64 { 1 << (maxDepth - splitDepth - 1) - 2 }
}

extension RollupConfiguration {
  /// Takes in an update. Forks are no part of these settings, but of the chain's configuration.
  package mutating func apply(_ update: ConfigUpdate) {
    switch update {
    case .sequencer(let key): sequencer = key
    case .batchPoster(let poster): batchPoster = poster
    case .challengePeriod(let seconds): challengePeriod = seconds
    case .sequencingWindow(let blocks): sequencingWindow = blocks
    case .forceInclusionWindow(let blocks, let seconds):
      forceInclusionBlocks = blocks
      forceInclusionTime = seconds
    case .bonds(let schedule): bonds = schedule
    case .gasLimit(let gas): gasLimit = gas
    case .fees(let parameters): fees = parameters
    case .upgrade: break
    }
  }
}
