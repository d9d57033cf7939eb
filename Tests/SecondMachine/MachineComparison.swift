package import EVM
import Primitives

/// What a comparison of the two machines came to.
package struct ComparisonReport: Sendable {
  /// Calls and creations from outside, and how many of them succeeded.
  package var runs = 0
  package var successes = 0

  /// Where the two part; nothing is compared after it.
  package var difference: String?

  /// Compares so many times, and then goes on until a third of all runs has succeeded: runs that all fail would show
  /// nothing. Where ten times as many are not enough, that is a difference: what is run is not what it should be.
  package init(rounds: Int, _ compare: (_ round: Int, _ report: inout ComparisonReport) -> Void) {
    var round = 0
    while difference == nil, round < rounds || successes * 3 < runs {
      compare(round, &self)
      round += 1
      if round >= 10 * rounds + 100, successes * 3 < runs { difference = "\(successes) of \(runs) succeed" }
    }
  }
}

/// Random code in the first machine and in the second, each over a copy of the same world: the same gas, refund and
/// output, the same logs and the same world, with all that a transaction remembers.
package struct MachineComparison {
  private let machine: Machine
  private let prices: Prices

  /// - Parameters:
  ///   - rounds: calls and creations at least; a third succeed of those that are made.
  ///   - planted: gas that instructions cost too much in the second machine.
  package static func run(
    seed: UInt64, revision: Revision, rounds: Int, planted: [UInt8: Int] = [:]
  ) -> ComparisonReport {
    onStack(of: 256 << 20) {
      let comparison = MachineComparison(
        machine: Machine(revision: revision), prices: Prices(revision, planted: planted))
      var seeds = SplitMix64(seed: seed)
      return ComparisonReport(rounds: rounds) { round, report in
        comparison.play(RandomCode(seed: seeds.next(), prices: comparison.prices), round, &report)
      }
    }
  }

  private func play(_ start: RandomCode, _ round: Int, _ report: inout ComparisonReport) {
    var random = start
    let accounts = random.world()
    compare(random.message(in: accounts), random.block(), random.transaction(), accounts, round, &report)
  }

  private func compare(
    _ message: Message, _ block: BlockEnvironment, _ transaction: TransactionEnvironment,
    _ accounts: [Address: World.Account], _ round: Int, _ report: inout ComparisonReport
  ) {
    let start = World(accounts, revision: prices.revision)
    var (fast, slow) = (start, SlowMachine(prices: prices, world: start, block: block, transaction: transaction))
    let expected = slow.run(message)
    // The machine goes by jumps, or one step at a time under the eyes of a tracer.
    let found: ExecutionResult
    if round % 4 == 3 {
      var tracer = Steps()
      found = machine.execute(message, block: block, transaction: transaction, host: &fast, tracer: &tracer)
    } else {
      found = machine.execute(message, block: block, transaction: transaction, host: &fast)
    }
    report.runs += 1
    if expected.status == .success { report.successes += 1 }
    if SlowMachine.Outcome(found) != expected {
      report.difference = "\(found) for \(expected)"
    } else if fast.state != slow.world.state {
      report.difference = "the world is \(fast.state) for \(slow.world.state)"
    }
    report.difference = report.difference.map {
      "round \(round), \(prices.revision): \($0), after \(message), in \(block), \(transaction), \(accounts)"
    }
  }
}

/// Has the machine take one step at a time.
private struct Steps: Tracer {
  static var isActive: Bool { true }

  func willRun(_ step: TraceStep) {}

  func didRun(cost: Int, halt: Halt?) {}
}

extension SlowMachine.Outcome {
  init(_ result: ExecutionResult) {
    let status: Status =
      switch result.status {
      case .success: .success
      case .revert: .revert
      case .failure: .failure
      }
    self.init(status: status, gas: Int(result.gasLeft), refund: Int(result.gasRefund), output: result.output)
  }
}
