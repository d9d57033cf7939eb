import ArgumentParser
import ChainImport
import EventStore
import Primitives
import Rollup
import Simulation

/// `varve equivocation drill`: lies and honest disturbances, and what is made of each.
struct EquivocationDrillCommand: VarveCommand {
  static let configuration = CommandConfiguration(
    commandName: "drill",
    abstract: "Play every kind of lie and of honest disturbance, and check the verdict on each.",
    discussion: """
      Each case is a small rollup made from the seed: L1 with its branches, a
      sequencer, batches, a feed. A lie is told about its order, or something
      honest goes wrong; both logs are folded; and the verdict is held against the
      one that there must be. For every accusation evidence is made, verified
      offline, and refused with a bit changed; a double sign must be taken by the
      contract when it is proven, and by no means otherwise.

      Most cases have their logs in memory. The first of sixteen rounds of all
      kinds, and what is about a receipt, go through a store on disk: ledger and
      testimony log, projection, and files that are read in an empty directory.

      With --chain the headers of L1 and the transactions are those of a chain
      export, in their order, signed for with a test key: one rollup of each kind
      begins at every block of it. The headers are changed where the rollup says
      something: number, parent, filter. --stored takes both from this store: L1's
      headers as it is now, the newest 65,536 at most, and the stored order.

      With --simulations whole rollups are simulated beside the cases, with all
      roles, the sequencer's guard among them, and somebody who listens: no honest
      word may be proven guilty at any time.

      Ends with 1 when one case came out otherwise, and names it, and how to play
      it alone. --bug plants an error that must be found: it spoils cases of one
      outcome at least.

      EXAMPLES
        varve equivocation drill
        varve equivocation drill --cases 100000 --simulations 100 --seed 7 --json
        varve equivocation drill --chain chain.rlp
        varve equivocation drill --stored --data-dir DIR
        varve equivocation drill --bug endlessSlashing
      """)

  @OptionGroup var options: GlobalOptions

  @Option(
    help: ArgumentHelp(
      "How many cases to play, of every kind in turn.",
      discussion: "Without it: 1,000; over a chain, every kind from every block on.", valueName: "number"))
  var cases: UInt64?

  @Option(help: ArgumentHelp("Number of the first case, counted from 0.", valueName: "number"))
  var from: UInt64 = 0

  @Option(help: ArgumentHelp("Plant an error, to see that it is found.", valueName: "name"))
  var bug: DrillBug?

  @Option(help: ArgumentHelp("Chain export that the cases are played over.", valueName: "file"), completion: .file())
  var chain: String?

  @Flag(help: "Play the cases over the order that this store has.")
  var stored = false

  @Option(help: ArgumentHelp("How many rollups to simulate.", valueName: "number"))
  var simulations: UInt64 = 0

  @Option(help: ArgumentHelp("What the cases are made from.", valueName: "number"))
  var seed: UInt64 = 1

  /// Cases that are played side by side before the bar moves.
  private static let batchSize: UInt64 = 2048

  /// Steps of a simulation: the chain then has left some branches, and rotated some keys.
  private static let steps = 120

  func validate() throws {
    guard cases != 0 else { throw ValidationError("--cases is at least 1") }
    guard !stored || chain == nil else { throw ValidationError("--chain and --stored are two orders: name one") }
    guard !from.addingReportingOverflow(cases ?? 0).overflow else { throw ValidationError("--from is too high") }
  }

