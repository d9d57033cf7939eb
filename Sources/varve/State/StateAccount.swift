import ArgumentParser
import Primitives
import ProjectionStore
import Projections
import StateTransition

/// `varve state account ADDR`: what an account is.
struct StateAccount: VarveCommand {
  static let configuration = CommandConfiguration(
    commandName: "account",
    abstract: "Show an account: nonce, balance, code, root of its storage.",
    discussion: """
      EXAMPLES
        varve state account 0x00000000000000000000000000000000000003e8
        varve state account 0x00000000000000000000000000000000000003e8 --block 7
      """)

  @OptionGroup var options: GlobalOptions
  @OptionGroup var place: BlockOption

  @Argument(help: "The account's address.")
  var address: AddressArgument

  func execute(_ console: Console) throws {
    let address = address.address
    let projector = try options.openProjector(ProposerState.self)
    let imported = try projector.importedRows()
    console.report(
      try projector.read(afterBlock: place.number(of: projector)) { view, place throws(FoldError) in
        let account = try ProposerState.account(address, in: view)
        let code = try account.map { account throws(FoldError) in try ProposerState.code(of: account, in: view) }
        return AccountReport(
          address, account, codeBytes: code?.count ?? 0, StatePlaceReport(place, imported: imported))
      })
  }
}

/// What `varve state account` prints.
struct AccountReport: Report {
  let address: String
  let exists: Bool
  let nonce: UInt64

  /// In wei, decimal.
  let balance: String
  let codeHash: String
  let codeBytes: Int
  let storageRoot: String
  let block: StatePlaceReport

  init(_ address: Address, _ account: Account?, codeBytes: Int, _ place: StatePlaceReport) {
    self.address = "\(address)"
    exists = account != nil
    let account = account ?? .empty
    nonce = account.nonce
    balance = "\(account.balance)"
    codeHash = "\(account.codeHash)"
    self.codeBytes = codeBytes
    storageRoot = "\(account.storageRoot)"
    block = place
  }

  func render(on page: inout Page) {
    page.line(exists ? "account \(address)" : "account \(address): not in the state", .strong)
    page.facts(
      [
        ("nonce", Quantity.count(nonce)), ("balance", "\(balance) wei"),
        ("code", codeBytes == 0 ? "none" : "\(Quantity.count(codeBytes)) bytes, \(codeHash)"),
        ("storage root", storageRoot),
      ] + block.facts)
  }
}

/// `varve state storage ADDR SLOT`: what a slot holds.
struct StateStorage: VarveCommand {
  static let configuration = CommandConfiguration(
    commandName: "storage",
    abstract: "Show what a storage slot of an account holds.",
    discussion: """
      EXAMPLES
        varve state storage 0x00000000000000000000000000000000000003e8 0x0
        varve state storage 0x00000000000000000000000000000000000003e8 7 --block 7
      """)

  @OptionGroup var options: GlobalOptions
  @OptionGroup var place: BlockOption

  @Argument(help: "The account's address.")
  var address: AddressArgument

  @Argument(help: "The slot's number.")
  var slot: WordArgument

  func execute(_ console: Console) throws {
    let (address, slot) = (address.address, slot.word)
    let projector = try options.openProjector(ProposerState.self)
    let imported = try projector.importedRows()
    console.report(
      try projector.read(afterBlock: place.number(of: projector)) { view, place throws(FoldError) in
        StorageReport(
          address: "\(address)", slot: slot.hex, value: try ProposerState.storage(address, slot, in: view).hex,
          block: StatePlaceReport(place, imported: imported))
      })
  }
}

/// What `varve state storage` prints.
struct StorageReport: Report {
  let address: String
  let slot: String
  let value: String
  let block: StatePlaceReport

  func render(on page: inout Page) {
    page.line("account \(address)", .strong)
    page.facts([("slot", slot), ("value", value)] + block.facts)
  }
}
