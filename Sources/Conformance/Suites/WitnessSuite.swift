import Hashing
import Primitives
import Rollup
import StateTransition
import StateTrie

/// Blocks of another rollup, Scroll, with the trie nodes and code that they read of the state before.
///
/// Its fee rules are its own, so blocks are not carried out. Two cases for a block: its transactions (their root, hashes
/// and senders), and its witness: every account that a transaction names is found below the root of the state before,
/// senders with the nonce of their first transaction, and code under its hash.
///
/// Beside a block `NAME.json` of a validium stands `NAME_validium_txs.json`, its messages before they were encrypted for
/// L1. Other bytes than those of the block, they are not read.
struct WitnessSuite: Suite {
  func files(among files: [FixtureFile]) -> [FixtureFile] {
    let paths = Set(files.map(\.path))
    let ending = "_validium_txs.json"
    return files.filter { file in
      let block = String(file.path.dropLast(ending.count)) + ".json"
      return file.path.hasSuffix(".json") && !(file.path.hasSuffix(ending) && paths.contains(block))
    }
  }

  func cases(of file: FixtureFile) throws -> [SuiteCase] {
    let json = try file.json()
    guard json["states"] != nil else { return [] }
    let name = String(file.name.dropLast(".json".count))
    let fork = file.folder.split(separator: "/").first.map(String.init) ?? CaseResult.noFork
    let chainID = try json.member("chain_id").integer()
    let transactions = try json.member(anyOf: "transactions", "transaction").items.map { (item) throws(FixtureError) in
      try ScrollTransaction(item)
    }
    return [
      SuiteCase(name: "\(name) transactions", fork: fork) { try checkTransactions(transactions, json, chainID) },
      SuiteCase(name: "\(name) witness", fork: fork) { try checkWitness(transactions, json, chainID) },
    ]
  }

  private func checkTransactions(
    _ transactions: [ScrollTransaction], _ json: JSON, _ chainID: UInt64
  ) throws -> String? {
    for (index, transaction) in transactions.enumerated() {
      let hash = Keccak256.hash(transaction.encoded)
      if let expected = transaction.hash, expected != hash { return "transaction \(index) hashes to \(hash)" }
      let sender = try transaction.sender(chainID: chainID)
      if let expected = transaction.from, expected != sender { return "transaction \(index) is from \(sender)" }
    }
    let root = Trie.orderedRoot(of: transactions.map(\.encoded))
    let expected = try json.member("header").member("transactions_root").hash()
    return root == expected ? nil : "the transactions root is \(root), expected \(expected)"
  }

  private func checkWitness(
    _ transactions: [ScrollTransaction], _ json: JSON, _ chainID: UInt64
  ) throws -> String? {
    let nodes = try json.member("states").items.map { (item) throws(FixtureError) in try item.bytes() }
    let codes = try json.member("codes").items.map { (item) throws(FixtureError) in try item.bytes() }
    let header = try json.member("header")
    let root = try json.member(anyOf: "prev_state_root", "pre_state_root").hash()
    let parent = BlockID(
      number: try header.member("number").integer() - 1, hash: try header.member("parent_hash").hash())
    let reader = WitnessReader(
      Witness(nodes: WitnessPieces(nodes), codes: WitnessPieces(codes), headers: WitnessPieces([])))
    let state = CommittedState(root: root, parent: parent, data: reader)
    var nonces: [Address: UInt64] = [:]
    for (index, transaction) in transactions.enumerated() {
      let sender = try transaction.sender(chainID: chainID)
      let account = try state.account(sender)
      if let nonce = transaction.nonce {
        let expected = nonces[sender] ?? account?.nonce ?? 0
        if nonce != expected { return "transaction \(index) has the nonce \(nonce), its sender \(expected)" }
        nonces[sender] = nonce + 1
      }
      if let to = transaction.to, let recipient = try state.account(to), recipient.hasCode {
        _ = try state.code(recipient.codeHash)
      }
    }
    return nil
  }
}
