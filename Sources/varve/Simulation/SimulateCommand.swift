// `varve simulate`: a rollup played from a seed.

import ArgumentParser
import Simulation

struct SimulateCommand: VarveCommand {
  static let configuration = CommandConfiguration(
    commandName: "simulate",
    abstract: "Plays a whole rollup from a seed: dishonest actors, reorganisations, crashes, lost messages.",
    discussion: """
      All of it is virtual time, and nothing is read or written. What must hold is
      checked after every step; the first thing that does not is told with the
      seed, which plays the same run again, byte for byte.

      EXAMPLES
        varve simulate --seed 7 --steps 500
        varve simulate --seed 0 --count 100
      """)

  @OptionGroup var options: GlobalOptions

  @Option(help: ArgumentHelp("The seed; with --count the first of them.", valueName: "number"))
  var seed: UInt64 = 0

  @Option(help: ArgumentHelp("Steps of a run: L1 blocks, but for those that are reorganised.", valueName: "number"))
  var steps: Int = 200

  @Option(help: ArgumentHelp("How many seeds to play.", valueName: "number"))
  var count: UInt64 = 1

  func validate() throws {
    guard steps > 0, count > 0, seed.addingReportingOverflow(count).overflow == false else {
      throw ValidationError("--steps and --count are at least 1")
    }
  }

  func execute(_ console: Console) throws {
    var violations = 0
    for seed in seed..<(seed + count) {
      var simulation = try RollupSimulation(seed: seed)
      do {
        let report = try simulation.run(steps: steps)
        console.line(Line(report), text: Line(report).text)
      } catch let violation as Violation {
        violations += 1
        console.line(
          Line(seed: seed, steps: violation.step, violation: violation.description),
          text: "seed \(seed): \(violation)")
      }
    }
    if violations > 0 { throw Stop(exitCode: Failure.Kind.disagreement.rawValue) }
  }

  private struct Line: Encodable {
    var seed: UInt64
    var steps: Int
    var digest: String?
    var l2Blocks, finalOutputs, deletedOutputs, games, reorganisations, crashes: Int?
    var violation: String?

    init(seed: UInt64, steps: Int, violation: String) {
      self.seed = seed
      self.steps = steps
      self.violation = violation
    }

    init(_ report: SimulationReport) {
      seed = report.seed
      steps = report.steps
      digest = "\(report.digest)"
      l2Blocks = report.l2Blocks
      finalOutputs = report.finalOutputs
      deletedOutputs = report.deletedOutputs
      games = report.games
      reorganisations = report.reorganisations
      crashes = report.crashes
    }

    var text: String {
      "seed \(seed): \(steps) steps, \(l2Blocks ?? 0) L2 blocks, \(finalOutputs ?? 0) outputs final and "
        + "\(deletedOutputs ?? 0) deleted, \(games ?? 0) games, \(reorganisations ?? 0) reorganisations, "
        + "\(crashes ?? 0) crashes, digest \(digest ?? "")"
    }
  }
}
