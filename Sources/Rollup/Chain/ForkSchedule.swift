package import Primitives

/// When which rules hold on a chain.
package struct ForkSchedule: Hashable, Sendable {
  /// A fork and where it begins: a block number or a time in seconds, as its trigger says.
  package struct Activation: Hashable, Sendable {
    package var fork: Fork
    package var start: UInt64

    package init(_ fork: Fork, at start: UInt64) {
      self.fork = fork
      self.start = start
    }
  }

  /// In the order of forks; Frontier and Paris are no part of it. Starts do not go back among forks of one trigger.
  package let activations: [Activation]

  /// Total difficulty whose block is the last with proof of work. Without one a chain merges with its first fork by time
  /// (as besu has it), if it has any.
  package let terminalTotalDifficulty: UInt256?

  /// Where the DAO's balances are moved (`daoForkBlock`, EIP-779); nil when they never are.
  package let daoFork: UInt64?

  /// Limits on blobs by fork, in the order of forks (EIP-7840).
  package let blobSchedule: [BlobParameters]

  /// Where deposits to the beacon chain are read from (EIP-6110); nil when there are none.
  package let depositContract: Address?

  /// - Throws: when forks or blob parameters are out of order, or a block could not keep the limits on blobs.
  package init(
    activations: [Activation], terminalTotalDifficulty: UInt256? = nil, daoFork: UInt64? = nil,
    blobSchedule: [BlobParameters] = [], depositContract: Address? = nil
  ) throws(ForkScheduleError) {
    self.activations = activations
    self.terminalTotalDifficulty = terminalTotalDifficulty
    self.daoFork = daoFork
    self.blobSchedule = blobSchedule
    self.depositContract = depositContract
    try check()
  }

  private func check() throws(ForkScheduleError) {
    for activation in activations where activation.fork == .frontier || activation.fork == .paris {
      throw .notScheduled(activation.fork)
    }
    for (earlier, later) in zip(activations, activations.dropFirst()) {
      let isSameClock = earlier.fork.trigger == later.fork.trigger
      guard earlier.fork < later.fork, !isSameClock || earlier.start <= later.start else {
        throw .outOfOrder(earlier.fork, later.fork)
      }
    }
    for (earlier, later) in zip(blobSchedule, blobSchedule.dropFirst()) where earlier.fork >= later.fork {
      throw .outOfOrder(earlier.fork, later.fork)
    }
    for limits in blobSchedule where !limits.areInRange { throw .blobLimits(limits) }
  }
}

extension ForkSchedule {
  /// The fork whose rules hold at a block: the last one that has begun.
  ///
  /// Whether the merge is past cannot be told from number and time. `isAfterMerge` says it; a header says it by having
  /// difficulty zero. Without it, forks from Paris on are not considered.
  package func fork(atBlock number: UInt64, timestamp: UInt64, isAfterMerge: Bool = false) -> Fork {
    let started = activations.last { (activation) in
      switch activation.fork.trigger {
      case .blockNumber: activation.start <= number
      case .totalDifficulty: false
      case .timestamp: isAfterMerge && activation.start <= timestamp
      }
    }
    let fork = started?.fork ?? .frontier
    return isAfterMerge ? max(fork, .paris) : fork
  }

  /// The fork whose rules a block has to follow.
  package func fork(of header: BlockHeader) -> Fork {
    fork(atBlock: header.number, timestamp: header.timestamp, isAfterMerge: isAfterMerge(header))
  }

  /// Where total difficulty decides, difficulty is zero from the merge on, and only then (EIP-3675).
  private func isAfterMerge(_ header: BlockHeader) -> Bool {
    if terminalTotalDifficulty != nil { return header.difficulty.isZero }
    let first = activations.first { $0.fork.trigger == .timestamp }
    return first.map { $0.start <= header.timestamp } ?? false
  }

  /// Where `fork` begins; nil when it never does or is not scheduled by number or time.
  package func start(of fork: Fork) -> UInt64? {
    activations.first { $0.fork == fork }?.start
  }
}

/// Limits on a block's blobs from a fork on (EIP-7840). Those of a schedule are in range: target ≤ max ≤ `greatestMax`,
/// and the fraction is not zero.
package struct BlobParameters: Hashable, Sendable {
  package var fork: Fork

  /// In blobs.
  package var target: UInt64

  /// In blobs; zero where there are none.
  package var max: UInt64

  /// By how much excess blob gas the blob base fee grows e-fold (EIP-4844).
  package var baseFeeUpdateFraction: UInt64

  /// Greatest `max`: the most blobs whose gas fits 64 bits, 2⁴⁷ − 1.
  package static let greatestMax = UInt64.max / gasPerBlob

  /// EIP-4844.
  package static let gasPerBlob: UInt64 = 1 << 17

  package init(fork: Fork, target: UInt64, max: UInt64, baseFeeUpdateFraction: UInt64) {
    self.fork = fork
    self.target = target
    self.max = max
    self.baseFeeUpdateFraction = baseFeeUpdateFraction
  }

  fileprivate var areInRange: Bool {
    target <= max && max <= BlobParameters.greatestMax && baseFeeUpdateFraction > 0
  }
}

/// Why forks cannot be scheduled like this.
package enum ForkScheduleError: Error, Equatable, Sendable {
  /// Frontier is there from the start, and Paris begins with the terminal total difficulty.
  case notScheduled(Fork)
  /// The first stands or begins after the second.
  case outOfOrder(Fork, Fork)
  /// No block can keep these limits, or its blob gas does not fit 64 bits.
  case blobLimits(BlobParameters)
}

extension ForkScheduleError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .notScheduled(let fork): "\(fork) has no block number or time of its own"
    case .outOfOrder(let earlier, let later): "\(earlier) is scheduled after \(later), which builds on it"
    case .blobLimits(let limits):
      "the blob limits from \(limits.fork) on are target \(limits.target), max \(limits.max), baseFeeUpdateFraction "
        + "\(limits.baseFeeUpdateFraction); give a target of at most max, a max of at most "
        + "\(BlobParameters.greatestMax), and a fraction above 0"
    }
  }
}
