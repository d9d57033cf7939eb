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
  /// Nodes agree about every finalized L1 block.
  case nodesAgree
  /// A node that reads all again gets what it had.
  case rebuildIsEqual
  /// An honest sequencer is never slashed.
  case honestSequencerIsNotSlashed
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
  /// One node's state depends on more than L1.
  case forgetfulNode
  /// The sequencer signs without its guard.
  case unguardedSequencer

  /// The invariant that it breaks.
  package var breaks: Invariant {
    switch self {
    case .miscountedValue: .conservation
    case .sleepingChallenger: .finalOutputsAreTrue
    case .nobodyFinalizes: .honestOutputsFinalize
    case .lyingProposer: .honestKeepBonds
    case .deafNode: .nodesAgree
    case .forgetfulNode: .rebuildIsEqual
    case .unguardedSequencer: .honestSequencerIsNotSlashed
    }
  }
}

/// What came of a run.
package struct SimulationReport: Hashable, Sendable {
  package let seed: UInt64
  package let steps: Int

  /// Equal for equal runs: commits to every L1 block and to the nodes' view of it.
  package let digest: Hash256

  package let l1Blocks: Int
  package let reorganisations: Int
  package let crashes: Int
  package let l2Blocks: Int
  package let finalOutputs: Int
  package let deletedOutputs: Int
  package let games: Int
  package let reverts: Int
}
