import ArgumentParser
import ProjectionStore
import Projections

/// `varve projection rollback NAME`: the version that was live before is live again.
struct ProjectionRollback: VarveCommand {
  static let configuration = CommandConfiguration(
    commandName: "rollback",
    abstract: "Make the version live that was live before the last rebuild.",
    discussion: """
      A rebuild keeps the version that it replaces. Going back is one rename; readers
      move at their next transaction. Nothing is lost: the same command again comes
      back to where it was.

      EXAMPLES
        varve projection rollback proposer-state
      """)

  @OptionGroup var options: GlobalOptions

  @Argument(help: "The projection.")
  var name: ProjectionName

  func execute(_ console: Console) throws {
    console.report(LiveOutcome(name: name.rawValue, live: "\(try rollBack(name.type))"))
  }

  private func rollBack<P: Projection>(_ type: P.Type) throws -> VersionName {
    try options.openProjector(type).rollBack()
  }
}

/// What `varve projection rollback` and `switch` print.
struct LiveOutcome: Report {
  let name: String
  let live: String

  func render(on page: inout Page) {
    page.line("live: \(name), version \(live)", .good)
  }
}

/// `varve projection drop NAME`: the disk is given back.
struct ProjectionDrop: VarveCommand {
  static let configuration = CommandConfiguration(
    commandName: "drop",
    abstract: "Remove every version of a projection but the live one.",
    discussion: """
      That is the version that was live before, kept for `varve projection rollback`,
      and what an interrupted rebuild or replay has left, or one with --no-switch, and
      a verification that was killed. With --unfinished the version that was live
      before stays as well.

      EXAMPLES
        varve projection drop proposer-state
        varve projection drop proposer-state --unfinished
      """)

  @OptionGroup var options: GlobalOptions

  @Argument(help: "The projection.")
  var name: ProjectionName

  @Flag(help: "Remove only what is not finished, or was never made live.")
  var unfinished = false

  func execute(_ console: Console) throws {
    console.report(DropOutcome(name: name.rawValue, dropped: try drop(name.type).map { "\($0)" }))
  }

  private func drop<P: Projection>(_ type: P.Type) throws -> [VersionName] {
    try options.openProjector(type).drop(unfinishedOnly: unfinished)
  }
}

/// What `varve projection drop` prints.
struct DropOutcome: Report {
  let name: String
  let dropped: [String]

  func render(on page: inout Page) {
    page.line(dropped.isEmpty ? "no version to drop" : "dropped: \(name), \(dropped.joined(separator: ", "))")
  }
}
