import ArgumentParser
import ProjectionStore
import Projections

/// `varve projection list`: versions, positions and sizes.
struct ProjectionList: VarveCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "Show each projection's live version: how far it is, and how large.",
    discussion: """
      Beside the live version there may be the one before it, for `varve projection
      rollback`, and one that is being made, was interrupted, or is finished and waits
      for `varve projection switch`. How far that one has come is said below, and of
      one that is being made how long it takes at its rate so far: to the log's end,
      or until the rows that it has set aside are in their tables.
      A version that was imported from a snapshot, and not folded here, is called so.
      Of a projection that is behind since it cannot fold a record, that is told, and
      which record it is.

      EXAMPLES
        varve projection list
        varve projection list --json
      """)

  @OptionGroup var options: GlobalOptions

  func execute(_ console: Console) throws {
    console.report(ProjectionListing(projections: try ProjectionName.allCases.map { try entry(of: $0.type) }))
  }

  private func entry<P: Projection>(of type: P.Type) throws -> ProjectionEntry {
    ProjectionEntry(try options.openProjector(type).status())
  }
}

/// What `varve projection list` prints.
struct ProjectionListing: Report {
  let projections: [ProjectionEntry]

  func render(on page: inout Page) {
    page.table(
      [
        .init(title: "projection"), .init(title: "live"), .init(title: "history"),
        .init(title: "L1 block", isNumber: true),
        .init(title: "records", isNumber: true), .init(title: "behind", isNumber: true),
        .init(title: "size", isNumber: true), .init(title: "before"), .init(title: "beside"),
      ],
      projections.map { entry in
        [
          entry.name, entry.live?.version ?? "none", entry.live.map(Self.history) ?? "-",
          Self.number(entry.live?.l1Block),
          Self.number(entry.live?.records), Self.number(entry.live?.recordsBehind),
          entry.live.map { Quantity.bytes(UInt64($0.bytes)) } ?? "-",
          entry.previous.map(Self.before) ?? "-", entry.unfinished.map { Self.beside($0, entry.isBuilding) } ?? "-",
        ]
      })
    for entry in projections {
      if let revoked = entry.live?.recordsRevoked, revoked > 0 {
        page.line(
          "\(entry.name): L1 has left \(Quantity.count(revoked)) of its records; it takes them back when it follows")
      }
      if let problem = entry.live?.problem { page.line(problem, .bad) }
      if let standstill = entry.standstill { page.line("stands still: \(standstill.text)", .bad) }
      if let version = entry.unfinished, let line = Self.line(version, of: entry) { page.line(line) }
    }
  }

  /// How far the version beside the live one has come.
  private static func line(_ version: ProjectionEntry.Version, of entry: ProjectionEntry) -> String? {
    guard let l1Block = version.l1Block, let behind = version.recordsBehind else { return nil }
    let left = entry.secondsLeft.map { ", \(Quantity.duration(seconds: $0)) left" } ?? ""
    if let rows = entry.rows {
      let amount = "\(Quantity.bytes(rows.bytes)) of \(Quantity.bytes(rows.of)) of rows set aside"
      return "\(entry.name): version \(version.version) has \(rows.verb) \(amount)\(left)"
    }
    return "\(entry.name): version \(version.version) has come to L1 block \(Quantity.count(l1Block)), "
      + "\(Quantity.count(behind)) records behind the log\(left)"
  }

  private static func history(_ version: ProjectionEntry.Version) -> String {
    (version.history ?? "-") + (version.snapshot == nil ? "" : ", imported")
  }

  private static func before(_ version: ProjectionEntry.Version) -> String {
    version.version + (version.snapshot == nil ? "" : ", imported")
  }

  private static func beside(_ version: ProjectionEntry.Version, _ isBuilding: Bool) -> String {
    before(version) + (version.isFinished ? ", finished" : isBuilding ? ", being made" : ", unfinished")
  }

  private static func number(_ value: UInt64?) -> String { value.map { Quantity.count($0) } ?? "-" }
}

/// One projection in the list.
struct ProjectionEntry: Encodable {
  struct Version: Encodable {
    let version: String

    /// `archive` or `pruned`.
    let history: String?

    /// Of rows, of which an archive keeps what was before; nil of what is none, or is not live.
    let changes: Int?

    /// Hash of the snapshot file that it was imported from; nil where it was folded here.
    let snapshot: String?

    /// Whether it is whole, so that `varve projection switch` can make it live.
    let isFinished: Bool
    let bytes: Int
    let l1Block: UInt64?
    let records: UInt64?
    let recordsBehind: UInt64?

    /// That it has folded, and L1 has left since.
    let recordsRevoked: UInt64?
    let problem: String?

    init(_ version: ProjectionStatus.Version) {
      self.version = "\(version.name)"
      history = version.keepsHistory.map { $0 ? "archive" : "pruned" }
      changes = version.changeCount
      snapshot = version.snapshot
      isFinished = version.isFinished
      bytes = version.byteCount
      l1Block = version.cursor?.l1BlockNumber
      records = version.cursor?.nextPosition
      recordsBehind = version.lag
      recordsRevoked = version.revoked
      problem = version.problem
    }
  }

  let name: String
  let schemaVersion: UInt32
  let live: Version?

  /// What `varve projection rollback` goes back to.
  let previous: Version?
  let unfinished: Version?

  /// Whether somebody is making a version right now.
  let isBuilding: Bool

  /// What a version that is being made has done with the rows that it has set aside.
  struct Rows: Encodable {
    /// `checked`, `sorted` or `appended`.
    let verb: String
    let bytes: UInt64
    let of: UInt64
  }

  /// The record that it cannot fold.
  struct Stop: Encodable {
    let log: LogChoice.Name
    let position: UInt64
    let kind: String
    let text: String

    init(_ standstill: Standstill) {
      log = standstill.isTestimony ? .testimony : .ledger
      (position, kind, text) = (standstill.position, standstill.kind, standstill.text)
    }
  }

  /// Nil where the last run came to the end of the log, or ended for another reason.
  let standstill: Stop?

  /// Nil while none is being made, or it folds.
  let rows: Rows?

  /// To the end of the log, or of `rows`, of the version that is being made; nil until there is a rate to go by.
  let secondsLeft: Double?

  init(_ status: ProjectionStatus) {
    name = status.projection
    schemaVersion = status.schemaVersion
    live = status.live.map { Version($0) }
    previous = status.previous.map { Version($0) }
    unfinished = status.unfinished.map { Version($0) }
    isBuilding = status.isBuilding
    standstill = status.standstill.map { Stop($0) }
    rows = status.progress.flatMap { progress in
      if progress.stage == .fold { return nil }
      return Rows(verb: progress.stage.participle, bytes: progress.position, of: progress.target)
    }
    secondsLeft = status.progress?.secondsLeft
  }
}
