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
      swept over lengths, exponents and kinds of moduli. Printed for each fork: the
      dearest in time per gas; the dearest when the price of a CALL is counted too; the
      dearest that has no price at all. A case that is refused ends the run.
      """)

  @Option(help: "Milliseconds for each case.")
  var time = 100

  func run() throws {
    let budget = Duration.milliseconds(time)
    // All figures are over this one.
    let reference = try PrecompileTime(PrecompileCase.ecRecover, budget * 10)
    reference.line(against: reference).print()
    for item in try PrecompileCase.all() {
      try PrecompileTime(item, budget).line(against: reference).print()
    }
    let times = try ModExpSweep.cases().map { try PrecompileTime($0, budget / 50) }
    for revision in ModExpSweep.revisions {
      try printDearest(times.compactMap { $0.priced(at: revision) }, revision, reference, budget)
    }
  }

  /// Cases measured in a hurry, at a fork's prices: the dearest of each kind are measured again, with time.
  private func printDearest(
    _ times: [PrecompileTime], _ revision: Revision, _ reference: PrecompileTime, _ budget: Duration
  ) throws {
    let paid = times.filter { $0.gas > 0 }
    let kinds: [(name: String, times: [PrecompileTime], dearness: (PrecompileTime) -> Double)] = [
      ("", paid, { $0.secondsPerGas }), (" with CALL", times, { $0.secondsPerGasWithCall }),
      (" free", times.filter { $0.gas == 0 }, { $0.seconds }),
    ]
    for (name, times, dearness) in kinds {
      let again = try times.sorted { dearness($0) > dearness($1) }.prefix(3).map {
        try PrecompileTime($0.item.named("MODEXP \(revision)\(name)", revision), budget)
      }
      again.max { dearness($0) < dearness($1) }?.line(against: reference).print()
    }
    let above = paid.filter { $0.secondsPerGas > 5 * reference.secondsPerGas }
    AboveBoundLine(
      revision: "\(revision)", cases: times.count, free: times.count - paid.count, above: above.count,
      upToGas: above.map(\.gas).max() ?? 0
    )
    .print()
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

  /// The same call with something before its name, at another fork.
  func named(_ prefix: String, _ revision: Revision) -> PrecompileCase {
    PrecompileCase("\(prefix), \(name)", precompile, input, revision)
  }

  /// Runs it once. What is refused, by an error or an output of nothing, would have its refusal measured: that throws.
  @discardableResult
  func run() throws -> [UInt8] {
    guard let output = try? precompile.run(on: input.rawSpan, revision), !output.isEmpty || input.isEmpty else {
      throw ValidationError("\(name): the contract refuses the input")
    }
    return output
  }
}

/// What a call takes.
struct PrecompileTime {
  let item: PrecompileCase
  /// The price at `revision`.
  private(set) var gas: Int
  private(set) var revision: Revision
  /// Of the fastest run.
  let seconds: Double

  var secondsPerGas: Double { seconds / Double(gas) }

  /// With the least that a CALL costs before the contract is paid (EIP-150, 2929).
  var secondsPerGasWithCall: Double { seconds / Double(gas + (revision >= .berlin ? 100 : 700)) }

  /// The same work at another fork's price; nil when it has none there.
  func priced(at revision: Revision) -> PrecompileTime? {
    guard let gas = item.precompile.cost(of: item.input.rawSpan, revision) else { return nil }
    var time = self
    time.gas = gas
    time.revision = revision
    return time
  }

  /// Runs a case until the budget is spent, at least three times.
  init(_ item: PrecompileCase, _ budget: Duration) throws {
    guard let gas = item.precompile.cost(of: item.input.rawSpan, item.revision) else {
      throw ValidationError("\(item.name): the contract has no price for the input")
    }
    try item.run()
    let end = ContinuousClock.now + budget
    var best = Double.infinity
    var runs = 0
    // Many at once where they are quick, so that the clock's own cost does not count.
    var repeats = 1
    while runs < 3 || ContinuousClock.now < end {
      let start = ProcessorTime.now
      for _ in 0..<repeats { _ = try item.precompile.run(on: item.input.rawSpan, item.revision) }
      let time = ProcessorTime.now - start
      best = min(best, time / Double(repeats))
      repeats = max(1, min(1_000, Int(100e-6 / best)))
      runs += 1
    }
    self.item = item
    self.gas = gas
    revision = item.revision
    seconds = best
  }

  func line(against reference: PrecompileTime) -> PrecompileLine {
    let referenceAtFork = reference.priced(at: revision) ?? reference
    return PrecompileLine(
      precompile: item.name, inputBytes: item.input.count, gas: gas, microseconds: seconds * 1e6,
      gasPerSecond: Double(gas) / seconds,
      slownessToEcRecover: gas > 0 ? secondsPerGas / reference.secondsPerGas : nil,
      slownessWithCall: secondsPerGasWithCall / referenceAtFork.secondsPerGasWithCall)
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
  /// Time per gas over that of ECRECOVER; nothing where there is no price.
  let slownessToEcRecover: Double?
  /// The same with the price of a CALL added to both.
  let slownessWithCall: Double

  func print() {
    StandardStream.output.write(JSON.line(self) + "\n")
  }
}

/// How many cases of MODEXP at a fork have no price, how many take more than five times as long for their gas as
/// ECRECOVER, and the highest price of those. Measured in a hurry.
private struct AboveBoundLine: Encodable {
  let figure = "modexp above the bound"
  let revision: String
  let cases: Int
  let free: Int
  let above: Int
  let upToGas: Int

  func print() {
    StandardStream.output.write(JSON.line(self) + "\n")
  }
}
