import Projections
import Rollup

/// A transaction at one place of the order.
struct InclusionReport: Encodable {
  /// One line of its history.
  struct Change: Encodable {
    let status: String
    let l1Block: BlockReport

    /// In seconds.
    let time: UInt64
    let output: UInt64?
    let game: UInt64?

    init(_ status: String, _ at: L1Moment, output: UInt64? = nil, game: UInt64? = nil) {
      self.status = status
      l1Block = BlockReport(BlockID(number: at.coordinates.blockNumber, hash: at.blockHash))
      time = at.timestamp
      self.output = output
      self.game = game
    }
  }

  let block: BlockReport
  let index: UInt64
  let batch: UInt64
  let message: UInt64?
  let type: UInt8?
  let from: String?
  let to: String?
  let contract: String?
  let value: String

  /// Nil for a deposit, and for what is no transaction.
  let nonce: UInt64?

  /// `stored`, `l1Finalized` or `settled`.
  let finality: String

  /// `executed`, `reverted` or `invalid`.
  let outcome: String
  let reason: String?
  let isDisputed: Bool
  let receipt: UInt64?
  let gasUsed: UInt64?
  let logCount: UInt64?
  let history: [Change]
  var trust: TrustReport

  init(
    _ inclusion: QueryIndex.Inclusion, _ block: IndexedBlock, _ outputs: [QueryIndex.CoveringOutput],
    _ trust: TrustReport
  ) {
    let transaction = inclusion.transaction
    self.block = BlockReport(BlockID(number: inclusion.block, hash: block.hash))
    index = inclusion.index
    batch = block.place.batchIndex
    message = transaction.messageIndex
    type = transaction.type
    from = transaction.sender.map { "\($0)" }
    to = transaction.to.map { "\($0)" }
    contract = transaction.contract.map { "\($0)" }
    value = "\(transaction.value)"
    nonce = transaction.nonce
    let words = OutcomeWords(transaction.outcome)
    (outcome, reason) = (words.outcome, words.reason)
    if case .executed(let receipt, _, let gasUsed, let logCount) = transaction.outcome {
      (self.receipt, self.gasUsed, self.logCount) = (receipt, gasUsed, logCount)
    } else {
      (receipt, gasUsed, logCount) = (nil, nil, nil)
    }
    finality = trust.finality
    isDisputed = outputs.first { !$0.output.isDeleted }?.output.openGame != nil
    history = Self.history(block, outputs)
    self.trust = trust
  }

  /// What happened to the block, and to the outputs about it up to the one that stands.
  private static func history(_ block: IndexedBlock, _ outputs: [QueryIndex.CoveringOutput]) -> [Change] {
    var changes = [Change("stored", block.stored)]
    for covering in outputs {
      changes += covering.output.changes.map {
        Change("\($0.kind)", $0.at, output: covering.index, game: $0.game)
      }
      if !covering.output.isDeleted { break }
    }
    return changes
  }

  func render(on page: inout Page) {
    let how = OutcomeWords.text(outcome, reason)
    page.line("\(how), \(finality)\(isDisputed ? ", disputed" : "")", outcome == "executed" ? .good : .bad)
    var facts: [(name: String, value: String)] = [
      ("block", block.text), ("index", Quantity.count(index)),
    ]
    if let message { facts.append(("inbox message", Quantity.count(message))) }
    facts.append(("from", from ?? "nobody"))
    if let to { facts.append(("to", to)) }
    if let contract { facts.append(("made", contract)) }
    if let nonce { facts.append(("nonce", Quantity.count(nonce))) }
    facts.append(("value", "\(value) wei"))
    if let gasUsed { facts.append(("gas", Quantity.count(gasUsed))) }
    if let logCount { facts.append(("logs", Quantity.count(logCount))) }
    page.facts(facts)
    for change in history {
      let what = change.output.map { "output \($0) \(change.status)" } ?? change.status
      let game = change.game.map { ", game \($0)" } ?? ""
      page.line("  L1 block \(Quantity.count(change.l1Block.number)), time \(change.time): \(what)\(game)")
    }
    page.facts(trust.facts)
  }
}
