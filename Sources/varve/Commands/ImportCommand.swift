import ArgumentParser

/// `varve import`: brings data from outside into the log.
struct ImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Bring data from outside into the log.",
    discussion: """
      EXAMPLES
        varve import chain --genesis genesis.json chain.rlp
        varve import feed capture.jsonl
      """,
    subcommands: [ImportChain.self, ImportFeed.self])
}
