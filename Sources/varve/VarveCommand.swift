// What all commands share when they run.

import ArgumentParser

/// A command that does its work in `execute`, where any failure of the libraries is told in the one error style.
protocol VarveCommand: ParsableCommand {
  var options: GlobalOptions { get }

  func execute(_ console: Console) throws
}

extension VarveCommand {
  mutating func run() throws {
    options.startLogging()
    let console = options.console
    do {
      try execute(console)
    } catch let stop as Stop {
      throw stop
    } catch let failure as Failure {
      throw console.stop(failure)
    } catch {
      throw console.stop(Failure(of: error))
    }
  }
}
