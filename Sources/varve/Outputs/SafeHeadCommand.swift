import ArgumentParser
import EventStore
import Primitives
import ProjectionStore
import Projections
import Rollup

/// `varve safe-head --at-l1 N`: what was derivable when L1 had come so far.
struct SafeHeadCommand: VarveCommand {
  static let configuration = CommandConfiguration(
    commandName: "safe-head",
    abstract: "Show which L2 block was the newest that an L1 block, and all before it, gave.",
    discussion: """
      The safe head is a function of L1 alone. canonicalAcc commits to everything
      that L1 said up to that block: whoever has the same value derives the same
      head.

      With --proof the records on which the answer rests are written to a directory,
      each with a proof (C2SP tlog-proof) that the log has it. They show that L1
      block N, and the data of its head, are in the log that the key signs for. That
      derivation makes this block of the data, and none after it, they do not show:
      that takes every record up to N, and follows from canonicalAcc.

      Ends with 3 when the projection proposer-state cannot be brought to the head of
      the log, after the answer, if what it has is enough for one.

      EXAMPLES
        varve safe-head --at-l1 17
        varve safe-head --at-l1 17 --proof safe-head-17 --json
      """)

  @OptionGroup var options: GlobalOptions

  @Option(name: .customLong("at-l1"), help: ArgumentHelp("The L1 block.", valueName: "number"))
  var l1Block: UInt64

  @Option(
    help: ArgumentHelp("A directory for the proofs; it is made.", valueName: "directory"), completion: .directory)
  var proof: String?

  func execute(_ console: Console) throws {
    let log = try options.openLog(.readOnly)
    let isRollup = try ChainConfiguration(of: log).rollup != nil
    let projector = try options.projector(ProposerState.self, over: log)
    let behind = try projector.catchUpUnlessWritten(options.console)
    console.report(
      try log.ofOneBranch {
        let id = try log.block(l1Block)?.id
        let (found, asOf) = try projector.read { view, cursor throws(FoldError) in
          (
            try id.flatMap { id throws(FoldError) in
              try ProposerState.derivable(at: id, isRollup: isRollup, in: view)
            }, cursor
          )
        }
        guard let found else { throw try projector.unknown(l1Block, at: asOf) }
        let accumulator = try log.canonicalAcc(afterL1Block: l1Block)
        let finalized = try log.finalizedBlock()
        let files = try proof.map {
          try SafeHeadProof.write(found, of: log, signedBy: try options.ledgerSigner(), into: $0)
        }
        return SafeHeadReport(
          found, accumulator, finalized: finalized, asOf: asOf.l1Block, imported: try projector.importedRows(),
          proof: files)
      })
    if let behind { throw behind }
  }
}

/// What `varve safe-head` prints.
struct SafeHeadReport: Report {
  let l1Block: BlockReport

  /// Whether L1 cannot leave that block any more.
  let isFinal: Bool
  let canonicalAcc: String
  let safeHead: BlockReport
  let batch: UInt64
  let indexInBatch: UInt64

  /// Nil for an imported chain.
  let orderCommitment: String?
  let l1Origin: BlockReport?
  let messagesConsumed: UInt64?

  /// The batch whose data was missing then; nil when all that L1 had was derived.
  let awaitedBatch: UInt64?
  let asOf: BlockReport

  /// What this was read from, where it was not folded here.
  let imported: ImportedRows?
  let proof: SafeHeadProof?

  init(
    _ found: DerivableAt, _ accumulator: Hash256, finalized: BlockID?, asOf: BlockID, imported: ImportedRows?,
    proof: SafeHeadProof?
  ) {
    l1Block = BlockReport(found.l1Block)
    isFinal = finalized.map { found.l1Block.number <= $0.number } ?? false
    canonicalAcc = "\(accumulator)"
    safeHead = BlockReport(found.head)
    batch = found.place.batchIndex
    indexInBatch = found.place.indexInBatch
    orderCommitment = found.order.map { "\($0.head.order)" }
    l1Origin = found.order.map { BlockReport($0.head.l1Origin) }
    messagesConsumed = found.order?.head.messagesConsumed
    awaitedBatch = found.order?.awaitedBatch
    self.asOf = BlockReport(asOf)
    self.imported = imported
    self.proof = proof
  }

  func render(on page: inout Page) {
    page.line(
      "safe head at L1 block \(Quantity.count(l1Block.number)): L2 block \(Quantity.count(safeHead.number))", .strong)
    var facts = [
      ("L2 block", safeHead.text),
      ("L1 block", "\(l1Block.text)\(isFinal ? ", final" : ", which is not final yet")"),
      ("canonicalAcc", canonicalAcc),
      ("data", batch == 0 ? "genesis" : "batch \(Quantity.count(batch)), block \(Quantity.count(indexInBatch)) in it"),
    ]
    if let orderCommitment { facts.append(("order", orderCommitment)) }
    if let l1Origin { facts.append(("L1 origin", l1Origin.text)) }
    if let awaitedBatch { facts.append(("waits for", "the data of batch \(Quantity.count(awaitedBatch))")) }
    page.facts(facts)
    proof?.render(on: &page)
    if let imported { page.line(imported.text, .strong) }
    page.line("as of L1 block \(Quantity.count(asOf.number)) (\(asOf.hash))", .dim)
  }
}
