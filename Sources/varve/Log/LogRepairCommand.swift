import ArgumentParser
import EventStore
import Foundation
import LMDB
import StoreFiles
import SystemPackage

/// `varve log repair`: mends what follows from the records.
struct LogRepairCommand: VarveCommand {
  static let configuration = CommandConfiguration(
    commandName: "repair",
    abstract: "Mend a damaged log, if its records are sound.",
    discussion: """
      Everything but the records follows from them: the tree, the head row, the
      indexes of L1 blocks and observations. If the records are sound, they are
      recorded anew in a log of its own, which is verified, held against what was
      signed last, and put in place; the damaged one is set aside, in a directory
      `quarantine-N`, with the projections, which are rebuilt as needed. Nothing is
      deleted, nobody can append meanwhile, and a repair that was stopped goes on
      when it is run again.

      It is the ledger that is repaired: of what was heard off L1 there is a backup
      (`varve log backup --log testimony`), or it is heard again.

      A record that is damaged cannot be made anew from the rest of the log. Then
      nothing is changed: restore a backup, mirror an export, or import again.

      EXAMPLES
        varve log repair
      """)

  @OptionGroup var options: GlobalOptions

  /// Makes this process do the recording itself.
  @Flag(name: .customLong("child"), help: .private)
  var isChild = false

  private var store: DataDirectory { DataDirectory(options.dataPath) }

  func execute(_ console: Console) throws {
    if isChild {
      ChildProcess.endWithParent()
      return try rebuild(console)
    }
    let manifest = try store.manifest()
    let repaired = try store.repairLedger(
      isSound: { try LogCheck(of: options, in: $0).isSound() },
      leftovers: { console.note("an earlier repair was stopped; what it had set aside is in \($0)") },
      remake: { try remake(manifest, console) })
    guard let repaired else {
      console.note("the log in \(options.ledgerPath) is as it was written; there is nothing to repair")
      return
    }
    console.note("the damaged log was moved to \(repaired.damaged); nothing was deleted")
    let (head, isConfirmed) = repaired.remade
    console.report(CopyOutcome(verb: "repaired", head, directory: options.dataDirectory, isConfirmed: isConfirmed))
  }

  /// Records what the damaged log has anew, and checks it.
  private func remake(_ manifest: StoreManifest, _ console: Console) throws -> (head: Head, isConfirmed: Bool) {
    let isConfirmed = try superviseChild()
    let head = try VerifiedCopy.check(store.workshop, options)
    let remade = try EventLog.open(store.workshop.ledger, mode: .readOnly)
    try store.ledgerSignerIfPresent(of: manifest, console)?.requireExtension(by: remade)
    return (head, isConfirmed)
  }

  private func rebuild(_ console: Console) throws {
    let bar = ProgressBar("records", console: console)
    defer { bar.clear() }
    let outcome = try LogRepair.rebuild(options.ledgerPath, into: store.workshop.ledger) {
      bar.update(done: $0, total: nil)
    }
    bar.clear()
    if outcome.isConfirmed { ChildProcess.send(Self.confirmed) }
    if !outcome.isConfirmed {
      console.note(
        "the head row could not be read, so nothing in the log says whether there were more than \(outcome.head.size) "
          + "records; compare with a backup or another node")
    }
  }

  /// What the child sends when the damaged log's head row says the same as the new one's.
  private static let confirmed = "confirmed"

  /// Does the work in a child: a damaged page can make LMDB end the process that reads it. Returns whether the damaged log
  /// confirms what was made.
  private func superviseChild() throws -> Bool {
    var arguments = ["log", "repair", "--child", "--data-dir", options.dataDirectory]
    if options.json { arguments.append("--json") }
    if options.quiet { arguments.append("--quiet") }
    let (outcome, word, _) = try ChildProcess.runSelf(arguments)
    switch outcome {
    case .exit(0): return word == Self.confirmed
    case .exit(let code): throw Stop(exitCode: code)
    case .stopped(let signal):
      throw Failure(.cannot, "the repair was stopped by signal \(signal)", remedy: "run it again")
    case .fault(let signal):
      throw Failure(
        .disagreement, "a page of \(options.ledgerPath) is damaged: reading it ended the repair by signal \(signal)",
        remedy: LogVerify.replacement)
    }
  }
}
