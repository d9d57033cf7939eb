import ArgumentParser
import Primitives
import Projections
import ProjectionStore
import Rollup
import StateTransition

/// `varve state diff`: what a block changed.
struct StateDiffCommand: VarveCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff",
    abstract: "Show what changed in the state from one block to another.",
    discussion: """
      Accounts and slots go by the Keccak-256 of their address and number, as the
      tries have them. Both states are compared from their roots down, so it takes
      as long as they are different, not as long as they are large.

      EXAMPLES
        varve state diff
        varve state diff --block 7
        varve state diff --from 2 --block 7 --json
      """)

  @OptionGroup var options: GlobalOptions
  @OptionGroup var place: BlockOption

  @Option(help: ArgumentHelp("The block to compare with; without it, the one before.", valueName: "number"))
  var from: UInt64?

  func execute(_ console: Console) throws {
    let projector = try options.openProjector(ProposerState.self)
    let imported = try projector.importedRows()
    let later = try projector.read(afterBlock: place.number(of: projector)) { _, place throws(FoldError) in place }
    guard later.block.number > 0 || from != nil else {
      throw Failure(.wrongUsage, "there is no block before block 0", remedy: "name another one with --block")
    }
    let report = try projector.readBoth(afterBlock: from ?? later.block.number - 1, and: later.block.number) {
      before, earlier, after, later throws(FoldError) in
      do throws(StateTrieError) {
        return StateDiffReport(
          from: StatePlaceReport(earlier, imported: imported), to: StatePlaceReport(later, imported: imported),
          accounts: try accounts(before, earlier.stateRoot, after, later.stateRoot))
      } catch { throw .trie(block: later.block.number, error) }
    }
    console.report(report)
  }

  private func accounts(
    _ before: ProjectionView, _ root: Hash256, _ after: ProjectionView, _ laterRoot: Hash256
  ) throws(StateTrieError) -> [AccountChangeReport] {
    let (earlier, later) = (ProposerState.nodes(in: before), ProposerState.nodes(in: after))
    var changes: [AccountChangeReport] = []
    for difference in try earlier.differences(root, laterRoot, in: later) {
      let (old, new) = (Account(found: difference.before), Account(found: difference.after))
      let slots = try earlier.storageDifferences(
        of: difference.key, (old ?? .empty).storageRoot, (new ?? .empty).storageRoot, in: later)
      changes.append(AccountChangeReport(difference.key, old, new, slots))
    }
    return changes
  }
}

extension Account {
  /// Nil for nothing: nodes were hashed on the way, so what is there is an account.
  fileprivate init?(found bytes: [UInt8]?) {
    guard let bytes, let account = try? Account(rlp: bytes.rawSpan) else { return nil }
    self = account
  }
}

/// What became of one account.
struct AccountChangeReport: Encodable {
  struct State: Encodable {
    let nonce: UInt64
    let balance: String
    let codeHash: String
    let storageRoot: String

    init(_ account: Account) {
      nonce = account.nonce
      balance = "\(account.balance)"
      codeHash = "\(account.codeHash)"
      storageRoot = "\(account.storageRoot)"
    }
  }

  struct Slot: Encodable {
    let key: String
    let before: String
    let after: String
  }

  /// Keccak-256 of the address.
  let key: String

  /// Nil for an account that was not there.
  let before: State?
  let after: State?
  let storage: [Slot]

  init(_ key: Hash256, _ before: Account?, _ after: Account?, _ slots: [StateDifference]) {
    self.key = "\(key)"
    self.before = before.map { State($0) }
    self.after = after.map { State($0) }
    storage = slots.map { Slot(key: "\($0.key)", before: Self.word($0.before), after: Self.word($0.after)) }
  }

  private static func word(_ row: [UInt8]?) -> String {
    (row.flatMap { try? StateCommitment.decode(slotValue: $0.rawSpan) } ?? .zero).hex
  }

  /// One line for each field that is another.
  var lines: [String] {
    let none = State(.empty)
    let (old, new) = (before ?? none, after ?? none)
    var lines: [String] = []
    if old.nonce != new.nonce { lines.append("nonce    \(old.nonce) -> \(new.nonce)") }
    if old.balance != new.balance { lines.append("balance  \(old.balance) -> \(new.balance)") }
    if old.codeHash != new.codeHash { lines.append("code     \(old.codeHash) -> \(new.codeHash)") }
    return lines + storage.map { "slot \($0.key)  \($0.before) -> \($0.after)" }
  }
}

/// What `varve state diff` prints.
struct StateDiffReport: Report {
  let from: StatePlaceReport
  let to: StatePlaceReport
  let accounts: [AccountChangeReport]

  func render(on page: inout Page) {
    let blocks = "block \(Quantity.count(from.number)) to block \(Quantity.count(to.number))"
    page.line("\(blocks): \(Quantity.count(accounts.count)) accounts changed", .strong)
    for account in accounts {
      let became = account.before == nil ? "  new" : account.after == nil ? "  removed" : ""
      page.line("\(account.key)\(became)")
      for line in account.lines { page.line("  \(line)") }
    }
    if let imported = to.imported { page.line(imported.text, .strong) }
  }
}
