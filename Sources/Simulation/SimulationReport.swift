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
  /// Whoever lied is poorer, whatever other accounts it has.
  case lyingCosts
  /// A key that really contradicted itself is slashed.
  case doubleSignIsSlashed
  /// L1 stores what a key of the sequencer's vouches for, and what was forced in, whatever the poster posts.
  case storedBlocksAreSigned
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
  /// L1 gives value out that it never had.
  case mintingL1
  /// L1 leaves with the contract what the contract paid out.
  case unpaidPayout
  /// The contract credits a bond twice.
  case doubleCredit
  /// The contract locks a bond twice.
  case doubleLock
  /// The contract unlocks a bond, and keeps what it stood for.
  case forgottenLock
  /// The challenger sleeps.
  case sleepingChallenger
  /// Nobody makes outputs final.
  case nobodyFinalizes
  /// The honest proposer extends outputs without a look at them.
  case credulousProposer
  /// The honest proposer lies.
  case lyingProposer
  /// One node passes over events.
  case deafNode
  /// One node's projection does.
  case carelessFold
  /// What is made anew depends on more than the log.
  case forgetfulRebuild
  /// A roles' view that is made anew passes over credits; over the ends of games; over outputs that became final; over gas
  /// limits; over windows for data.
  case viewWithoutCredits, viewWithoutEnds, viewWithoutFinality, viewWithoutLimits, viewWithoutWindows
  /// The sequencer signs without its guard.
  case unguardedSequencer
  /// It does, and nobody looks at what it signs before it is slashed.
  case unwatchedSequencer
  /// Something besides the seed decides.
  case strayRandom
  /// The challenger answers what is said against its side, and leaves alone what stands beside its own answers.
  case patientChallenger
  /// The liar's second account is the first to say the truth about a lie.
  case truthfulAccomplice
  /// Nobody tells the contract of two signatures.
  case silentWatcher
  /// What is told of them is not the key's.
  case forgedEvidence
  /// Invariants and watcher are told of blocks of which the last one alone is signed, and which do not extend each other,
  /// as if the contract took such.
  case contractWithoutLinks

  /// The invariant that it breaks.
  package var breaks: Invariant {
    switch self {
    case .mintingL1, .unpaidPayout, .doubleCredit, .doubleLock, .forgottenLock: .conservation
    case .sleepingChallenger: .finalOutputsAreTrue
    case .nobodyFinalizes, .credulousProposer: .honestOutputsFinalize
    case .lyingProposer: .honestKeepBonds
    case .deafNode: .nodesAgree
    case .carelessFold: .projectionsAgree
    case .forgetfulRebuild, .viewWithoutCredits, .viewWithoutEnds, .viewWithoutFinality, .viewWithoutLimits,
      .viewWithoutWindows:
      .rebuildIsEqual
    case .unguardedSequencer, .unwatchedSequencer: .honestSequencerIsNotSlashed
    case .strayRandom: .runsAreEqual
    case .patientChallenger, .truthfulAccomplice: .lyingCosts
    case .silentWatcher, .forgedEvidence: .doubleSignIsSlashed
    case .contractWithoutLinks: .storedBlocksAreSigned
    }
  }

  var isUnguarded: Bool { self == .unguardedSequencer || self == .unwatchedSequencer }
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

  /// Batches of a key that was retired before.
  package var retiredKeyBatches = 0
  package var conflictingSignatures = 0
  package var betrayals = 0
  package var slashedKeys = 0
  package var pauses = 0
  package var blacklistedGames = 0
  package var accompliceClaims = 0
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
      \.retiredKeyBatches, \.betrayals, \.slashedKeys, \.pauses, \.blacklistedGames, \.accompliceClaims,
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
