import ArgumentParser
import Conformance
import EVM

/// `varve bench evm`: gas per second of whole transactions.
struct BenchEVM: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evm",
    abstract: "Measure the virtual machine.",
    discussion: """
      Each file is a state test; its transactions are carried out over and over, each
      time over the state before. Code is prepared once, as it is in a chain where it
      is called again, or with --anew in each run. One line of JSON for each
      transaction; what counts is the fastest run.
      """)

  @Argument(help: "Files in the form of state tests.", completion: .file(extensions: ["json"]))
  var files: [String]

  @Option(help: "The fork, as the suites name it.")
  var fork = "Cancun"

  @Option(help: "Milliseconds for each transaction; it is carried out three times at least.")
  var time = 500

  @Flag(help: "A new machine for each run: the time has the preparation of all code that it runs.")
  var anew = false

  func run() throws {
    for file in files {
      for program in try TransactionProgram.programs(path: file, fork: fork) {
        try measure(program, file).print()
      }
    }
  }

  private func measure(_ program: TransactionProgram, _ file: String) throws -> ProgramLine {
    let kept = Machine(revision: program.revision)
    let end = ContinuousClock.now + .milliseconds(time)
    var (best, runs) = (Double.infinity, 0)
    while true {
      var attempt = program.attempt(on: anew ? Machine(revision: program.revision) : kept)
      let start = ProcessorTime.now
      let (gas, succeeded) = try attempt.run()
      let spent = ProcessorTime.now - start
      // A virtual machine's clock of the processor stands still at times.
      if spent > 0 { best = min(best, spent) }
      runs += 1
      if runs >= 3, best < .infinity, ContinuousClock.now >= end {
        return ProgramLine(
          engine: anew ? "varve anew" : "varve", file: file, program: program.name, gas: gas, succeeded: succeeded,
          seconds: best,
          gasPerSecond: Double(gas) / best)
      }
    }
  }
}

/// A figure, as a line of JSON.
private struct ProgramLine: Encodable {
  let figure = "evm"
  let engine: String
  let file: String
  let program: String
  let gas: UInt64
  let succeeded: Bool
  /// Of the processor's time, in the fastest run.
  let seconds: Double
  let gasPerSecond: Double

  func print() {
    StandardStream.output.write(JSON.line(self) + "\n")
  }
}
