import ArgumentParser
import EVM
import Primitives

/// `varve bench precompiles`: gas per second of each precompiled contract.
struct BenchPrecompiles: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "precompiles",
    abstract: "Measure the precompiled contracts.",
    discussion: """
      Prices are those of Osaka, unless a case is named after another fork. MODEXP is
      swept over lengths, exponents and kinds of moduli; the dearest of each fork in
      time per gas is printed.
      """)

  @Option(help: "Milliseconds for each case.")
  var time = 100

  func run() throws {
    let budget = Duration.milliseconds(time)
    guard let reference = PrecompileTime(PrecompileCase.ecRecover, budget) else { throw ExitCode(3) }
    reference.line(against: reference).print()
    for item in try PrecompileCase.all() {
      guard let measured = PrecompileTime(item, budget) else { throw ExitCode(3) }
      measured.line(against: reference).print()
    }
    for revision in [Revision.byzantium, .berlin, .osaka] {
      let times = ModExpSweep.cases(revision).compactMap { PrecompileTime($0, budget / 20) }
      guard let candidate = times.max(by: { $0.secondsPerGas < $1.secondsPerGas }),
        let worst = PrecompileTime(candidate.item, budget)
      else { throw ExitCode(3) }
      worst.line(against: reference).print()
    }
  }
}

/// One call to be measured.
struct PrecompileCase {
  let name: String
  let precompile: Precompile
  let revision: Revision
  let input: [UInt8]

  init(_ name: String, _ precompile: Precompile, _ input: [UInt8], _ revision: Revision = .osaka) {
    self.name = name
    self.precompile = precompile
    self.revision = revision
    self.input = input
  }
}

/// What a call takes.
struct PrecompileTime {
  let item: PrecompileCase
  let gas: Int
  /// Of the fastest run.
  let seconds: Double

  var secondsPerGas: Double { seconds / Double(gas) }

  /// Runs a case until the budget is spent, at least three times; nil when it has no price.
  init?(_ item: PrecompileCase, _ budget: Duration) {
    guard let gas = item.precompile.cost(of: item.input.rawSpan, item.revision), gas > 0 else { return nil }
    let end = ContinuousClock.now + budget
    var best = Double.infinity
    var runs = 0
    // Many at once where they are quick, so that the clock's own cost does not count.
    var repeats = 1
    while runs < 3 || ContinuousClock.now < end {
      let start = ProcessorTime.now
      for _ in 0..<repeats { _ = try? item.precompile.run(on: item.input.rawSpan, item.revision) }
      let time = ProcessorTime.now - start
      best = min(best, time / Double(repeats))
      repeats = max(1, min(1_000, Int(100e-6 / best)))
      runs += 1
    }
    self.item = item
    self.gas = gas
    seconds = best
  }

  func line(against reference: PrecompileTime) -> PrecompileLine {
    PrecompileLine(
      precompile: item.name, inputBytes: item.input.count, gas: gas, microseconds: seconds * 1e6,
      gasPerSecond: 1 / secondsPerGas, slownessToEcRecover: secondsPerGas / reference.secondsPerGas)
  }
}

/// A figure, as a line of JSON.
struct PrecompileLine: Encodable {
  var figure = "precompile"
  let precompile: String
  let inputBytes: Int
  let gas: Int
  let microseconds: Double
  let gasPerSecond: Double
  /// Time per gas over that of ECRECOVER.
  let slownessToEcRecover: Double

  func print() {
    StandardStream.output.write(JSON.line(self) + "\n")
  }
}
