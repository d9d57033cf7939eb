import Primitives
import Projections
import Rollup

/// On what an answer about an L2 block rests: what was checked, by whom, against which head, and until when it can be
/// challenged.
struct TrustReport: Encodable {
  /// The L1 block that fixed the order, and whether L1 can still leave it.
  let orderedBy: BlockReport
  let isOrderFinal: Bool

  /// Who executed the block: this store, or whoever made the snapshots that its rows were taken from.
  let executedBy: String

  /// The rows behind the answer that were not folded here.
  let imported: [ImportedRows]

  /// The output that settles the block, or is on the way to it.
  let output: UInt64?

  /// What this store's own execution says of it, and the newest L1 block when it did; nil where there is no output.
  private(set) var outputVerdict: String?
  private(set) var outputVerdictAsOf: BlockReport?

  let isSettled: Bool

  /// In seconds of L1 time; nil when nothing can be challenged any more, or there is nothing yet.
  let challengeableUntil: UInt64?

  private let outputRoot: Hash256?

  private enum CodingKeys: CodingKey {
    case orderedBy, isOrderFinal, executedBy, imported, output, outputVerdict, outputVerdictAsOf, isSettled
    case challengeableUntil
  }

  /// - Parameters:
  ///   - outputs: those that say something of the block.
  ///   - imported: what the answer comes from and was not folded here.
  ///   - now: L1 time.
  init(
    _ block: IndexedBlock, _ outputs: [QueryIndex.CoveringOutput], imported: [ImportedRows], finalized: BlockID?,
    now: UInt64
  ) {
    let stored = block.stored
    orderedBy = BlockReport(BlockID(number: stored.coordinates.blockNumber, hash: stored.blockHash))
    isOrderFinal = finalized.map { stored.coordinates.blockNumber <= $0.number } ?? false
    executedBy = imported.isEmpty ? "this store, from the log" : "whoever made a snapshot that was imported here"
    self.imported = imported
    let settling = outputs.first { $0.output.isFinal }
    let covering = settling ?? outputs.first { !$0.output.isDeleted }
    output = covering?.index
    outputRoot = covering?.output.outputRoot
    isSettled = settling != nil
    let end = covering.flatMap { settling == nil ? $0.output.challengeEnd : nil }
    challengeableUntil = end.flatMap { $0 > now ? $0 : nil }
  }

  /// Adds the verdict on the output. One on an output that L1 has left since is none.
  mutating func add(_ verdict: OutputVerdict?) {
    guard let verdict, verdict.claimedRoot == outputRoot else { return }
    outputVerdict = verdict.judgement.rawValue
    outputVerdictAsOf = BlockReport(verdict.l1Block)
  }

  /// Whether the answer rests on an output that is wrong.
  var isContradicted: Bool {
    outputVerdict.flatMap(OutputJudgement.init(rawValue:))?.isWrong == true
  }

  /// How final the order of the block, and its outcome, are: `stored`, `l1Finalized` or `settled`.
  var finality: String { isSettled ? "settled" : isOrderFinal ? "l1Finalized" : "stored" }

  var facts: [(name: String, value: String)] {
    let l1Block = "L1 block \(Quantity.count(orderedBy.number))"
    var facts = [
      ("order", isOrderFinal ? "fixed by final \(l1Block)" : "fixed by \(l1Block), which is not final yet"),
      ("execution", "by \(executedBy)"),
    ]
    facts += imported.map { ("rows", $0.text) }
    if let output { facts.append(("claim", "output \(Quantity.count(output))\(verdictText)")) }
    if let challengeableUntil { facts.append(("challenge", "until L1 time \(challengeableUntil)")) }
    return facts
  }

  private var verdictText: String {
    guard let outputVerdictAsOf else { return ", not judged yet" }
    let judge = imported.contains { $0.projection == ProposerState.name } ? "the imported state" : "this store"
    let isRight = outputVerdict == OutputJudgement.agrees.rawValue
    let says =
      isContradicted ? "DISAGREES with \(judge)" : isRight ? "agrees with \(judge)" : "cannot be judged yet"
    return ", which \(says), as of L1 block \(Quantity.count(outputVerdictAsOf.number))"
  }
}

extension [TrustReport] {
  /// Throws when an answer rests on an output that is wrong.
  func requireAgreement() throws {
    guard let output = first(where: \.isContradicted)?.output else { return }
    throw Failure(
      .disagreement, "the answer rests on output \(output), which is not what the log gives",
      remedy: "`varve output show \(output)` has the fields that differ")
  }
}

/// What became of a transaction, in the words that every answer uses.
struct OutcomeWords {
  /// `executed`, `reverted` or `invalid`.
  let outcome: String

  /// Why it is invalid.
  let reason: String?

  init(_ outcome: IndexedTransaction.Outcome) {
    switch outcome {
    case .executed(_, let success, _, _): (self.outcome, reason) = (success ?? true ? "executed" : "reverted", nil)
    case .invalid(let reason): (self.outcome, self.reason) = ("invalid", reason)
    }
  }

  /// For people.
  static func text(_ outcome: String, _ reason: String?) -> String { reason.map { "\(outcome) (\($0))" } ?? outcome }
}
