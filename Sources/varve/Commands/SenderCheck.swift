import ProjectionStore
import Projections

/// `--check-senders`: brings the index of senders up to date, then recovers every sender anew and compares.
struct SenderCheck {
  private let options: GlobalOptions

  init(_ options: GlobalOptions) {
    self.options = options
  }

  /// - Throws: a disagreement, with the first row that differs.
  func run(_ console: Console) throws {
    let index = try options.openProjector(SenderIndex.self)
    let bar = ProgressBar("records of senders", console: console)
    defer { bar.clear() }
    try index.bringUp(.showing(bar))
    let report = try index.verify(.showing(bar))
    guard !report.agrees else { return }
    let difference = report.difference.map { "; first difference: \($0)" } ?? ""
    throw Failure(
      .disagreement, "projection \(SenderIndex.name) does not have the senders that the log gives\(difference)",
      remedy: "`varve projection rebuild \(SenderIndex.name) --restart`")
  }
}
