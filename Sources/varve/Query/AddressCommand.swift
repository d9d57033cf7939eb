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
      it, and says whether there are older ones. What a contract moved within a
      transaction is not listed: logs tell of it, where the contract writes any. With
      --at-l1 the answer is the one of that L1 block, and with --at-position of the
      newest that the log had whole when that was its last record, which takes
      archives of query-index and proposer-state.

      Ends with 1 when what the address has rests on an output that is wrong; else
      with 3 when the projections cannot be brought to the head of the log, after the
      answer that they have.

      EXAMPLES
        varve address 0x00000000000000000000000000000000000003e8
        varve address 0x00000000000000000000000000000000000003e8 --count 100 --json
        varve address 0x00000000000000000000000000000000000003e8 --at-l1 17
      """)

  @OptionGroup var options: GlobalOptions
  @OptionGroup var past: PastChoice

  @Argument(help: "The address.")
  var address: AddressArgument

  @Option(help: ArgumentHelp("How many transactions to list.", valueName: "n"))
  var count: Int = 20

  func validate() throws {
    guard count >= 0 else { throw ValidationError("--count must not be negative") }
  }

  func execute(_ console: Console) throws {
    let address = address.address
    let store = try QueryStore(options, past)
    let newest = try store.l1Block.map { try store.state.newestBlock(afterL1Block: $0) }
    let imported = try store.state.importedRows()
    let (account, place) = try store.state.read(afterBlock: newest) { view, place throws(FoldError) in
      (try ProposerState.account(address, in: view), place)
    }
    var report = try store.read { view, asOf throws(FoldError) in
      // One more tells whether there are any.
      let entries = try QueryIndex.entries(
        of: address, count: count == .max ? count : count + 1, through: newest ?? .max, in: view)
      var lines: [AddressReport.Line] = []
      for entry in entries.prefix(count) {
        guard let block = try QueryIndex.block(entry.block, in: view) else { continue }
        let inclusions = try QueryIndex.inclusions(of: entry.hash, in: view)
        lines.append(
          AddressReport.Line(entry, block, inclusions.first { $0.block == entry.block && $0.index == entry.index }))
      }
      // After a reorganisation one of the two may still be on the branch that L1 has left.
      let isSame = try QueryIndex.block(place.block.number, in: view).map { $0.hash == place.block.hash } ?? true
      let trust = isSame ? try store.trust(inBlock: place.block.number, view) : nil
      return AddressReport(
        address, account, StatePlaceReport(place, imported: imported), trust, lines, hasOlder: entries.count > count,
        asOf: asOf, isIndexBehind: !isSame || asOf.number < place.l1Block.number)
    }
    var trust = report.trust.map { [$0] } ?? []
    try store.addVerdicts(to: &trust)
    report.trust = trust.first
    console.report(report)
    try trust.requireAgreement()
    if let behind = store.behind { throw behind }
  }
}

/// What `varve address` prints.
struct AddressReport: Report {
  struct Line: Encodable {
    let block: BlockReport
    let index: UInt64
    let hash: String
    let roles: [String]
    let outcome: String?
    let reason: String?

    init(_ entry: QueryIndex.AddressEntry, _ block: IndexedBlock, _ inclusion: QueryIndex.Inclusion?) {
      self.block = BlockReport(BlockID(number: entry.block, hash: block.hash))
      index = entry.index
      hash = "\(entry.hash)"
      roles = [(AddressRoles.sender, "sender"), (.recipient, "recipient"), (.created, "created")].compactMap {
        entry.roles.contains($0.0) ? $0.1 : nil
      }
      let words = inclusion.map { OutcomeWords($0.transaction.outcome) }
      (outcome, reason) = (words?.outcome, words?.reason)
    }
  }

  let address: String
  let exists: Bool
  let nonce: UInt64
  let balance: String
  let isContract: Bool
  let block: StatePlaceReport

  /// On what the balance and the nonce rest; nil for genesis.
  var trust: TrustReport?

  /// The newest first.
  let transactions: [Line]

  /// Whether there are older ones, which are not listed.
  let hasOlder: Bool

  /// The newest L1 block that the transactions take into account.
  let asOf: BlockReport

  /// Whether that is before the one in which the block was executed, or on a branch without it: then transactions may be
  /// missing, and on what the balance rests is not known.
  let isIndexBehind: Bool

  init(
    _ address: Address, _ account: Account?, _ place: StatePlaceReport, _ trust: TrustReport?, _ lines: [Line],
    hasOlder: Bool, asOf: BlockID, isIndexBehind: Bool
  ) {
    self.address = "\(address)"
    exists = account != nil
    let account = account ?? .empty
    nonce = account.nonce
    balance = "\(account.balance)"
    isContract = account.hasCode
    block = place
    self.trust = trust
    transactions = lines
    self.hasOlder = hasOlder
    self.asOf = BlockReport(asOf)
    self.isIndexBehind = isIndexBehind
  }

  func render(on page: inout Page) {
    page.line("address \(address)\(isContract ? ", a contract" : exists ? "" : ", not in the state")", .strong)
    page.facts(
      [
        ("balance", "\(balance) wei"), ("nonce", Quantity.count(nonce)),
      ] + block.facts + (trust?.facts ?? []))
    page.line()
    if !transactions.isEmpty { list(on: &page) }
    if hasOlder { page.line("there are older transactions; --count has more of them listed", .dim) }
    page.line("as of L1 block \(Quantity.count(asOf.number)) (\(asOf.hash))", .dim)
    if isIndexBehind {
      page.line(
        "projection \(QueryIndex.name) is behind \(ProposerState.name): transactions may be missing, and on what the "
          + "balance rests is not known yet", .strong)
    }
  }

  private func list(on page: inout Page) {
    page.table(
      [
        .init(title: "block", isNumber: true), .init(title: "index", isNumber: true), .init(title: "as"),
        .init(title: "became"), .init(title: "transaction"),
      ],
      transactions.map { line in
        [
          Quantity.count(line.block.number), Quantity.count(line.index), line.roles.joined(separator: ", "),
          line.outcome.map { OutcomeWords.text($0, line.reason) } ?? "-", line.hash,
        ]
      })
  }
}
