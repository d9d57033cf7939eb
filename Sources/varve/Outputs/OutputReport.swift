import Primitives
import Projections
import Rollup

/// An output in a line: what was posted, what the log gives, and what there is to do about it.
struct OutputReport: Encodable {
  let output: UInt64

  /// Number of the block that it is about.
  let l2Block: UInt64
  let postedRoot: String

  /// What executing the log gives; nil where there is no such block, and where there is no verdict.
  let computedRoot: String?

  /// `agrees`, `disagrees`, `insufficientData` or `notDerivableAtL1Head`; nil when it has not been judged yet.
  let verdict: String?

  /// The newest L1 block when the verdict was reached.
  let verdictAsOf: BlockReport?

  /// `final`, `deleted`, `disputed`, `challengeable`, `unchallenged` or `closed`; nil for an imported chain's.
  let standing: String?

  /// In seconds of L1 time; nil when nobody can dispute it any more.
  let challengeableUntil: UInt64?
  let secondsLeft: UInt64?

  /// The dispute that goes on.
  let game: UInt64?

  private let judgement: OutputJudgement?

  private enum CodingKeys: CodingKey {
    case output, l2Block, postedRoot, computedRoot, verdict, verdictAsOf, standing, challengeableUntil, secondsLeft
    case game
  }

  /// - Parameter verdict: of the rows of `ProposerState`, which may stand at another L1 block: one on an output that L1 has
  ///   left meanwhile is none.
  init(_ row: OutputRow, _ verdict: OutputVerdict?, now: UInt64) {
    let posted = row.output
    let isSame = verdict?.claimedRoot == posted.outputRoot && verdict?.l2BlockNumber == posted.l2BlockNumber
    let standing = OutputStanding(row, isSame ? verdict?.judgement : nil, now: now)
    self.init(
      posted.outputIndex, posted.l2BlockNumber, posted.outputRoot, isSame ? verdict : nil, standing: standing,
      challengeEnd: row.challengeEnd)
  }

  /// An output of an imported chain.
  init(_ verdict: OutputVerdict) {
    self.init(
      verdict.outputIndex, verdict.l2BlockNumber, verdict.claimedRoot, verdict, standing: nil, challengeEnd: nil)
  }

  private init(
    _ index: UInt64, _ l2Block: UInt64, _ postedRoot: Hash256, _ verdict: OutputVerdict?, standing: OutputStanding?,
    challengeEnd: UInt64?
  ) {
    output = index
    self.l2Block = l2Block
    self.postedRoot = "\(postedRoot)"
    computedRoot = verdict?.computedRoot.map { "\($0)" }
    judgement = verdict?.judgement
    self.verdict = judgement?.rawValue
    verdictAsOf = verdict.map { BlockReport($0.l1Block) }
    self.standing = standing?.name
    switch standing {
    case .challengeable(let left), .unchallenged(let left): (challengeableUntil, secondsLeft) = (challengeEnd, left)
    default: (challengeableUntil, secondsLeft) = (nil, nil)
    }
    if case .disputed(let game) = standing { self.game = game } else { game = nil }
  }

  /// Whether somebody relies, or will rely, on what is not so.
  var isWrong: Bool {
    judgement?.isWrong == true && standing != "deleted"
  }

  /// The verdict, for people.
  var verdictText: String {
    switch judgement {
    case .agrees: "agrees"
    case .disagrees: "DISAGREES"
    case .insufficientData: "names an L1 block that is not here yet"
    case .notDerivableAtL1Head: "DISAGREES: its L1 block is not canonical"
    case nil: "not judged yet"
    }
  }

  /// What there is to do about it, for people.
  var standingText: String {
    let left = secondsLeft.map { Quantity.duration(seconds: Double($0)) + " left" } ?? ""
    switch standing {
    case "disputed": return "disputed in game \(game ?? 0)"
    case "challengeable": return "can be challenged, \(left)"
    case "unchallenged": return "UNCHALLENGED, \(left)"
    case "closed": return isWrong ? "CANNOT BE CHALLENGED any more" : "can be made final"
    case let standing?: return isWrong ? standing.uppercased() : standing
    case nil: return "-"
    }
  }
}

/// What a player of a dispute has to answer, and until when.
struct ClaimDeadline: Encodable {
  let game: UInt64
  let claim: UInt64
  let claimant: String

  /// In seconds of L1 time.
  let answerableUntil: UInt64
  let secondsLeft: UInt64

  /// The claims of a game that nobody has answered and that are not resolved. O(claims).
  static func all(
    ofGame game: UInt64, now: UInt64, _ fold: ChallengerView, in view: ProjectionView
  ) throws(FoldError) -> [ClaimDeadline] {
    let claims = try ChallengerView.claims(of: game, in: view)
    let answered = Set(claims.compactMap(\.parentIndex))
    var found: [ClaimDeadline] = []
    for (index, claim) in claims.enumerated() {
      let index = UInt64(index)
      guard !answered.contains(index), claim.counteredBy == nil, !claim.isDisproven,
        let end = try fold.deadline(toAnswer: index, of: game, in: view)
      else { continue }
      found.append(
        ClaimDeadline(
          game: game, claim: index, claimant: "\(claim.claimant)", answerableUntil: end,
          secondsLeft: end > now ? end - now : 0))
    }
    return found
  }
}