  func execute(_ console: Console) throws {
    let recorded =
      try stored
      ? RecordedChain(stored: try options.openLog(.readOnly), in: options.dataDirectory)
      : chain.map(RecordedChain.init(path:))
    let place = stored ? options.dataDirectory : chain
    var report = DrillReport(seed: seed, chain: place, blocks: recorded?.blockCount, bug: bug)
    let bar = ProgressBar("cases", console: console)
    let (seed, from, bug) = (seed, from, bug)
    let cases = cases ?? recorded.map { UInt64($0.blockCount * DrillCase.allCases.count) } ?? 1_000
    for start in stride(from: 0, to: cases, by: Int(Self.batchSize)) {
      let count = Int(min(Self.batchSize, cases - start))
      let results = ParallelMap().map(count) { index in
        Result { try EquivocationDrill.play(from + start + UInt64(index), seed: seed, over: recorded, bug: bug) }
      }
      for (index, result) in results.enumerated() { report.add(try result.get(), from + start + UInt64(index)) }
      bar.update(done: start + UInt64(count), total: cases)
    }
    report.seconds = bar.elapsed
    for start in stride(from: 0, to: simulations, by: 16) {
      let count = Int(min(16, simulations - start))
      let results = ParallelMap(grain: 1).map(count) { index in
        Result { try EquivocationDrill.watch(simulation: seed &+ start &+ UInt64(index), steps: Self.steps) }
      }
      for result in results { report.add(try result.get()) }
      bar.update(done: start + UInt64(count), total: simulations)
    }
    bar.clear()
    console.report(report)
    if report.unexpected > 0 {
      throw Failure(.disagreement, "\(report.unexpected) findings are otherwise than they must be")
    }
  }
}

extension DrillBug: ExpressibleByArgument {}

extension RecordedChain {
  /// Reads a chain export, and holds each block against the one before it and each body against its header.
  fileprivate init(path: String) throws {
    var file = try ChainFile(path: path)
    var blocks: [EthereumBlock] = []
    while let raw = try file.next() {
      let place = "\(path), byte \(raw.offset)"
      let block: EthereumBlock
      do {
        block = try EthereumBlock(rlp: raw.bytes.rawSpan)
        try block.checkBody()
      } catch { throw Failure(.disagreement, "\(place): \(error)") }
      if let last = blocks.last?.header,
        block.header.parentHash != last.hash || block.header.number != last.number &+ 1
      {
        throw Failure(.disagreement, "\(place): block \(block.header.number) does not extend the one before it")
      }
      blocks.append(block)
    }
    try self.init(blocks, of: path)
  }

  /// So many of a store's L1 blocks are played over at most.
  private static let storedBlockLimit: UInt64 = 65_536

  /// What a ledger has now: L1's headers, and beside each the transactions that the rollup stored there, in their order.
  fileprivate init(stored ledger: EventLog, in directory: String) throws {
    guard let newest = try ledger.newestBlock()?.id.number else {
      throw Failure(.cannot, "no drill can be played over \(directory): it has no L1 block")
    }
    var blocks: [EthereumBlock] = []
    for number in (newest - min(newest, Self.storedBlockLimit - 1))...newest {
      guard let positions = try ledger.block(number)?.positions else {
        // A ledger begins where the rollup does.
        guard blocks.isEmpty else { throw Failure(.disagreement, "\(directory): L1 block \(number) is missing") }
        continue
      }
      guard let block = try Self.block(ledger, positions) else {
        throw Failure(.disagreement, "\(directory): what L1 block \(number) stored cannot be read")
      }
      blocks.append(block)
    }
    try self.init(blocks, of: directory)
  }

  /// An L1 block's header, and the transactions that the rollup stored there; nil where one of them is none.
  private static func block(_ ledger: EventLog, _ positions: Range<Position>) throws(ReadError) -> EthereumBlock? {
    var (header, transactions): (BlockHeader?, [[UInt8]]?) = (nil, [])
    try ledger.read(positions) { (view: borrowing RecordView) throws(ReadError) in
      guard view.kind == .l1BlockAppended || view.kind == .blockSequenced else { return }
      switch try view.event() {
      case .l1BlockAppended(let event): header = try? BlockHeader(rlp: event.header.rawSpan)
      case .blockSequenced(let event):
        let stored = try? event.block.transactions()
        if let stored { transactions?.append(contentsOf: stored) } else { transactions = nil }
      default: break
      }
    }
    guard let header, let transactions else { return nil }
    return EthereumBlock(header: header, transactions: transactions, uncles: [])
  }

  private init(_ blocks: [EthereumBlock], of place: String) throws {
    do throws(UnfitChain) { try self.init(blocks) } catch {
      throw Failure(.cannot, "no drill can be played over \(place): \(error)")
    }
  }
}

/// A confusion table: what each kind of case must come to, and what it came to.
struct DrillReport: Report {
  struct Row: Encodable {
    let kind: String
    let isHonest: Bool
    let expected: String
    var outcomes: [String: Int]
  }

