import EventStore
import Evidence
import Foundation
import Primitives
@testable import ProjectionStore
@testable import Projections
import Rollup
import StateTransition
import StateTrie
import TestSupport
import Testing

/// One request to an execution client, and what it answered.
private struct Exchange {
  let name: String
  let parameters: [Any]
  let result: Any

  /// All of a method whose answer is a result.
  static func all(of method: String, in directory: String) throws -> [Exchange] {
    let folder = "\(directory)/tests/\(method)"
    return try FileManager.default.contentsOfDirectory(atPath: folder).sorted().compactMap { name in
      let text = try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8)
      var (parameters, result): ([Any]?, Any?)
      for line in text.split(separator: "\n") {
        let object = try? JSONSerialization.jsonObject(with: Data(line.dropFirst(3).utf8)) as? [String: Any]
        if line.hasPrefix(">> "), parameters == nil { parameters = object?["params"] as? [Any] }
        if line.hasPrefix("<< "), result == nil { result = object?["result"] }
      }
      guard let parameters, let result, !(result is NSNull) else { return nil }
      return Exchange(name: "\(method)/\(name)", parameters: parameters, result: result)
    }
  }

  func text(_ index: Int) -> String { parameters[index] as? String ?? "" }

  var object: [String: Any] { result as? [String: Any] ?? [:] }
}

/// The chain of ethereum/execution-apis, folded, and what execution clients answer about it.
@Suite("Published answers", .enabled(if: Vectors.isExpected("execution-apis")))
struct PublishedAnswersTests {
  private struct World {
    let directory: String
    let chain: MiniChain
    let state: Projector<ProposerState>
    let index: Projector<QueryIndex>

    static func with(_ body: (World) throws -> Void) throws {
      guard let directory = try Vectors.directory("execution-apis") else { return }
      let chain = try PublishedChainTests.chain(
        genesis: "\(directory)/tests/genesis.json", blocks: "\(directory)/tests/chain.rlp", count: 1000)
      try Scratch.with { scratch in
        try chain.write(to: scratch.log)
        var options = Projector<ProposerState>.Options()
        options.keepsHistory = true
        try scratch.projector().rebuild(options)
        let index = Projector<QueryIndex>(
          dataDirectory: scratch.dataDirectory, log: scratch.log, storeID: Scratch.storeID)
        try index.rebuild()
        try body(World(directory: directory, chain: chain, state: scratch.projector(), index: index))
      }
    }

    /// The number of the block that a request names; nil for a name of no block.
    func block(_ tag: String) -> UInt64? {
      if let block = chain.blocks.first(where: { "\($0.header.hash)" == tag }) { return block.header.number }
      if ["latest", "safe", "finalized"].contains(tag) { return chain.blocks.last?.header.number }
      return UInt256(tag).flatMap { UInt64(exactly: $0) }
    }
  }

  @Test("state as clients answer it: balances, nonces, code, storage, proofs, at every block that is asked for")
  func state() throws {
    try World.with { world in
      var compared = 0
      for method in ["eth_getBalance", "eth_getTransactionCount", "eth_getCode", "eth_getStorageAt", "eth_getProof"] {
        for exchange in try Exchange.all(of: method, in: world.directory) {
          // The block comes last, and may be left out.
          let place = ["eth_getStorageAt", "eth_getProof"].contains(method) ? 2 : 1
          let tag = exchange.parameters.count > place ? exchange.text(place) : "latest"
          guard let address = Address(hex: exchange.text(0)), let number = world.block(tag) else { continue }
          compared += 1
          try world.state.read(afterBlock: number) { view, place throws(FoldError) in
            let account = try ProposerState.account(address, in: view)
            let answer: String
            switch method {
            case "eth_getBalance": answer = (account?.balance ?? .zero).hex
            case "eth_getTransactionCount": answer = UInt256(account?.nonce ?? 0).hex
            case "eth_getCode":
              answer = Hex.encode(try ProposerState.code(of: account ?? .empty, in: view))
            case "eth_getStorageAt":
              let slot = UInt256(exchange.text(1)) ?? .zero
              answer = "\(Hash256(try ProposerState.storage(address, slot, in: view)))"
            default:
              try compare(exchange, address, view, place)
              return
            }
            #expect(answer == exchange.result as? String, "\(exchange.name)")
          }
        }
      }
      #expect(compared > 12, "only \(compared) answers were compared")
    }
  }

