import ArgumentParser
import EventStore
import Primitives
import ProjectionStore
import Projections
import Rollup

/// `varve tx HASH`: what became of a transaction.
struct TransactionCommand: VarveCommand {
  static let configuration = CommandConfiguration(
    commandName: "tx",
    abstract: "Show what became of a transaction, how final that is, and who says so.",
    discussion: """
      Finality is one of stored (L1 has it in the order), l1Finalized (L1 cannot take
      it out again) and settled (an output about its block is final). What became of
      it is one of executed, reverted and invalid, with the reason; disputed is said
      beside it while an output about its block is.

      The same transaction may stand in the order more than once: each place is
      listed. Answers come from the projections query-index and proposer-state, which
      are brought to the head of the log first, unless a node is doing so. Receipts
      from before Byzantium do not tell of a failure: there, what is shown as
      executed may have been reverted, and what it made may not be there.

      EXAMPLES
        varve tx 0x\(String(repeating: "0", count: 64))
      """)

  @OptionGroup var options: GlobalOptions

  @Argument(help: "Keccak-256 of the transaction.")
  var hash: HashArgument

  func execute(_ console: Console) throws {
    let store = try QueryStore(options)
    let report = try store.read { view, l1Head throws(FoldError) in
      let inclusions = try QueryIndex.inclusions(of: hash.hash, in: view)
      let now = try QueryIndex.now(in: view)?.timestamp ?? 0
      var found: [InclusionReport] = []
      for inclusion in inclusions {
        guard let block = try QueryIndex.block(inclusion.block, in: view) else { continue }
        let outputs = try QueryIndex.outputs(covering: inclusion.block, in: view)
        found.append(InclusionReport(inclusion, block, outputs, finalized: store.finalized?.number, now: now))
      }
      return TransactionReport(
        hash: "\(hash.hash)", inclusions: found, l1Head: l1Head.number, l1HeadHash: "\(l1Head.hash)")
    }
    guard !report.inclusions.isEmpty else {
      throw Failure(
        .cannot, "the order has no transaction \(hash.hash) up to L1 block \(report.l1Head)",
        remedy: "a transaction that only a sequencer has seen is not in the order yet")
    }
    console.report(try store.addingVerdicts(to: report))
  }
}

/// What questions of users are answered from.
struct QueryStore {
  let index: Projector<QueryIndex>
  let state: Projector<ProposerState>

  /// The newest L1 block that cannot be left.
  let finalized: BlockID?

  /// Brings the index, and the state that it is made of, to the head of the log.
  init(_ options: GlobalOptions) throws {
    let log = try options.openLog(.readOnly)
    index = try options.projector(QueryIndex.self, over: log)
    state = try options.projector(ProposerState.self, over: log)
    finalized = try log.finalizedBlock()
    do throws(ProjectionError) { try index.catchUp() } catch .locked {
      // Whoever writes it keeps it at the head.
    }
  }

  /// Lends the rows of the index, and says which L1 block they are of.
  func read<R>(_ body: (ProjectionView, BlockID) throws(FoldError) -> R) throws -> R {
    try index.read { view, cursor throws(FoldError) in
      try body(view, cursor.l1Block)
    }
  }

  /// The verdicts of this store on the outputs that a report names.
  func addingVerdicts(to report: TransactionReport) throws -> TransactionReport {
    try state.read { view, _ throws(FoldError) in
      var report = report
      for index in report.inclusions.indices {
        guard let output = report.inclusions[index].trust.output else { continue }
        let verdict = try ProposerState.verdict(on: output, in: view)
        report.inclusions[index].trust.outputAgrees = verdict.map { $0.agrees }
      }
      return report
    }
  }
}

/// What `varve tx` prints.
struct TransactionReport: Report {
  let hash: String
  var inclusions: [InclusionReport]

  /// The newest L1 block that the answer takes into account.
  let l1Head: UInt64
  let l1HeadHash: String

  func render(on page: inout Page) {
    page.line("transaction \(hash)", .strong)
    for inclusion in inclusions {
      page.line()
      inclusion.render(on: &page)
    }
    page.line()
    page.line("as of L1 block \(Quantity.count(l1Head)) (\(l1HeadHash))", .dim)
  }
}

/// A transaction at one place of the order.
struct InclusionReport: Encodable {
  /// One line of its history.
  struct Change: Encodable {
    let status: String
    let l1Block: UInt64
    let l1BlockHash: String

    /// In seconds.
    let time: UInt64
    let output: UInt64?
    let game: UInt64?

    init(_ status: String, _ at: L1Moment, output: UInt64? = nil, game: UInt64? = nil) {
      self.status = status
      l1Block = at.coordinates.blockNumber
      l1BlockHash = "\(at.blockHash)"
      time = at.timestamp
      self.output = output
      self.game = game
    }
  }

