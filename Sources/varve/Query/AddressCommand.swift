import ArgumentParser
import Primitives
import ProjectionStore
import Projections
import Rollup
import StateTransition

/// `varve address ADDR`: what an account has and did.
struct AddressCommand: VarveCommand {
  static let configuration = CommandConfiguration(
    commandName: "address",
    abstract: "Show what an address has, and its transactions.",
    discussion: """
      Lists the newest transactions that the address sent or received, or that made
      it. What a contract moved within a transaction is not listed: logs tell of it,
      where the contract writes any.

      EXAMPLES
        varve address 0x00000000000000000000000000000000000003e8
        varve address 0x00000000000000000000000000000000000003e8 --count 100 --json
      """)

  @OptionGroup var options: GlobalOptions

  @Argument(help: "The address.")
  var address: AddressArgument

  @Option(help: ArgumentHelp("How many transactions to list.", valueName: "n"))
  var count: Int = 20

  func validate() throws {
    guard count >= 0 else { throw ValidationError("--count must not be negative") }
  }

  func execute(_ console: Console) throws {
    let address = address.address
    let store = try QueryStore(options)
    let (account, place) = try store.state.read(afterBlock: nil) { view, place throws(FoldError) in
      (try ProposerState.account(address, in: view), place)
    }
    console.report(
      try store.read { view, l1Head throws(FoldError) in
        let entries = try QueryIndex.entries(of: address, in: view)
        var lines: [AddressReport.Line] = []
        for entry in entries.suffix(count).reversed() {
          let inclusions = try QueryIndex.inclusions(of: entry.hash, in: view)
          lines.append(
            AddressReport.Line(entry, inclusions.first { $0.block == entry.block && $0.index == entry.index }))
        }
        return AddressReport(address, account, place, lines, total: entries.count, l1Head: l1Head)
      })
  }
}

/// What `varve address` prints.
struct AddressReport: Report {
  struct Line: Encodable {
    let block: UInt64
    let index: UInt64
    let hash: String
    let roles: [String]
    let outcome: String?

    init(_ entry: QueryIndex.AddressEntry, _ inclusion: QueryIndex.Inclusion?) {
      block = entry.block
      index = entry.index
      hash = "\(entry.hash)"
      roles = [(AddressRoles.sender, "sender"), (.recipient, "recipient"), (.created, "created")].compactMap {
        entry.roles.contains($0.0) ? $0.1 : nil
      }
      switch inclusion?.transaction.outcome {
      case .executed(_, let success, _, _): outcome = success ?? true ? "executed" : "reverted"
      case .invalid(let reason): outcome = "invalid (\(reason))"
      case nil: outcome = nil
      }
    }
  }

  let address: String
  let exists: Bool
  let nonce: UInt64
  let balance: String
  let isContract: Bool
  let block: StatePlaceReport
  let transactionCount: Int

  /// The newest first.
  let transactions: [Line]
  let l1Head: UInt64
  let l1HeadHash: String

  init(
    _ address: Address, _ account: Account?, _ place: StatePlace, _ lines: [Line], total: Int, l1Head: BlockID
  ) {
    self.address = "\(address)"
    exists = account != nil
    let account = account ?? .empty
    nonce = account.nonce
    balance = "\(account.balance)"
    isContract = account.hasCode
    block = StatePlaceReport(place)
    transactionCount = total
    transactions = lines
    self.l1Head = l1Head.number
    l1HeadHash = "\(l1Head.hash)"
  }

  func render(on page: inout Page) {
    page.line("address \(address)\(isContract ? ", a contract" : exists ? "" : ", not in the state")", .strong)
    page.facts(
      [
        ("balance", "\(balance) wei"), ("nonce", Quantity.count(nonce)),
        ("transactions", Quantity.count(transactionCount)),
      ] + block.facts)
    page.line()
    if !transactions.isEmpty { list(on: &page) }
    page.line("as of L1 block \(Quantity.count(l1Head)) (\(l1HeadHash))", .dim)
  }

  private func list(on page: inout Page) {
    page.table(
      [
        .init(title: "block", isNumber: true), .init(title: "index", isNumber: true), .init(title: "as"),
        .init(title: "became"), .init(title: "transaction"),
      ],
      transactions.map { line in
        [
          Quantity.count(line.block), Quantity.count(line.index), line.roles.joined(separator: ", "),
          line.outcome ?? "-", line.hash,
        ]
      })
  }
}
