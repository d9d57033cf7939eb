import ArgumentParser
import EventStore
import Primitives
import ProjectionStore
import Projections
import Rollup

/// `varve bench replay`: where the time of a replay goes.
struct BenchReplayCommand: VarveCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay",
    abstract: "Replay the log, and measure each stage.",
    discussion: """
      As `varve replay`, with a look at the clock at each change of stage, which
      adds well under a microsecond a block. The clock starts behind block 0 and
      leaves out the last sync. Senders are known beforehand unless
      --recover-senders is given. Prints one line of JSON for the whole and one for
      each stage.
      """)

  @OptionGroup var options: GlobalOptions

  @Flag(help: "Recover every sender on the way.")
  var recoverSenders = false

  @Flag(help: "Keep what it takes to unwind every L1 block, as if none were final.")
  var journal = false

  @Option(help: ArgumentHelp("Records per commit.", valueName: "n"))
  var batchSize = 10_000

  func execute(_ console: Console) throws {
    let projector = try options.openProjector(ProposerState.self)
    var run = Projector<ProposerState>.Options(batchSize: batchSize)
    run.usesUpstreams = !recoverSenders
    run.journalsEverything = journal
    let transactions = try countTransactions()
    try projector.replay(to: 0, run)
    let clock = StageClock()
    run.clock = clock
    let report = try projector.replay(resume: true, run)
    let processor = clock.processorTime
    let blocks = report.outputs - 1
    let whole = StageClock.Stage.allCases.reduce(Duration.zero) { $0 + clock.total(of: $1) }
    var all = StageTime("all", whole, of: whole, blocks: blocks, transactions: transactions)
    all.processorSeconds = processor / .seconds(1)
    all.transactionsPerProcessorSecond = Double(transactions) / (processor / .seconds(1))
    all.print()
    for stage in StageClock.Stage.allCases {
      StageTime("\(stage)", clock.total(of: stage), of: whole, blocks: blocks, transactions: transactions).print()
    }
  }

  private func countTransactions() throws -> Int {
    let log = try options.openLog(.readOnly)
    var count = 0
    try log.read(.zero..<Position(log.head().size)) { (record: borrowing RecordView) throws(ReadError) in
      guard record.kind == .blockSequenced, case .blockSequenced(let event) = try record.event() else { return }
      switch event.block {
      case .ethereum(let bytes): count += (try? EthereumBlock(rlp: bytes.rawSpan).transactions.count) ?? 0
      case .rollup(let block): count += block.transactions.count
      }
    }
    return count
  }
}

/// What one stage took, as a line of JSON.
private struct StageTime: Encodable {
  let figure = "replay"
  let stage: String
  let blocks: UInt64
  let transactions: Int
  let seconds: Double
  /// Of the whole replay's time: 0 to 1.
  let share: Double
  let microsecondsPerBlock: Double
  let blocksPerSecond: Double
  let transactionsPerSecond: Double

  /// Of the whole process, its threads together; for the whole replay alone.
  var processorSeconds: Double?
  var transactionsPerProcessorSecond: Double?

  init(_ stage: String, _ time: Duration, of whole: Duration, blocks: UInt64, transactions: Int) {
    self.stage = stage
    self.blocks = blocks
    self.transactions = transactions
    seconds = time / .seconds(1)
    share = time / whole
    microsecondsPerBlock = blocks > 0 ? seconds * 1e6 / Double(blocks) : 0
    blocksPerSecond = seconds > 0 ? Double(blocks) / seconds : 0
    transactionsPerSecond = seconds > 0 ? Double(transactions) / seconds : 0
  }

  func print() {
    StandardStream.output.write(JSON.line(self) + "\n")
  }
}
