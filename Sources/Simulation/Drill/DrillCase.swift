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
  /// Nothing to say.
  case nothing
}

/// A lie about the stored order, or an honest disturbance of it.
package enum DrillCase: String, CaseIterable, Sendable {
  // What a sequencer signs that is not honest.
  case reorder, drop, insert, replace, retime, otherParent, otherOrigin, ancientOrigin, madeUpOrigin, farOrigin
  case unknownOrigin, brokenParent, fieldsOfOthers, contradictsLastStored, contradictsStored
  // Its key, retired and in other hands.
  case leakedKeyInTime, leakedKeyTooLate, leakedKeyUnknownOrigin
  // What is told of an honest one.
  case resign, foreignKey, retiredKey, otherChain, otherContract, otherGenesis, malleated
  // What happens to an honest one.
  case duplicates, delays, gaps, reorgAndBack, resignedAfterReorg, forcedInclusion, keyRotation
  // What its poster does.
  case lazyPoster, repeatingPoster, unorderedPoster, prefixPoster, suffixPoster, oldBranchPoster, withheldData
  case retiredKeyStored

  /// Whether the sequencer is honest in it, and so must not be accused.
  package var isHonest: Bool {
    switch self {
    case .reorder, .drop, .insert, .replace, .retime, .otherParent, .otherOrigin, .ancientOrigin, .madeUpOrigin,
      .farOrigin, .unknownOrigin, .brokenParent, .fieldsOfOthers, .contradictsLastStored, .contradictsStored,
      .leakedKeyInTime, .leakedKeyTooLate, .leakedKeyUnknownOrigin:
      false
    default: true
    }
  }

  package var expectation: DrillOutcome {
    switch self {
    case .reorder, .drop, .insert, .replace, .retime, .otherParent, .otherOrigin, .farOrigin, .contradictsLastStored,
      .leakedKeyInTime:
      .slashable
    case .brokenParent, .fieldsOfOthers, .contradictsStored, .ancientOrigin: .evidence
    case .madeUpOrigin, .resignedAfterReorg, .reorgAndBack, .forcedInclusion, .oldBranchPoster, .retiredKeyStored:
      .excused
    case .unknownOrigin, .leakedKeyUnknownOrigin: .undetermined
    case .leakedKeyTooLate: .historical
    case .foreignKey, .retiredKey, .otherChain, .otherContract, .otherGenesis, .malleated: .refused
    case .lazyPoster: .alert
    case .resign, .duplicates, .delays, .gaps, .keyRotation, .repeatingPoster, .unorderedPoster, .prefixPoster,
      .suffixPoster, .withheldData:
      .nothing
    }
  }
}
