// The tool's root: subcommands, and the one place where an outcome becomes an exit code.

import ArgumentParser

/// `varve`: parses arguments, calls one function, prints for people or as JSON.
@main
struct Varve: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "varve",
    abstract: "An append-only log of a rollup, and the state that follows from it.",
    discussion: """
      Everything the rollup has agreed on is in one log. State is computed from
      the log alone, checked against every posted root, and can be thrown away
      and rebuilt at any time, to the same bytes.

      EXIT CODES
        0  done, and everything agreed
        1  done, and something disagreed: a wrong root, another digest, damage
        2  wrong usage
        3  could not be done: no such file, no space, another writer; or not as of the
           end of the log, where the answer says as of when it is

      EXAMPLES
        varve demo-chain demo
        varve import chain --genesis demo/genesis.json demo/chain.rlp
        varve replay
        varve log verify
      """,
    version: "0.1.0",
    subcommands: [
      ImportCommand.self, LogCommand.self, ReplayCommand.self, ProjectionCommand.self, StateCommand.self,
      OutputCommand.self, SafeHeadCommand.self, TransactionCommand.self, AddressCommand.self,
      DoctorCommand.self, DemoChainCommand.self, DisputeCommand.self, EquivocationCommand.self, DevnetCommand.self,
      SimulateCommand.self,
      ConformanceCommand.self,
      BenchCommand.self,
    ]
  )

  static func main() {
    endProcess(run(Array(CommandLine.arguments.dropFirst())))
  }

  /// Runs the tool on `arguments` (without the program's name) and returns its exit code.
  static func run(_ arguments: [String]) -> Int32 {
    do {
      var command = try parseAsRoot(arguments)
      try command.run()
      return 0
    } catch let stop as Stop {
      return stop.exitCode
    } catch {
      return reportParserOutcome(error, isJSON: arguments.contains("--json"))
    }
  }

  /// Help and version end with 0 on standard output; anything the parser refuses is wrong usage.
  private static func reportParserOutcome(_ error: any Error, isJSON: Bool) -> Int32 {
    let text = fullMessage(for: error)
    if exitCode(for: error).isSuccess {
      StandardStream.output.write(text + "\n")
      return 0
    }
    if isJSON {
      let failure = Failure(.wrongUsage, message(for: error), remedy: "see `varve --help`")
      StandardStream.error.write(failure.json + "\n")
    } else {
      let isErrorFirst = text.hasPrefix("Error: ")
      StandardStream.error.write((isErrorFirst ? "error: " + text.dropFirst(7) : text) + "\n")
    }
    return Failure.Kind.wrongUsage.rawValue
  }
}

/// Thrown once everything has been said: ends the command with an exit code.
struct Stop: Error {
  let exitCode: Int32
}