  private func compare(
    _ exchange: Exchange, _ address: Address, _ view: ProjectionView, _ place: StatePlace
  ) throws(FoldError) {
    let slots = (exchange.parameters[1] as? [String] ?? []).compactMap { UInt256($0) }
    let proof: AccountProof
    do throws(StateTrieError) {
      proof = try AccountProof(
        of: address, slots: slots, root: place.stateRoot, reader: ProposerState.nodes(in: view))
    } catch { throw .trie(block: place.block.number, error) }
    #expect(proof.nodes.map { Hex.encode($0) } == exchange.object["accountProof"] as? [String], "\(exchange.name)")
    let storage = exchange.object["storageProof"] as? [[String: Any]] ?? []
    #expect(storage.count == slots.count && proof.slots.count == slots.count)
    for (slot, published) in zip(proof.slots, storage) {
      #expect(slot.nodes.map { Hex.encode($0) } == published["proof"] as? [String], "\(exchange.name)")
      #expect(slot.value == UInt256(published["value"] as? String ?? ""), "\(exchange.name)")
    }
  }

  @Test("after every block, proofs of all accounts and slots hold under the root in its header, and under no other")
  func everyProof() throws {
    try World.with { world in
      let addresses = world.chain.configuration.allocation.map(\.address) + [MiniChain.address(12345)]
      var (roots, slotsProven) = (Set<Hash256>(), 0)
      for block in world.chain.blocks {
        let root = block.header.stateRoot
        try world.state.read(afterBlock: block.header.number) { view, place throws(FoldError) in
          #expect(place.stateRoot == root && place.block.hash == block.header.hash)
          for address in addresses {
            let proof: AccountProof
            do throws(StateTrieError) {
              proof = try AccountProof(of: address, slots: [0, 1], root: root, reader: ProposerState.nodes(in: view))
            } catch { throw .trie(block: place.block.number, error) }
            #expect(throws: Never.self) { try proof.verify(root: root) }
            #expect(throws: AccountProofError.self) { try proof.verify(root: block.header.hash) }
            #expect(try ProposerState.account(address, in: view) ?? .empty == proof.account)
            for slot in proof.slots {
              #expect(try ProposerState.storage(address, slot.number, in: view) == slot.value)
              if !slot.value.isZero { slotsProven += 1 }
            }
          }
        }
        roots.insert(root)
      }
      #expect(roots.count > 50 && slotsProven > 50, "\(roots.count) roots, \(slotsProven) slots")
    }
  }