  let block: UInt64
  let blockHash: String
  let index: UInt64
  let batch: UInt64
  let message: UInt64?
  let type: UInt8?
  let from: String?
  let to: String?
  let contract: String?
  let value: String
  let nonce: UInt64

  /// `stored`, `l1Finalized` or `settled`.
  let finality: String

  /// `executed`, `reverted` or `invalid`.
  let outcome: String
  let reason: String?
  let isDisputed: Bool
  let receipt: UInt64?
  let gasUsed: UInt64?
  let logs: UInt64?
  let history: [Change]
  var trust: TrustReport

  init(
    _ inclusion: QueryIndex.Inclusion, _ block: IndexedBlock, _ outputs: [QueryIndex.CoveringOutput],
    finalized: UInt64?, now: UInt64
  ) {
    let transaction = inclusion.transaction
    self.block = inclusion.block
    blockHash = "\(block.hash)"
    index = inclusion.index
    batch = block.place.batchIndex
    message = transaction.messageIndex
    type = transaction.type
    from = transaction.sender.map { "\($0)" }
    to = transaction.to.map { "\($0)" }
    contract = transaction.contract.map { "\($0)" }
    value = "\(transaction.value)"
    nonce = transaction.nonce
    switch transaction.outcome {
    case .executed(let receipt, let success, let gasUsed, let logCount):
      outcome = success ?? true ? "executed" : "reverted"
      reason = nil
      (self.receipt, self.gasUsed, logs) = (receipt, gasUsed, logCount)
    case .invalid(let reason):
      outcome = "invalid"
      self.reason = reason
      (receipt, gasUsed, logs) = (nil, nil, nil)
    }
    let isFinal = finalized.map { block.stored.coordinates.blockNumber <= $0 } ?? false
    let settling = outputs.first { $0.output.isFinal }
    finality = settling != nil ? "settled" : isFinal ? "l1Finalized" : "stored"
    let standing = outputs.first { !$0.output.isDeleted }
    isDisputed = standing?.output.openGame != nil
    history = Self.history(block, outputs)
    trust = TrustReport(block, settling ?? standing, isFinal: isFinal, isSettled: settling != nil, now: now)
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
    let how = reason.map { "\(outcome) (\($0))" } ?? outcome
    page.line("\(how), \(finality)\(isDisputed ? ", disputed" : "")", outcome == "executed" ? .good : .bad)
    var facts: [(name: String, value: String)] = [
      ("block", "\(Quantity.count(block))  \(blockHash)"), ("index", Quantity.count(index)),
    ]
    if let message { facts.append(("inbox message", Quantity.count(message))) }
    facts.append(("from", from ?? "nobody"))
    if let to { facts.append(("to", to)) }
    if let contract { facts.append(("made", contract)) }
    facts.append(("value", "\(value) wei"))
    if let gasUsed { facts.append(("gas", Quantity.count(gasUsed))) }
    if let logs { facts.append(("logs", Quantity.count(logs))) }
    page.facts(facts)
    for change in history {
      let what = change.output.map { "output \($0) \(change.status)" } ?? change.status
      let game = change.game.map { ", game \($0)" } ?? ""
      page.line("  L1 block \(Quantity.count(change.l1Block)), time \(change.time): \(what)\(game)")
    }
    page.facts(trust.facts)
  }
}

/// On what an answer rests.
struct TrustReport: Encodable {
  /// Who fixed the order, and whether that can change.
  let order: String

  /// Who executed.
  let execution: String

  /// The output that settles the block, or is on the way to it.
  let output: UInt64?

  /// What this store's own execution says of it.
  var outputAgrees: Bool?

  /// In seconds of L1 time; nil when nothing can be challenged any more, or there is nothing yet.
  let challengeableUntil: UInt64?

  init(
    _ block: IndexedBlock, _ covering: QueryIndex.CoveringOutput?, isFinal: Bool, isSettled: Bool, now: UInt64
  ) {
    let l1Block = Quantity.count(block.stored.coordinates.blockNumber)
    order = isFinal ? "fixed by final L1 block \(l1Block)" : "fixed by L1 block \(l1Block), which is not final yet"
    execution = "by this store, from the log"
    output = covering?.index
    let end = covering.flatMap { isSettled ? nil : $0.output.challengeEnd }
    challengeableUntil = end.flatMap { $0 > now ? $0 : nil }
  }

  var facts: [(name: String, value: String)] {
    var facts = [("order", order), ("execution", execution)]
    let verdict = outputAgrees.map { $0 ? ", which agrees with this store" : ", which DISAGREES with this store" } ?? ""
    if let output { facts.append(("claim", "output \(Quantity.count(output))\(verdict)")) }
    if let challengeableUntil { facts.append(("challenge", "until L1 time \(challengeableUntil)")) }
    return facts
  }
}
