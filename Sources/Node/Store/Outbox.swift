package import L1
package import Primitives
package import Roles
import Settlement
package import SystemPackage

/// What was sent to L1 and may not have arrived: each transaction is durable here before it leaves.
///
/// A process can end between the two, or before L1 has taken the transaction into a block. The next one sends the same
/// bytes again. As L1 takes a transaction with one idempotency key once, it does not matter how far the first had come.
package struct Outbox: Sendable {
  package struct Entry: Equatable, Sendable {
    package var rule: Intent.Rule

    /// Number of the newest L1 block that its sender knew.
    package var decidedAt: UInt64

    package var transaction: L1Transaction

    package init(_ rule: Intent.Rule, decidedAt: UInt64, _ transaction: L1Transaction) {
      self.rule = rule
      self.decidedAt = decidedAt
      self.transaction = transaction
    }
  }

  private let file: LineFile

  /// Those that nothing is known to have come of, oldest first.
  package private(set) var waiting: [Entry] = []

  /// Reads what earlier processes have sent. One line for each: `decidedAt`, the rule, and the transaction in hexadecimal.
  package init(directory: FilePath) throws(NodeError) {
    file = try LineFile(directory.appending("outbox"))
    for (index, line) in try file.lines().enumerated() {
      let parts = line.split(separator: " ")
      guard parts.count == 3, let decidedAt = UInt64(parts[0]), let rule = Intent.Rule(rawValue: String(parts[1])),
        let bytes = try? Hex.decode(String(parts[2])), let transaction = try? L1Transaction(raw: bytes.rawSpan)
      else {
        throw .files(
          path: file.path.string,
          cause: "line \(index + 1) is damaged; without the file the node goes on, and nobody sends again what is in it"
        )
      }
      waiting.append(Entry(rule, decidedAt: decidedAt, transaction))
    }
  }

  /// Keeps a transaction. Returns when it is durable.
  package mutating func note(_ entry: Entry) throws(NodeError) {
    try file.append(Self.line(entry))
    waiting.append(entry)
  }

  /// Forgets those that something has come of; in the file too at the next `compact`.
  package mutating func forget(where isSettled: (Entry) -> Bool) {
    waiting.removeAll(where: isSettled)
  }

  /// Leaves nothing in the file but what waits.
  package func compact() throws(NodeError) {
    try file.replace(with: waiting.map(Self.line))
  }

  private static func line(_ entry: Entry) -> String {
    "\(entry.decidedAt) \(entry.rule.rawValue) \(Hex.encode(entry.transaction.encode()))"
  }
}

extension Outbox {
  /// What is on its way already and does what the intent is for; nil when nothing does.
  package func entry(serving intent: Intent, of account: Address, _ view: RollupView) -> Entry? {
    waiting.first { entry in
      guard entry.transaction.sender == account, entry.rule == intent.rule,
        let call = try? ContractCall(rlp: entry.transaction.input.rawSpan)
      else { return false }
      return call.serves(intent.call, view)
    }
  }
}

extension ContractCall {
  /// Whether this call, when it is carried out, leaves nothing to do for `wanted`, or nothing that cannot wait for it.
  ///
  /// While a call is on its way L1 goes on, and what a role wants then pins a later block, or has more blocks in it. Sending
  /// that too would lock a second bond, or post a batch that reverts.
  fileprivate func serves(_ wanted: ContractCall, _ view: RollupView) -> Bool {
    switch (self, wanted) {
    case (.proposeOutput(var earlier), .proposeOutput(let wanted)):
      guard view.isCanonical(earlier.l1Head) else { return false }
      earlier.l1Head = wanted.l1Head
      return earlier == wanted
    case (.postBatch(let earlier), .postBatch(let wanted)):
      guard case .event(let blocks) = earlier.data, case .event(let all) = wanted.data else {
        return self == .postBatch(wanted)
      }
      return earlier.batchIndex == wanted.batchIndex && all.starts(with: blocks)
    default: return self == wanted
    }
  }
}
