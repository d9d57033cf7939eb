import ArgumentParser
import ChainImport
import Foundation
import Primitives
import Rollup

/// `varve demo-chain DIRECTORY`: a small chain to try everything else on.
struct DemoChainCommand: VarveCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo-chain",
    abstract: "Write a small chain to try the other commands on.",
    discussion: """
      Makes 64 blocks with signed transfers and uncles, the same on every machine,
      and holds their hashes and state roots against those that another Ethereum
      implementation computed. Writes genesis.json, chain.rlp and head.txt (the
      hash of the last block) into the directory.

      EXAMPLES
        varve demo-chain demo
        varve import chain --genesis demo/genesis.json demo/chain.rlp
      """)

  @OptionGroup var options: GlobalOptions

  @Argument(help: "Where to write; made if it is not there.", completion: .directory)
  var directory: String

  func execute(_ console: Console) throws {
    let chain = try DemoChain()
    try chain.check()
    let folder = URL(fileURLWithPath: directory, isDirectory: true)
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      try Data(chain.genesisFile.utf8).write(to: folder.appendingPathComponent("genesis.json"))
      try Data(chain.blocksFile).write(to: folder.appendingPathComponent("chain.rlp"))
      try Data("\(DemoChain.expectedHeadHash)\n".utf8).write(to: folder.appendingPathComponent("head.txt"))
    } catch {
      throw Failure(
        .cannot, "the demo chain cannot be written to \(directory): \(error.localizedDescription)",
        remedy: "name a directory that you can write to")
    }
    console.report(DemoChainReport(chain))
  }
}

extension DemoChainError: TellsDisagreement {
  var isDisagreement: Bool {
    switch self {
    case .differs, .length: true
    case .cannotBuild: false
    }
  }
}

/// What `varve demo-chain` prints.
struct DemoChainReport: Report {
  let blocks: Int
  let transactions: Int
  let uncles: Int
  let head: String
  let stateRoot: String

  init(_ chain: DemoChain) {
    blocks = chain.blocks.count
    transactions = chain.blocks.reduce(0) { $0 + $1.transactions.count }
    uncles = chain.blocks.reduce(0) { $0 + $1.uncles.count }
    head = "\(DemoChain.expectedHeadHash)"
    stateRoot = "\(DemoChain.expectedStateRoots.last ?? .zero)"
  }

  func render(on page: inout Page) {
    page.facts([
      ("blocks", "\(blocks), with \(transactions) transactions and \(uncles) uncles"),
      ("head", head),
      ("state root", stateRoot),
      ("checked", "every state root against the one that py-evm computed"),
    ])
  }
}
