import ArgumentParser

/// `varve bench`: our side of the benchmarks. `Tools/bench` runs it beside the rivals and prints the ratios; it is left
/// out of the help, because a figure without its rival says little.
struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Measure, one JSON line for each figure; `Tools/bench` runs this beside the rivals.",
    shouldDisplay: false,
    subcommands: [
      BenchChainCommand.self, BenchEVM.self, BenchHash.self, BenchLogCommand.self, BenchPrecompiles.self,
      BenchProjectionsCommand.self, BenchReplayCommand.self, BenchTestimony.self, BenchTrieCommand.self,
    ])
}

/// `varve bench log`: append, scan, open, proofs and verification.
struct BenchLogCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "log",
    abstract: "Measure the log.",
    subcommands: [BenchLogAppend.self, BenchLogScan.self, BenchLogOpen.self, BenchLogProofs.self, BenchLogVerify.self])
}
