import ArgumentParser
import Primitives
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

      With --at-l1 the answer is the one of that L1 block, and with --at-position of
      the newest that the log had whole when that was its last record, which takes
      archives of both. Whether L1 can still take it out is told as it is now.

      Ends with 1 when the output on which the answer rests is wrong; else with 3 when
      the projections cannot be brought to the head of the log, after the answer that
      they have.

      EXAMPLES
        varve tx 0x\(String(repeating: "0", count: 64))
      """)

  @OptionGroup var options: GlobalOptions
  @OptionGroup var past: PastChoice

  @Argument(help: "Keccak-256 of the transaction.")
  var hash: HashArgument

  func execute(_ console: Console) throws {
    let store = try QueryStore(options, past)
    var report = try store.read { view, asOf throws(FoldError) in
      let inclusions = try QueryIndex.inclusions(of: hash.hash, in: view)
      var found: [InclusionReport] = []
      for inclusion in inclusions {
        guard let block = try QueryIndex.block(inclusion.block, in: view),
          let trust = try store.trust(inBlock: inclusion.block, view)
        else { continue }
        let outputs = try QueryIndex.outputs(covering: inclusion.block, in: view)
        found.append(InclusionReport(inclusion, block, outputs, trust))
      }
      return TransactionReport(hash: "\(hash.hash)", inclusions: found, asOf: BlockReport(asOf))
    }
    guard !report.inclusions.isEmpty else {
      throw Failure(
        .cannot, "the order has no transaction \(hash.hash) up to L1 block \(report.asOf.number)",
        remedy: "a transaction that only a sequencer has seen is not in the order yet")
    }
    var trust = report.inclusions.map(\.trust)
    try store.addVerdicts(to: &trust)
    for (index, trust) in trust.enumerated() { report.inclusions[index].trust = trust }
    console.report(report)
    try trust.requireAgreement()
    if let behind = store.behind { throw behind }
  }
}

/// What `varve tx` prints.
struct TransactionReport: Report {
  let hash: String
  var inclusions: [InclusionReport]

  /// The newest L1 block that the answer takes into account.
  let asOf: BlockReport

  func render(on page: inout Page) {
    page.line("transaction \(hash)", .strong)
    for inclusion in inclusions {
      page.line()
      inclusion.render(on: &page)
    }
    page.line()
    page.line("as of L1 block \(Quantity.count(asOf.number)) (\(asOf.hash))", .dim)
  }
}
