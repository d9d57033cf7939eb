/// What can come of a case.
package enum DrillOutcome: String, CaseIterable, Sendable {
  /// A double sign that the contract takes a bond for.
  case slashable
  /// Proven, and nothing that the contract can slash: of another kind, or of origins whose hashes it cannot know.
  case evidence
  /// Promised, and not stored in time.
  case alert
  case excused
  case undetermined
  case historical
  /// No word of the sequencer's.
  case refused
  /// Of a promise: L1 has what was promised; or the key has signed what it cannot stand beside; or neither is shown. One that
  /// L1 excuses is `excused`.
  case kept
  case broken
  case notYet
  /// Nothing to say.
  case nothing

  /// Whether it says that a key contradicted itself, and nothing excuses it.
  package var isGuilt: Bool { [.slashable, .evidence, .historical, .broken].contains(self) }
}

/// A lie about the stored order, or an honest disturbance of it.
package enum DrillCase: String, CaseIterable, Sendable {
  // What a sequencer signs that is not honest.
  case reorder, drop, insert, replace, retime, otherParent, otherOrigin, ancientOrigin, madeUpOrigin, farOrigin
  case unknownOrigin, brokenParent, fieldsOfOthers, contradictsLastStored, contradictsStored
  // The same, where somebody has sent more than is kept before.
  case crowdOfStrangers, crowdAhead
  // Its key, retired and in other hands.
  case leakedKeyInTime, leakedKeyTooLate, leakedKeyUnknownOrigin
  // What is told of an honest one.
  case resign, foreignKey, retiredKey, otherChain, otherContract, otherGenesis, malleated
  // What happens to an honest one.
  case duplicates, delays, gaps, reorgAndBack, resignedAfterReorg, forcedInclusion, keyRotation
  // What its poster does.
  case lazyPoster, repeatingPoster, unorderedPoster, prefixPoster, suffixPoster, oldBranchPoster, withheldData
  case retiredKeyStored
  /// Blocks of its own before a signed one: as a contract took them once, and as it is asked to.
  case unboundBatch, unlinkedBatch
  // What became of a promise: these have a receipt.
  case promiseKept, promiseBroken, promiseExcused, promiseNotYet

  /// Whether the sequencer is honest in it, and so must not be accused.
  package var isHonest: Bool {
    switch self {
    case .reorder, .drop, .insert, .replace, .retime, .otherParent, .otherOrigin, .ancientOrigin, .madeUpOrigin,
      .farOrigin, .unknownOrigin, .brokenParent, .fieldsOfOthers, .contradictsLastStored, .contradictsStored,
      .leakedKeyInTime, .leakedKeyTooLate, .leakedKeyUnknownOrigin, .crowdOfStrangers, .crowdAhead, .promiseBroken:
      false
    default: true
    }
  }

  /// Whether it is about a receipt, which is made from a store's logs only.
  package var isPromise: Bool {
    [.promiseKept, .promiseBroken, .promiseExcused, .promiseNotYet].contains(self)
  }

  package var expectation: DrillOutcome {
    switch self {
    case .reorder, .drop, .insert, .replace, .retime, .otherParent, .otherOrigin, .farOrigin, .contradictsLastStored,
      .leakedKeyInTime, .crowdOfStrangers, .crowdAhead:
      .slashable
    case .brokenParent, .fieldsOfOthers, .contradictsStored, .ancientOrigin: .evidence
    case .madeUpOrigin, .resignedAfterReorg, .reorgAndBack, .forcedInclusion, .oldBranchPoster, .retiredKeyStored,
      .unlinkedBatch, .promiseExcused:
      .excused
    case .unknownOrigin, .leakedKeyUnknownOrigin, .unboundBatch: .undetermined
    case .leakedKeyTooLate: .historical
    case .foreignKey, .retiredKey, .otherChain, .otherContract, .otherGenesis, .malleated: .refused
    case .lazyPoster: .alert
    case .promiseKept: .kept
    case .promiseBroken: .broken
    case .promiseNotYet: .notYet
    case .resign, .duplicates, .delays, .gaps, .keyRotation, .repeatingPoster, .unorderedPoster, .prefixPoster,
      .suffixPoster, .withheldData:
      .nothing
    }
  }
}

/// An error that is planted in what is recorded in a drill, in the view over it, or on L1, to see that it is found.
package enum DrillBug: String, CaseIterable, Sendable {
  /// Of each height one order is kept.
  case oneOrderPerHeight
  /// The window in which L1 stores what was signed never ends.
  case endlessWindow
  /// Nobody sees that messages were forced in.
  case forgottenInclusion
  /// Of a batch its last block alone is looked at.
  case uncheckedBatch
  /// The window in which a retired key is slashed never ends.
  case endlessSlashing
  /// Nobody sees that the key was changed.
  case unseenKeyChange
  /// L1 takes blocks of which the last one alone is signed, and which do not extend each other: no contract is asked.
  case contractWithoutLinks
  /// What does not extend the block that was heard before it is not heard.
  case unheardOrphan
  /// Messages are kept, and not the blocks that come along.
  case forgottenBody
  /// A batch without data counts as if it had the blocks that were heard.
  case assumedData
  /// A message whose bytes are others is recorded again, whatever it says. Of what goes through a store.
  case recordedAgain

  /// What must come of cases that it spoils; of others, perhaps, too.
  package var spoils: Set<DrillOutcome> {
    switch self {
    case .oneOrderPerHeight: [.slashable]
    case .endlessWindow: [.alert]
    case .forgottenInclusion, .contractWithoutLinks: [.excused]
    case .uncheckedBatch: [.undetermined, .kept, .broken]
    case .endlessSlashing: [.historical]
    case .unseenKeyChange: [.refused]
    case .unheardOrphan, .forgottenBody: [.evidence]
    case .assumedData: [.notYet]
    case .recordedAgain: [.nothing]
    }
  }
}
