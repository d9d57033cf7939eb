import Primitives
import Roles
import Rollup
import StateTransition
import TestSupport

/// The roles' view of a ledger that a test has written.
struct LedgerView {
  private(set) var archive = StateArchive()
  private(set) var view: RollupView

  init(_ ledger: RollupLedger) throws {
    view = try RollupView(ledger.configuration, archive: &archive)
    for fact in ledger.facts { try view.apply(fact.event, archive: &archive) }
  }
}

extension RollupLedger {
  func view() throws -> RollupView { try LedgerView(self).view }

  /// A ledger with some L1 blocks, in which nothing has happened yet.
  static func quiet(l1Blocks: Int) throws -> RollupLedger {
    var ledger = try RollupLedger()
    for _ in 0..<l1Blocks { try ledger.beginL1Block() }
    return ledger
  }
}
