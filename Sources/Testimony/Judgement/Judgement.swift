package import Primitives
package import Rollup

/// What to make of a contradiction.
package enum Verdict: UInt64, CaseIterable, Sendable {
  /// No honest sequencer says both, whatever L1 does.
  case proven = 1
  /// L1 gave a reason for the second.
  case excused = 2
  /// What is known shows neither.
  case undetermined = 3
  /// Proven, of a key that can be slashed no more.
  case historical = 4
  /// The key's word did not count at that origin: the sequencer has said nothing.
  case refused = 5

  package var name: String { "\(self)" }

  /// Whether somebody contradicted itself without an excuse.
  package var isGuilt: Bool { self == .proven || self == .historical }
}

extension Verdict {
  /// Whether it calls a key guilty where another one, of who knows more, does not: that is not to be written into a file.
  package func isGraver(than other: Verdict) -> Bool { isGuilt && !other.isGuilt }
}

/// A verdict, and why.
package struct Judgement: Hashable, Sendable {
  package var verdict: Verdict
  package var reason: Reason

  /// Whether it is known whose word counts at the origins; false when that is taken for granted, or on the word of somebody
  /// who may have left something out.
  package var isAuthorityKnown: Bool

  package enum Reason: Hashable, Sendable {
    /// Both have one L1 origin: on every branch of L1 the sequencer saw the same.
    case equalOrigins
    /// L1 has both origins, and nothing was forced in that could have made it say the second.
    case bothCanonical
    /// What was signed contradicts itself.
    case contradictsItself
    /// L1 left the branch that it was made on.
    case originOrphaned(BlockID)
    /// Messages that were forced in, in this L1 block, may have taken the height.
    case supersededByRule(l1Block: UInt64)
    /// Whether L1 has the origin is not known.
    case originUnknown(BlockID)
    /// Whether messages were forced in, in these L1 blocks, is not known.
    case ruleNotExcluded(from: UInt64, through: UInt64)
    /// The format binds no L1 block, so that a reorganisation may be the reason.
    case reorgNotExcluded
    /// Both extend one block, with one L1 origin: nothing that L1 says asks for the second. Where no guard keeps what
    /// was signed, that is no intention.
    case equalParents
    /// The blocks do not extend the same one: derivation may have replaced one before them.
    case ancestorNotExcluded
    /// Another key's word counted, too: what that one had stored may be what the second extends.
    case keyChanged
    /// Whether the second extends what was not the key's word is not known.
    case keyChangeNotExcluded
    /// The key with authority at that origin is another one.
    case noAuthority(origin: UInt64, key: Address)
  }
}

extension Judgement.Reason: CustomStringConvertible {
  package var description: String {
    switch self {
    case .equalOrigins: "both have the same L1 origin, so no reorganisation of L1 can be the reason"
    case .bothCanonical: "L1 has both origins, and no message was forced in that could be the reason"
    case .contradictsItself: "the signed fields are not those of the order that was signed with them"
    case .originOrphaned(let origin): "L1 left the branch of origin \(origin)"
    case .supersededByRule(let block): "messages forced in, in L1 block \(block), may have taken the height"
    case .originUnknown(let origin): "whether L1 has origin \(origin) is not known"
    case .ruleNotExcluded(let first, let last):
      "whether messages were forced in, in L1 blocks \(first) to \(last), is not known"
    case .reorgNotExcluded: "the message binds no L1 block, so a reorganisation of L1 may be the reason"
    case .ancestorNotExcluded: "the blocks do not extend the same one, of which derivation may have replaced one"
    case .equalParents:
      "both have the same parent and the same L1 origin, so nothing on L1 asks for the second; a sequencer that had "
        + "lost the first may have signed it in good faith"
    case .keyChanged: "another key's word counted, too, and the second may extend what that one had stored"
    case .keyChangeNotExcluded: "whether the second extends what was not this key's word is not known"
    case .noAuthority(let origin, let key):
      "at L1 origin \(origin) the word of another key counts, \(key == .zero ? "nobody's" : "\(key)")"
    }
  }
}

