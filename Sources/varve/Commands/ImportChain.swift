import ArgumentParser
import ChainImport
import Primitives
import Rollup
import StoreFiles

/// `varve import chain --genesis G FILE…`: a chain export into the log.
struct ImportChain: VarveCommand {
  static let configuration = CommandConfiguration(
    commandName: "chain",
    abstract: "Import an Ethereum chain export (RLP blocks) into the log.",
    discussion: """
      The files hold RLP blocks one after another, beginning at block 0 or 1, or
      where the store ends. The genesis file is geth's or besu's. The store is made
      if there is none; importing the same blocks again changes nothing, and an
      interrupted import goes on where it was.

      A block is stored once the next one names its hash as parent. The last one
      rests on nothing but itself, unless --head names its hash; a later import may
      replace it. A bad block stops the import with its number and the reason; what
      was stored before it stays, and how far that goes is said.

      --replace-damaged checks the log first. If it is damaged, log and projections
      are moved into a directory `quarantine-N`, and the import begins anew. Nothing
      is deleted.

      EXAMPLES
        varve import chain --genesis genesis.json chain.rlp
        varve import chain --genesis genesis.json 0-4999.rlp 5000-9999.rlp
        varve import chain --replace-damaged --genesis genesis.json chain.rlp
      """)

  @OptionGroup var options: GlobalOptions

  @Option(help: ArgumentHelp("Genesis file, as geth or besu have it.", valueName: "file"), completion: .file())
  var genesis: String

  @Option(help: ArgumentHelp("Hash of the last block, known from elsewhere.", valueName: "hash"))
  var head: HashArgument?

  @Flag(help: "If the log is damaged, set it aside and begin anew.")
  var replaceDamaged = false

  @Argument(help: ArgumentHelp("Chain exports, in order.", valueName: "file"), completion: .file())
  var files: [String]

  func execute(_ console: Console) throws {
    let chain = try Genesis.configuration(path: genesis)
    if replaceDamaged { try setDamagedAside(console) }
    try Suspicion.settle(options)
    let interruption = Interruption()
    let bar = ProgressBar("KiB", console: console)
    defer { bar.clear() }
    let report = try Importer.run(
      files: files, chain: chain, into: DataDirectory(options.dataPath), options: Importer.Options(head: head?.hash)
    ) { progress in
      bar.update(done: UInt64(progress.bytesRead) / 1024, total: UInt64(progress.bytesInAll) / 1024)
      return !interruption.isRequested
    }
    bar.clear()
    if report.isHeadUnanchored, let head = report.head {
      console.note(
        "nothing vouches for block \(head.number), the last one: no block follows it, and --head does not name it. "
          + "It is stored, but not final, and a later import may replace it.")
    }
    console.report(ImportOutcome(report, seconds: bar.elapsed))
  }

  /// Moves a damaged log out of the way; leaves a sound one, and a store that is not there, as they are.
  private func setDamagedAside(_ console: Console) throws {
    let store = DataDirectory(options.dataPath)
    try store.holdingLedger {
      guard try LogCheck(of: options).isDamaged() else {
        console.note("--replace-damaged: there is no damaged log in \(options.dataDirectory), so nothing was set aside")
        return
      }
      if let place = try store.quarantine() {
        console.note("the damaged log was moved to \(place); nothing was deleted")
      }
    }
  }
}

/// A 32-byte hash in hex.
struct HashArgument: ExpressibleByArgument {
  let hash: Hash256

  init?(argument: String) {
    guard let hash = Hash256(hex: argument) else { return nil }
    self.hash = hash
  }
}

/// What `varve import chain` prints.
struct ImportOutcome: Report {
  let storedBlocks: UInt64
  let knownBlocks: UInt64
  let head: BlockReport?
  let finalized: BlockReport?
  let replaced: BlockReport?
  let isHeadUnanchored: Bool
  let seconds: Double

  init(_ report: ImportReport, seconds: Double) {
    storedBlocks = report.storedBlocks
    knownBlocks = report.knownBlocks
    head = report.head.map { BlockReport($0) }
    finalized = report.finalized.map { BlockReport($0) }
    replaced = report.replaced.map { BlockReport($0) }
    isHeadUnanchored = report.isHeadUnanchored
    self.seconds = seconds
  }

  func render(on page: inout Page) {
    page.line(
      "imported: \(Quantity.count(storedBlocks)) new blocks, \(Quantity.count(knownBlocks)) known before", .good)
    var facts = [("head", head?.text ?? "none"), ("final up to", finalized?.text ?? "none")]
    if let replaced { facts.append(("replaced", replaced.text)) }
    facts.append(
      ("rate", "\(Quantity.rate(storedBlocks, "blocks", seconds: seconds)), \(Quantity.duration(seconds: seconds))"))
    page.facts(facts)
  }
}
