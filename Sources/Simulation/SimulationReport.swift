import Hashing
package import Primitives

/// What must hold at every step, whatever happens.
package enum Invariant: String, CaseIterable, Sendable {
  /// No value appears or vanishes, on L1 and in the contract.
  case conservation
  /// Nothing wrong becomes final.
  case finalOutputsAreTrue
  /// What is honestly proposed becomes final in bounded time.
  case honestOutputsFinalize
  /// Nobody honest loses a bond.
  case honestKeepBonds
  /// Nodes have the same `canonicalAcc` at every L1 block that is final for both.
  case nodesAgree
  /// Their projections are the same there.
  case projectionsAgree
  /// A projection that is made anew is what the living one is, whatever that has been through.
  case rebuildIsEqual
  /// An honest sequencer is never slashed, and nothing that it signed could have it slashed.
  case honestSequencerIsNotSlashed
  /// The same seed gives the same bytes.
  case runsAreEqual
}

/// An invariant that did not hold.
package struct Violation: Error, Hashable, Sendable, CustomStringConvertible {
  package let invariant: Invariant
  package let step: Int
  package let detail: String

  package var description: String { "step \(step): \(invariant.rawValue): \(detail)" }
}

/// A bug that is planted to see its checker fire.
package enum PlantedBug: String, CaseIterable, Sendable {
  /// Value is taken for more than there is.
  case miscountedValue
  /// The challenger sleeps.
  case sleepingChallenger
  /// Nobody makes outputs final.
  case nobodyFinalizes
  /// The honest proposer lies.
  case lyingProposer
  /// One node passes over events.
  case deafNode
  /// One node's projection does.
  case carelessFold
  /// What is made anew depends on more than the log.
  case forgetfulRebuild
  /// The sequencer signs without its guard.
  case unguardedSequencer
  /// Something besides the seed decides.
  case strayRandom

  /// The invariant that it breaks.
  package var breaks: Invariant {
    switch self {
    case .miscountedValue: .conservation
    case .sleepingChallenger: .finalOutputsAreTrue
    case .nobodyFinalizes: .honestOutputsFinalize
    case .lyingProposer: .honestKeepBonds
    case .deafNode: .nodesAgree
    case .carelessFold: .projectionsAgree
    case .forgetfulRebuild: .rebuildIsEqual
    case .unguardedSequencer: .honestSequencerIsNotSlashed
    case .strayRandom: .runsAreEqual
    }
  }
}

/// What came of a run, or of several.
package struct SimulationReport: Hashable, Sendable {
  /// Equal for equal runs: commits to every L1 block, to the nodes' view of it and to their projections.
  package var digest = Hash256.zero

  package var l1Blocks = 0
  package var reorganisations = 0
  package var crashes = 0
  package var l2Blocks = 0
  package var forcedBlocks = 0
  package var rejectedBatches = 0
  package var keyRotations = 0
  package var conflictingSignatures = 0
  package var finalOutputs = 0
  package var deletedOutputs = 0
  package var games = 0
  package var steps = 0
  package var reverts = 0
}

extension SimulationReport {
  /// The sums over several runs, and a digest over theirs, in order.
  package init(of runs: [SimulationReport]) {
    let counts: [WritableKeyPath<SimulationReport, Int>] = [
      \.l1Blocks, \.reorganisations, \.crashes, \.l2Blocks, \.forcedBlocks, \.rejectedBatches, \.keyRotations,
      \.conflictingSignatures, \.finalOutputs, \.deletedOutputs, \.games, \.steps, \.reverts,
    ]
    for run in runs {
      for count in counts { self[keyPath: count] += run[keyPath: count] }
    }
    if runs.count == 1 {
      digest = runs[0].digest
    } else {
      digest = Keccak256.hash(runs.flatMap { $0.digest.bytes })
    }
  }
}