  @Test("differences between two states are those of their accounts")
  func differences() throws {
    try World.with { world in
      let last = world.chain.blocks[world.chain.blocks.count - 1].header.number
      for (from, to) in [(0, 1), (1, 2), (0, last), (last, 0), (3, 3)] as [(UInt64, UInt64)] {
        try world.state.readBoth(afterBlock: from, and: to) { before, first, after, second throws(FoldError) in
          let (old, new) = (try accounts(before), try accounts(after))
          let found: [StateDifference]
          do throws(StateTrieError) {
            found = try ProposerState.nodes(in: before)
              .differences(first.stateRoot, second.stateRoot, in: ProposerState.nodes(in: after))
          } catch { throw .trie(block: to, error) }
          let keys = Set(old.keys).union(new.keys).filter { old[$0] != new[$0] }.sorted()
          #expect(found.map(\.key) == keys, "blocks \(from) and \(to)")
          for difference in found {
            #expect(
              difference.before == old[difference.key]?.encode() && difference.after == new[difference.key]?.encode())
          }
        }
      }
    }
  }

  private func accounts(_ view: ProjectionView) throws(FoldError) -> [Hash256: Account] {
    var accounts: [Hash256: Account] = [:]
    try view.scan(ProposerState.accounts) { key, row in
      accounts[Hash256(key)] = try? Account(row: row)
      return true
    }
    return accounts
  }

  @Test("transactions and receipts as clients answer them")
  func transactions() throws {
    try World.with { world in
      var compared = 0
      for method in ["eth_getTransactionByHash", "eth_getTransactionReceipt"] {
        for exchange in try Exchange.all(of: method, in: world.directory) {
          guard let hash = Hash256(hex: exchange.text(0)) else { continue }
          compared += 1
          try world.index.read { view, _ throws(FoldError) in
            let inclusions = try QueryIndex.inclusions(of: hash, in: view)
            #expect(inclusions.count == 1, "\(exchange.name)")
            for inclusion in inclusions { compare(exchange.object, inclusion, exchange.name) }
          }
        }
      }
      #expect(compared > 9, "only \(compared) answers were compared")
    }
  }

  private func compare(_ published: [String: Any], _ inclusion: QueryIndex.Inclusion, _ name: String) {
    func text(_ name: String) -> String? { published[name] as? String }
    let transaction = inclusion.transaction
    #expect(UInt256(inclusion.block).hex == text("blockNumber"), "\(name)")
    #expect(UInt256(inclusion.index).hex == text("transactionIndex"), "\(name)")
    #expect(transaction.sender.map { "\($0)" } == text("from"), "\(name)")
    #expect(transaction.to.map { "\($0)" } == text("to"), "\(name)")
    #expect(transaction.type.map { UInt256(UInt64($0)).hex } == text("type"), "\(name)")
    if let value = text("value") {
      #expect(transaction.value.hex == value, "\(name)")
      #expect(transaction.nonce.map { UInt256($0).hex } == text("nonce"), "\(name)")
    }
    guard let gasUsed = text("gasUsed"),
      case .executed(_, let success, let gas, let logCount) = transaction.outcome
    else { return }
    #expect(UInt256(gas).hex == gasUsed, "\(name)")
    #expect(Int(logCount) == (published["logs"] as? [Any])?.count, "\(name)")
    #expect(success.map { $0 ? "0x1" : "0x0" } == text("status"), "\(name)")
    #expect(transaction.contract.map { "\($0)" } == text("contractAddress"), "\(name)")
  }

  @Test("logs as clients find them by address, topics and blocks")
  func logs() throws {
    try World.with { world in
      var compared = 0
      for exchange in try Exchange.all(of: "eth_getLogs", in: world.directory) {
        guard let filter = filter(exchange, world), let published = exchange.result as? [[String: Any]] else {
          continue
        }
        compared += 1
        try world.index.read { view, _ throws(FoldError) in
          let found = try logs(filter, view, world)
          #expect(found.count == published.count, "\(exchange.name)")
          for (log, expected) in zip(found, published) {
            #expect("\(log.log.address)" == expected["address"] as? String, "\(exchange.name)")
            #expect(log.log.topics.map { "\($0)" } == expected["topics"] as? [String], "\(exchange.name)")
            #expect(Hex.encode(log.log.data) == expected["data"] as? String, "\(exchange.name)")
            #expect(UInt256(log.block).hex == expected["blockNumber"] as? String, "\(exchange.name)")
            #expect(UInt256(UInt64(log.receipt)).hex == expected["transactionIndex"] as? String, "\(exchange.name)")
          }
          #expect(try logs(filter, view, world, limit: 1).count == min(1, found.count))
        }
      }
      #expect(compared > 4, "only \(compared) answers were compared")
    }
  }

  private func logs(
    _ filter: LogFilter, _ view: ProjectionView, _ world: World, limit: Int = .max
  ) throws(FoldError) -> [QueryIndex.FoundLog] {
    let found: [QueryIndex.FoundLog]?
    do {
      found = try world.state.read { state, _ throws(FoldError) in
        try QueryIndex.logs(filter, limit: limit, in: view, state: state)
      }
    } catch { throw .noResult(block: 0, of: "\(error)") }
    return found ?? []
  }

  private func filter(_ exchange: Exchange, _ world: World) -> LogFilter? {
    guard let request = exchange.parameters.first as? [String: Any] else { return nil }
    let first = world.block(request["blockHash"] as? String ?? request["fromBlock"] as? String ?? "")
    let last = world.block(request["blockHash"] as? String ?? request["toBlock"] as? String ?? "")
    guard let first, let last, first <= last else { return nil }
    let topics = (request["topics"] as? [Any] ?? []).map { place -> [Hash256] in
      (place as? [String] ?? (place as? String).map { [$0] } ?? []).compactMap { Hash256(hex: $0) }
    }
    let addresses = (request["address"] as? [String] ?? (request["address"] as? String).map { [$0] } ?? [])
    return LogFilter(blocks: first...last, addresses: addresses.compactMap { Address(hex: $0) }, topics: topics)
  }
}
