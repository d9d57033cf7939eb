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
      dearest in time per gas; the dearest when the price of the CALL is counted that
      no contract is reached without; the dearest that has no price at all.
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
    let times = ModExpSweep.cases().compactMap { PrecompileTime($0, budget / 50) }
    for revision in ModExpSweep.revisions { try printDearest(times, revision, reference, budget) }
  }

  private func printDearest(
    _ times: [PrecompileTime], _ revision: Revision, _ reference: PrecompileTime, _ budget: Duration
  ) throws {
    let priced = times.compactMap { $0.priced(at: revision) }
    func again(_ time: PrecompileTime?, _ name: String) throws {
      guard let time else { return }
      let item = time.item
      let named = PrecompileCase(
        "MODEXP \(revision)\(name), \(item.name)", item.precompile, item.input, revision)
      guard let measured = PrecompileTime(named, budget) else { throw ExitCode(3) }
      measured.line(against: reference).print()
    }
    try again(priced.filter { $0.gas > 0 }.max { $0.secondsPerGas < $1.secondsPerGas }, "")
    try again(priced.max { $0.secondsPerGasWithCall < $1.secondsPerGasWithCall }, " with CALL")
    try again(priced.filter { $0.gas == 0 }.max { $0.seconds < $1.seconds }, " free")
    let above = priced.filter { $0.gas > 0 && $0.secondsPerGas > 5 * reference.secondsPerGas }
    AboveBoundLine(
      revision: "\(revision)", cases: priced.count, above: above.count, upToGas: above.map(\.gas).max() ?? 0
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
}

/// What a call takes.
struct PrecompileTime {
  let item: PrecompileCase
  /// The price at the case's fork.
  private(set) var gas: Int
  private(set) var revision: Revision
  /// Of the fastest run.
  let seconds: Double

  var secondsPerGas: Double { seconds / Double(gas) }

  /// With the least that a call of a contract costs (EIP-150, 2929).
  var secondsPerGasWithCall: Double { seconds / Double(gas + (revision >= .berlin ? 100 : 700)) }

  /// The same work at another fork's price; nil when it has none there.
  func priced(at revision: Revision) -> PrecompileTime? {
    guard let gas = item.precompile.cost(of: item.input.rawSpan, revision) else { return nil }
    var time = self
    time.gas = gas
    time.revision = revision
    return time
  }

  /// Runs a case until the budget is spent, at least three times; nil when it has no price.
  init?(_ item: PrecompileCase, _ budget: Duration) {
    // At Byzantium's prices every length has one.
    guard
      let gas = item.precompile.cost(of: item.input.rawSpan, item.revision)
        ?? item.precompile.cost(of: item.input.rawSpan, .byzantium)
    else { return nil }
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
    revision = item.revision
    seconds = best
  }

  func line(against reference: PrecompileTime) -> PrecompileLine {
    PrecompileLine(
      precompile: item.name, inputBytes: item.input.count, gas: gas, microseconds: seconds * 1e6,
      gasPerSecond: Double(gas) / seconds,
      slownessToEcRecover: gas > 0 ? secondsPerGas / reference.secondsPerGas : nil,
      slownessWithCall: secondsPerGasWithCall / (reference.seconds / (revision >= .berlin ? 3_100 : 3_700)))
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
  /// The same with the price of the CALL added to both.
  let slownessWithCall: Double

  func print() {
    StandardStream.output.write(JSON.line(self) + "\n")
  }
}

/// How many cases of MODEXP at a fork take more than five times as long for their gas as ECRECOVER, and the highest
/// price of those.
private struct AboveBoundLine: Encodable {
  let figure = "modexp above the bound"
  let revision: String
  let cases: Int
  let above: Int
  let upToGas: Int

  func print() {
    StandardStream.output.write(JSON.line(self) + "\n")
  }
}
