import ArgumentParser
import EventStore
import Rollup

/// `varve doctor`: is this store able to do its job?
struct DoctorCommand: VarveCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Look whether this store is able to do its job, and say what to do where it is not.",
    discussion: """
      Looks at the log and its key, the disk, the clock beside the newest L1 block,
      the projections, and the guard of a sequencer's key. It changes nothing, not
      even how far a projection has come, and takes a few lookups; `varve log
      verify` looks at every byte.

      With --window it also asks whether everything is there that it takes to
      defend what L1 can still change: the history back to every open output, a
      verdict on each, how the disputes about them would end, what it takes to
      follow a reorganisation, and the bond behind the sequencer's key. That takes
      one pass over the log.

      Each line is ok, warn or fail. Ends with 1 when one of them is fail.

      EXAMPLES
        varve doctor
        varve doctor --window --json
      """)

  @OptionGroup var options: GlobalOptions

  @Flag(help: "Also look whether the challenge window is covered.")
  var window = false

  func execute(_ console: Console) throws {
    let log = try options.openLog(.readOnly)
    var findings = try StoreExamination(options, log).findings()
    if window { findings += WindowExamination(options, log).findings() }
    let report = DoctorReport(findings: findings)
    console.report(report)
    guard let first = findings.first(where: { $0.status == .fail }) else { return }
    throw Failure(.disagreement, "\(first.check): \(first.text)", remedy: first.remedy)
  }
}

/// What `varve doctor` prints.
struct DoctorReport: Report {
  let findings: [DoctorFinding]

  func render(on page: inout Page) {
    let width = findings.map(\.check.count).max() ?? 0
    for finding in findings {
      let name = finding.check + String(repeating: " ", count: width - finding.check.count)
      let status = finding.status.rawValue + String(repeating: " ", count: 4 - finding.status.rawValue.count)
      page.line(
        "\(status)  \(name)  \(finding.text)",
        finding.status == .ok ? nil : finding.status == .warn ? .strong : .bad)
      if let remedy = finding.remedy { page.line("      next: \(remedy)", .dim) }
    }
  }
}
