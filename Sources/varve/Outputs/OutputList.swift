import ArgumentParser
import Rollup

/// `varve output list`: every output, and what there is to do about it.
struct OutputList: VarveCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List posted outputs beside what the log gives.",
    discussion: """
      Without --from the newest are listed. Each has the root that was posted, the
      one that executing the log gives, the verdict, and how long it can still be
      disputed in L1 time: counted from the newest L1 block that this store has,
      whose age is told. What has not been judged yet has no verdict.

      With --at-l1 all of it is as of that L1 block, and with --at-position as of the
      newest that the log had whole when that was its last record, which takes
      archives of proposer-state and challenger-view.

      Ends with 1 when an output that is listed, and not deleted, is wrong; else with
      3 when the projections cannot be brought to the head of the log. What they have
      is listed all the same, as of the L1 block that is named.

      EXAMPLES
        varve output list
        varve output list --at-l1 17
        varve output list --from 100 --count 50 --json
      """)

  @OptionGroup var options: GlobalOptions
  @OptionGroup var past: PastChoice

  @Option(help: ArgumentHelp("The first output; without it, the newest are listed.", valueName: "index"))
  var from: UInt64?

  @Option(help: ArgumentHelp("How many outputs at most.", valueName: "n"))
  var count: Int = 20

  func validate() throws {
    guard count >= 0 else { throw ValidationError("--count must not be negative") }
  }

  func execute(_ console: Console) throws {
    let store = try OutputStore(options, past)
    let found = try store.outputs(from: from, count: count)
    console.report(found)
    try found.outputs.requireRight()
    if let behind = store.behind { throw behind }
  }
}

extension [OutputReport] {
  /// Throws when somebody relies, or will rely, on a wrong one.
  func requireRight() throws {
    guard let first = first(where: \.isWrong) else { return }
    throw Failure(
      .disagreement, "output \(first.output) about block \(first.l2Block) \(first.verdictText): \(first.standingText)",
      remedy: "`varve output show \(first.output)` has the fields that differ")
  }
}

/// What `varve output list` prints.
struct OutputListing: Report {
  /// The newest L1 block that the answer takes into account.
  let asOf: BlockReport

  /// Of that block, in seconds; 0 for an imported chain.
  let l1Time: UInt64

  /// What has passed since, in seconds; nil for an imported chain, and of an earlier block than the newest.
  let l1Age: UInt64?
  let outputs: [OutputReport]

  /// What of this was not folded here.
  let imported: [ImportedRows]

  /// - Parameter clock: nil for an imported chain.
  init(asOf: BlockID, _ clock: L1Clock?, _ outputs: [OutputReport], imported: [ImportedRows]) {
    self.asOf = BlockReport(asOf)
    (l1Time, l1Age) = (clock?.time ?? 0, clock?.age)
    self.outputs = outputs
    self.imported = imported
  }

  func render(on page: inout Page) {
    if outputs.isEmpty {
      page.line("no output")
    } else {
      page.table(
        [
          .init(title: "output", isNumber: true), .init(title: "block", isNumber: true), .init(title: "posted root"),
          .init(title: "ours"), .init(title: "verdict"), .init(title: "stands"),
        ],
        outputs.map { output in
          [
            Quantity.count(output.output), Quantity.count(output.l2Block), Self.short(output.postedRoot),
            output.computedRoot.map(Self.short) ?? "-", output.verdictText, output.standingText,
          ]
        })
    }
    for rows in imported { page.line(rows.text, .strong) }
    page.line("as of L1 block \(Quantity.count(asOf.number)) (\(asOf.hash))", .dim)
    if l1Time > 0 { L1Clock(time: l1Time, age: l1Age).render(on: &page) }
  }

  private static func short(_ hash: String) -> String { "\(hash.prefix(18))…" }
}