extension Contradiction {
  /// Judges it by what is known.
  ///
  /// Sound before complete: what an honest sequencer can have been made to say is never proven against it. The rule for two
  /// origins is the contract's: one that L1 does not have, or messages forced in after the lower and up to one block past the
  /// higher, excuse the key. (A forced block's origin is the parent of its L1 block, hence the one block.)
  package func judge<Facts: EquivocationFacts>(by facts: Facts) throws(Facts.Failure) -> Judgement {
    var isKnown = true
    for statement in statements {
      guard let origin = statement.origin, let key = try facts.authority(atL1Origin: origin.number) else {
        isKnown = false
        continue
      }
      let isShown = try facts.isAuthorityShown(atL1Origin: origin.number)
      if key != signer {
        return Judgement(
          verdict: .refused, reason: .noAuthority(origin: origin.number, key: key), isAuthorityKnown: isShown)
      }
      isKnown = isKnown && isShown
    }
    var (verdict, reason) = try judgeWords(by: facts)
    if verdict == .proven, try facts.isPastSlashing(signer) { verdict = .historical }
    return Judgement(verdict: verdict, reason: reason, isAuthorityKnown: isKnown)
  }

  private func judgeWords<Facts: EquivocationFacts>(
    by facts: Facts
  ) throws(Facts.Failure) -> (Verdict, Judgement.Reason) {
    if case .malformed = self { return (.proven, .contradictsItself) }
    let (one, other) = (statements[0], statements[1])
    guard let first = one.origin, let second = other.origin else { return (.undetermined, .reorgNotExcluded) }
    // On a branch that L1 left, messages may have been forced in between a block and the next; never between a block and itself.
    if first != second || kind != .doubleSign {
      for origin in [first, second] where try facts.isCanonical(origin) == false {
        return (.excused, .originOrphaned(origin))
      }
    }
    if format == .op {
      // What its derivation replaces cannot be read off L1 here; only under one parent nothing can have been replaced.
      guard first == second, one.height == other.height, one.parent == other.parent else {
        return (.undetermined, .ancestorNotExcluded)
      }
      return (.proven, .equalParents)
    }
    let low = min(first.number, second.number)
    let from = kind == .doubleSign ? low.next : try firstL1Block(forOrigin: low, by: facts)
    let through = max(first.number, second.number).next
    let forced = try facts.forcedInclusion(from: from, through: through)
    if case .inBlock(let block) = forced { return (.excused, .supersededByRule(l1Block: block)) }
    if first == second, kind == .doubleSign { return (.proven, .equalOrigins) }
    for origin in [first, second] where try facts.isCanonical(origin) == nil {
      return (.undetermined, .originUnknown(origin))
    }
    guard forced == .none else { return (.undetermined, .ruleNotExcluded(from: from, through: through)) }
    if kind == .brokenParent {
      // What another key had stored can be extended: its origins may be any way below these, as a retired key's word
      // goes on to count at old ones, and in a batch the last one's key vouches for all.
      switch try facts.isOnlyKey(signer, through: max(first.number, second.number)) {
      case true?: break
      case false?: return (.excused, .keyChanged)
      case nil: return (.undetermined, .keyChangeNotExcluded)
      }
    }
    return (.proven, first == second ? .equalOrigins : .bothCanonical)
  }

  /// The first L1 block whose forced messages may have taken the height that a broken parent is about.
  ///
  /// Which height they take is known when the data of all batches before them has come or is too late. L1 can leave that
  /// and decide otherwise, long after the block that forced them: so what the parent is may differ between two branches
  /// that both have the two origins, and the block that forced it in.
  private func firstL1Block<Facts: EquivocationFacts>(
    forOrigin low: UInt64, by facts: Facts
  ) throws(Facts.Failure) -> UInt64 {
    guard let wait = try facts.longestWait(through: low), low >= wait else { return 0 }
    return (low - wait).next
  }
}

extension UInt64 {
  /// One more, if there is more.
  package var next: UInt64 { self == .max ? .max : self + 1 }
}
