import ArgumentParser
import EventStore
import Primitives
import Rollup
import SystemPackage

/// `varve log verify`: checks everything that is stored, in a child process.
struct LogVerify: VarveCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Check every byte of the log, and name whatever is not as it was written.",
    discussion: """
      Each record is held against its checksum, its payload hash and its place;
      each stored tree hash against the records below it; the root, the index of
      L1 blocks and the number of rows against what the records say; the
      canonicalAcc that each L1 block names, by which nodes are compared, against
      the records of the blocks before it.

      The work is done in a child process, because a damaged page can make LMDB
      end the process that reads it. That, too, is reported as damage.

      With --resume, a check that was stopped goes on where it was: what it had
      checked before is not read again. The file is removed at the end.

      Ends with 0 when everything is as written, and with 1 otherwise.

      EXAMPLES
        varve log verify
        varve log verify --json
        varve log verify --log testimony
        varve log verify --resume verify.state
      """)

  /// What to do about damage: only the ledger can be repaired.
  private var remedy: String {
    switch which.log {
    case .ledger: "`varve log repair`; if a record is lost, " + Self.replacement
    case .testimony: "move the log away and `varve log restore --log testimony` a backup; the damaged log is kept"
    }
  }

  /// What to do about a log of which records are lost, or that does not open.
  static let replacement =
    "move the log away and `varve log restore` a backup, or `varve import chain --replace-damaged …` with a good file; the "
    + "damaged log is kept"

  @OptionGroup var options: GlobalOptions

  @OptionGroup var which: LogChoice

  @Option(
    help: ArgumentHelp("Keep in this file how far the check has come, and go on from there.", valueName: "file"),
    completion: .file())
  var resume: String?

  /// Makes this process do the work itself, and tell its parent how far it has come.
  @Flag(name: .customLong("child"), help: .private)
  var isChild = false

  func execute(_ console: Console) throws {
    guard isChild else { return try superviseChild() }
    ChildProcess.endWithParent()
    try verify(console)
  }

  private func verify(_ console: Console) throws {
    let log = try options.openLog(which, .inspection)
    let file = resume.map { ResumeFile(path: FilePath($0)) }
    let checkpoint = try file?.checkpoint(of: log) ?? VerifyCheckpoint()
    if checkpoint.position > 0 {
      console.note("going on from record \(checkpoint.position), before which an earlier check has been")
    }
    let bar = ProgressBar("records", console: console)
    let verifyOptions = EventLog.VerifyOptions(checksAccumulators: true)
    func told(_ report: VerifyReport) -> Bool {
      ChildProcess.send("\(report.verified)")
      bar.update(done: report.verified, total: report.head?.size)
      return true
    }
    let report =
      try file?.verify(log, from: checkpoint, options: verifyOptions, progress: told)
      ?? log.verify(options: verifyOptions, progress: told)
    bar.clear()
    console.report(LogVerifyReport(report, earlier: checkpoint.findings, seconds: bar.elapsed))
    if report.isSound { return }
    guard let first = report.damages.first else {
      throw Failure(
        .disagreement,
        "the log in \(log.directory) is damaged: \(Quantity.findings(checkpoint.findings)) before record "
          + "\(checkpoint.position), by an earlier check", remedy: "run it without --resume, which tells what they are")
    }
    let others = report.damages.count == 1 ? "" : " (and \(report.damages.count - 1) more)"
    throw Failure(
      .disagreement, "the log in \(log.directory) is damaged: \(first.summary)\(others)", remedy: remedy)
  }

  /// Starts the child, and says what it means when a signal ends it.
  private func superviseChild() throws {
    let check = LogCheck(of: options, which)
    switch try check.run(resume: resume) {
    case .exit(0, _): return
    case .exit(let code, _): throw Stop(exitCode: code)
    case .damagedPage(let signal, let verified):
      throw Failure(
        .disagreement,
        "a page of the \(which.log.rawValue) in \(options.dataDirectory) is damaged: after \(verified) records, reading on ended the check by "
          + "signal \(signal)", remedy: remedy)
    case .stopped(let signal): throw check.stopped(by: signal)
    }
  }
}

/// What `varve log verify` prints.
struct LogVerifyReport: Report {
  struct Finding: Encodable {
    let position: UInt64?
    let kind: String?
    let l1Block: UInt64?
    let what: String
  }

  let isSound: Bool
  let records: UInt64
  let root: String?
  let findings: [Finding]

  private let seconds: Double
  private let summaries: [String]
  private let earlier: UInt64

  /// - Parameter earlier: what the check that this one went on from had found, and reported.
  init(_ report: VerifyReport, earlier: UInt64, seconds: Double) {
    isSound = report.isSound
    records = report.verified
    root = report.head.map { "\($0.root)" }
    findings = report.damages.map { damage in
      Finding(
        position: damage.position?.rawValue, kind: damage.kind.map { EventKind(rawValue: $0)?.name ?? "\($0)" },
        l1Block: damage.l1Block, what: damage.what)
    }
    summaries = report.damages.map(\.summary)
    self.earlier = earlier
    self.seconds = seconds
  }

  private enum CodingKeys: CodingKey {
    case isSound, records, root, findings
  }

  func render(on page: inout Page) {
    if isSound {
      page.line("sound: \(Quantity.count(records)) records, tree root \(root ?? "")", .good)
      page.line(
        "checked in \(Quantity.duration(seconds: seconds)), \(Quantity.rate(records, "records", seconds: seconds))",
        .dim)
    } else {
      let before = earlier == 0 ? "" : ", and \(Quantity.findings(earlier)) by the check that it went on from"
      let findings = Quantity.findings(UInt64(summaries.count))
      page.line("NOT sound: \(findings) in \(Quantity.count(records)) records\(before)", .bad)
      for summary in summaries { page.line("  \(summary)") }
    }
  }
}

extension Quantity {
  fileprivate static func findings(_ number: UInt64) -> String {
    number == 1 ? "1 finding" : "\(count(number)) findings"
  }
}
