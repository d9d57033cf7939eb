import ArgumentParser
import ChainImport
import EventStore
import Foundation
import Primitives
import ProjectionStore
import Rollup
import StoreFiles

/// `varve bench chain DIRECTORY`: makes a chain of full blocks and imports it.
struct BenchChainCommand: VarveCommand {
  static let configuration = CommandConfiguration(
    commandName: "chain",
    abstract: "Make a store with a chain of transfers in it, for `varve bench replay`.",
    discussion: """
      Payer and payee of every transaction are drawn uniformly from all accounts.
      The same recipe gives the same chain on every machine.
      """)

  @OptionGroup var options: GlobalOptions

  @Option(help: ArgumentHelp("transfers or tokens.", valueName: "kind"))
  var load: LoadChain.Load = .transfers

  @Option(help: ArgumentHelp("Accounts in genesis.", valueName: "n"))
  var accounts = 1_000_000

  @Option(help: ArgumentHelp("Blocks after genesis.", valueName: "n"))
  var blocks = 200

  @Option(help: ArgumentHelp("Transactions in each block.", valueName: "n"))
  var transactions = 1000

  @Option(help: ArgumentHelp("What the draws begin with.", valueName: "n"))
  var seed: UInt64 = 1

  func validate() throws {
    guard accounts > 0, blocks > 0, transactions > 0 else {
      throw ValidationError("--accounts, --blocks and --transactions must be at least 1")
    }
  }

  func execute(_ console: Console) throws {
    let recipe = LoadChain.Recipe(
      load: load, accounts: accounts, blocks: blocks, transactionsPerBlock: transactions, seed: seed)
    var chain = try LoadChain(recipe, map: ParallelMap())
    let file = URL(fileURLWithPath: options.dataDirectory + ".chain.rlp")
    try Data().write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    let output = try FileHandle(forWritingTo: file)
    var head: Hash256?
    while let block = try chain.next() {
      try output.write(contentsOf: Data(block.encode()))
      head = block.header.hash
    }
    try output.close()
    _ = try Importer.run(
      files: [file.path], chain: chain.configuration, into: DataDirectory(options.dataPath),
      options: Importer.Options(head: head))
  }
}

extension LoadChain.Load: ExpressibleByArgument {}