  let seed: UInt64

  /// The chain export or the store that the cases were played over, and its blocks.
  let chain: String?
  let blocks: Int?

  /// What was planted.
  let bug: String?

  private(set) var cases = 0

  /// Of these, those that went through a store on disk.
  private(set) var storedCases = 0
  private(set) var unexpected = 0

  /// Honest cases in which somebody was proven guilty.
  private(set) var honestAccused = 0

  /// Files of evidence that were made and verified.
  private(set) var evidence = 0

  /// Simulated rollups, what was accused in them, and how often the contract would have taken the evidence.
  private(set) var simulations = 0
  private(set) var accusations = 0
  private(set) var heldByContract = 0
  private(set) var simulationVerdicts: [String: Int] = [:]
  private(set) var rows: [Row]
  private(set) var faults: [String] = []
  var seconds = 0.0

  init(seed: UInt64, chain: String?, blocks: Int?, bug: DrillBug?) {
    self.seed = seed
    (self.chain, self.blocks, self.bug) = (chain, blocks, bug?.rawValue)
    rows = DrillCase.allCases.map {
      Row(kind: $0.rawValue, isHonest: $0.isHonest, expected: $0.expectation.rawValue, outcomes: [:])
    }
  }

  mutating func add(_ result: EquivocationDrill.Result, _ number: UInt64) {
    cases += 1
    if result.isStored { storedCases += 1 }
    evidence += result.evidenceCount
    if let index = DrillCase.allCases.firstIndex(of: result.kind) {
      rows[index].outcomes[result.outcome.rawValue, default: 0] += 1
    }
    if result.kind.isHonest, result.outcome.isGuilt { honestAccused += 1 }
    guard !result.isExpected else { return }
    unexpected += 1
    guard faults.count < 10 else { return }
    let detail = result.evidenceFault.map { ", \($0)" } ?? ""
    faults.append(
      "case \(number), \(result.kind) with seed \(result.seed): \(result.outcome), and it must be "
        + "\(result.kind.expectation)\(detail); alone: --seed \(seed) --from \(number) --cases 1")
  }

  mutating func add(_ watched: WatchedSimulation) {
    simulations += 1
    accusations += watched.accusations
    evidence += watched.evidence
    heldByContract += watched.heldByContract
    simulationVerdicts.merge(watched.verdicts, uniquingKeysWith: +)
    honestAccused += watched.honestAccused
    unexpected += watched.faults.count
    for fault in watched.faults where faults.count < 10 { faults.append("simulation \(watched.seed): \(fault)") }
  }

  func render(on page: inout Page) {
    let outcomes = DrillOutcome.allCases.map(\.rawValue)
    page.table(
      [.init(title: "case"), .init(title: "must be")] + outcomes.map { .init(title: $0, isNumber: true) },
      rows.map { row in
        [row.kind, row.expected] + outcomes.map { row.outcomes[$0].map { Quantity.count($0) } ?? "·" }
      })
    page.line()
    for fault in faults { page.line(fault, .bad) }
    page.line(
      "\(Quantity.count(cases)) cases, \(Quantity.count(unexpected)) otherwise than they must; "
        + "\(Quantity.count(honestAccused)) honest histories accused; \(Quantity.count(evidence)) files of evidence verified",
      unexpected == 0 ? .good : .bad)
    page.line("\(Quantity.count(storedCases)) of them through a store on disk")
    if let bug { page.line("with a planted error, \(bug)") }
    if simulations > 0 {
      let verdicts = simulationVerdicts.sorted { $0.key < $1.key }.map { "\($0.key) \(Quantity.count($0.value))" }
      page.line(
        "\(Quantity.count(simulations)) simulated rollups: \(Quantity.count(accusations)) accusations "
          + "(\(verdicts.joined(separator: ", "))), \(Quantity.count(heldByContract)) taken by the contract")
    }
    if let chain, let blocks { page.line("over \(chain), \(Quantity.count(blocks)) blocks") }
    page.line("seed \(seed), \(Quantity.rate(UInt64(cases), "cases", seconds: seconds))", .dim)
  }
}
