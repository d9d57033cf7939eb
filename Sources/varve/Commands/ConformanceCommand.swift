import ArgumentParser
import Conformance
import EVM
import Primitives

/// `varve conformance SUITE DIR`: published test suites, run over the rules.
struct ConformanceCommand: VarveCommand {
  static let configuration = CommandConfiguration(
    commandName: "conformance",
    abstract: "Run a published test suite over the execution rules.",
    discussion: """
      Every file of the suite below the directory is run, over all cores. What
      does not pass is listed with its first difference; the last line counts.
      A share is a fixed part of the cases, by a checksum of their names. A trace
      is of one state or blockchain test or one block of mainnet: a line of JSON for
      each instruction of its transactions (EIP-3155) before the rest.

      EXAMPLES
        varve conformance state vectors/eest-state-tests
        varve conformance blockchain vectors/blockchain-tests --fork Berlin
        varve conformance state vectors/eest-state-tests --filter eip7702
        varve conformance state vectors/eest-state-tests --share 1/8
        varve conformance state vectors/eest-state-tests --filter CASE --trace
      """)

  @OptionGroup var options: GlobalOptions

  @Argument(help: "What the fixtures are: \(ConformanceRun.Kind.allCases.map(\.rawValue).joined(separator: ", ")).")
  var suite: ConformanceRun.Kind

  @Argument(help: "The directory with the fixtures.", completion: .directory)
  var directory: String

  @Option(help: "Run only cases with this in their path or name.")
  var filter: String?

  @Option(help: "Run only cases of this fork, as the suite names it.")
  var fork: String?

  @Option(help: ArgumentHelp("Run only part K of N of the cases, K from 1 to N.", valueName: "K/N"))
  var share: ConformanceRun.Share?

  @Flag(help: "Print each instruction of the one case that is chosen.")
  var trace = false

  func execute(_ console: Console) throws {
    let run = ConformanceRun(kind: suite, directory: directory, filter: filter, fork: fork, share: share)
    let report: ConformanceReport
    do {
      report = try trace ? run.trace { StandardStream.output.write(JSON.line(TraceLine($0)) + "\n") } : run.run()
    } catch let error as ConformanceError {
      throw Failure(.cannot, "\(error)")
    }
    console.report(ConformanceOutcome(report))
    if report.total.failed > 0 { throw Stop(exitCode: Failure.Kind.disagreement.rawValue) }
  }
}

extension ConformanceRun.Kind: ExpressibleByArgument {}

extension ConformanceRun.Share: ExpressibleByArgument {
  /// `K/N`.
  init?(argument: String) {
    let parts = argument.split(separator: "/", omittingEmptySubsequences: false).map { UInt32($0) }
    guard parts.count == 2, let part = parts[0], let count = parts[1] else { return nil }
    self.init(part: part, of: count)
  }
}

/// One instruction, as EIP-3155 has it.
private struct TraceLine: Encodable {
  let pc: Int
  let op: UInt8
  let opName: String
  let gas: String
  let gasCost: String
  let memSize: Int
  let stack: [String]
  let depth: Int
  let refund: Int64
  /// Left out unless the instruction broke a rule.
  let error: String?

  init(_ entry: StructLogTracer.Entry) {
    pc = entry.programCounter
    op = entry.opcode
    opName = entry.name
    gas = "0x" + String(entry.gas, radix: 16)
    gasCost = "0x" + String(entry.gasCost, radix: 16)
    memSize = entry.memorySize
    stack = entry.stack.map(\.hex)
    depth = entry.depth
    refund = entry.refund
    error = entry.halt.map { "\($0)" }
  }
}

/// What `varve conformance` prints.
struct ConformanceOutcome: Report {
  struct Case: Encodable {
    let file: String
    let name: String
    let outcome: String
    let reason: String
  }

  struct Fork: Encodable {
    let fork: String
    let passed: Int
    let failed: Int
    let skipped: Int
  }

  struct Skip: Encodable {
    let reason: String
    let cases: Int
  }

  let passed: Int
  let failed: Int
  let skipped: Int
  let forks: [Fork]
  let skips: [Skip]
  let notable: [Case]

  init(_ report: ConformanceReport) {
    passed = report.total.passed
    failed = report.total.failed
    skipped = report.total.skipped
    forks = report.forks.map {
      Fork(fork: $0.fork, passed: $0.counts.passed, failed: $0.counts.failed, skipped: $0.counts.skipped)
    }
    skips = report.skips.map { Skip(reason: $0.reason, cases: $0.count) }
    notable = report.notable.map { result in
      switch result.outcome {
      case .passed: Case(file: result.file, name: result.name, outcome: "passed", reason: "")
      case .failed(let reason): Case(file: result.file, name: result.name, outcome: "failed", reason: reason)
      case .skipped(let reason): Case(file: result.file, name: result.name, outcome: "skipped", reason: reason)
      case .foreign:
        Case(file: result.file, name: result.name, outcome: "failed", reason: "it is no fixture of this kind")
      }
    }
  }

  func render(on page: inout Page) {
    for item in notable { page.line("\(item.outcome): \(item.file): \(item.name): \(item.reason)") }
    for fork in forks {
      page.line("\(fork.fork): \(fork.passed) passed, \(fork.failed) failed, \(fork.skipped) skipped")
    }
    for skip in skips { page.line("skipped: \(skip.cases): \(skip.reason)") }
    page.line("\(passed) passed, \(failed) failed, \(skipped) skipped")
  }
}
