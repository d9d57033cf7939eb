import Hashing
import Primitives
import Projections
import Rollup
import StateTransition
import StateTrie
import TestSupport
import Testing

/// A fold over dictionaries, event by event.
private struct FoldedChain {
  let chain: MiniChain
  let tables = MemoryTables(tables: ProposerState.tables)
  private let projection: ProposerState
  private let batch = WriteBatch()

  init(_ chain: MiniChain) {
    self.chain = chain
    projection = ProposerState(configuration: chain.configuration)
  }

  var view: ProjectionView { ProjectionView(batch: WriteBatch(), over: tables) }

  @discardableResult
  func fold(_ event: Event) throws -> OutputVerdict? {
    batch.reset()
    let verdict = try projection.fold(
      Fact(coordinates: .block(0), event: event), into: ProjectionView(batch: batch, over: tables))
    tables.commit(batch)
    return verdict
  }

  /// Folds the configuration and the blocks up to, not including, `end`; returns the verdicts.
  func foldBlocks(before end: Int) throws -> [OutputVerdict] {
    try fold(chain.configured)
    return try (0..<end).flatMap { number in try chain.events(ofBlock: number).compactMap { try fold($0) } }
  }
}

@Suite("ProposerState")
struct ProposerStateTests {
  @Test("every posted output of a right chain agrees, and the rows hold blocks, hashes and verdicts")
  func agrees() throws {
    let folded = FoldedChain(try MiniChain(blockCount: 60))
    let verdicts = try folded.foldBlocks(before: 60)
    #expect(verdicts.count == 60)
    #expect(verdicts.allSatisfy { $0.agrees })
    for (number, block) in folded.chain.blocks.enumerated() {
      #expect(try ProposerState.hash(of: UInt64(number), in: folded.view) == block.header.hash)
      #expect(try ProposerState.result(of: UInt64(number), in: folded.view)?.header == block.header)
      #expect(try ProposerState.verdict(on: UInt64(number), in: folded.view) == verdicts[number])
    }
    #expect(try ProposerState.result(of: 60, in: folded.view) == nil)
  }

  @Test("the stored trie nodes are those of a fresh build over the stored accounts, after every block")
  func nodesEqualFreshBuild() throws {
    let folded = FoldedChain(try MiniChain(blockCount: 25))
    try folded.fold(folded.chain.configured)
    for number in 0..<25 {
      for event in folded.chain.events(ofBlock: number) { try folded.fold(event) }
      var builder = TrieBuilder()
      var nodes: [[UInt8]: [UInt8]] = [:]
      for (key, value) in folded.tables.ordered(ProposerState.accounts) {
        builder.append(NibblePath(key: key), try Account(row: value.rawSpan).encode()) { nodes[$0.storageKey] = $1 }
      }
      let root = builder.finish { nodes[$0.storageKey] = $1 }
      let leaves = Set(nodes.filter { Self.isLeaf($0.value) }.keys)
      let stored = folded.tables.ordered(ProposerState.accountNodes)
      #expect(root == folded.chain.blocks[number].header.stateRoot)
      #expect(stored.count == nodes.count - leaves.count)
      for row in stored {
        let children = (0..<16).filter { leaves.contains(row.key.dropLast() + [UInt8($0), 0x10]) }
        let mask = children.reduce(0 as UInt16) { $0 | 1 << UInt16($1) }
        #expect(row.value == [UInt8(mask >> 8), UInt8(mask & 0xff)] + (nodes[row.key] ?? []))
      }
    }
  }

  /// A node of two items whose path's flag says so.
  private static func isLeaf(_ node: [UInt8]) -> Bool {
    var items = RLPReader(node.rawSpan)
    guard var list = try? items.readList(), let path = try? list.readBytes().bytes, (try? list.readRawItem()) != nil,
      list.isAtEnd
    else { return false }
    return path[0] & 0x20 != 0
  }

  @Test("genesis code and storage are stored under their hashes, and each storage trie has its account's root")
  func genesisTables() throws {
    let folded = FoldedChain(try MiniChain(blockCount: 1))
    try folded.fold(folded.chain.configured)
    let contracts = folded.chain.configuration.allocation.filter { !$0.code.isEmpty }
    #expect(folded.tables.ordered(ProposerState.code).count == contracts.count)
    #expect(folded.tables.ordered(ProposerState.code).allSatisfy { Keccak256.hash($0.value).bytes == $0.key })
    #expect(folded.tables.ordered(ProposerState.storage).count == contracts.reduce(0) { $0 + $1.storage.count })
    for contract in contracts {
      let key = contract.address.withBytes { Keccak256.hash($0) }
      let row = try #require(try folded.view.value(ProposerState.accounts, key.bytes.rawSpan))
      let root = try folded.view.value(ProposerState.storageNodes, (key.bytes + NibblePath.root.storageKey).rawSpan)
      let node = Array(try #require(root).dropFirst(2))
      #expect(try Account(row: row.rawSpan).storageRoot == Keccak256.hash(node))
    }
  }

  @Test("a wrong state root in a header is a row that names the field; the fold goes on from the computed root")
  func wrongHeaderIsData() throws {
    let chain = try MiniChain(blockCount: 10)
    let folded = FoldedChain(chain)
    _ = try folded.foldBlocks(before: 9)
    var wrong = chain.blocks[9]
    wrong.header.stateRoot = Hash256(1, 2, 3, 4)
    try folded.fold(MiniChain.sequenced(wrong))
    let output = try #require(
      chain.output(ofBlock: 9) { output in
        output.stateRoot = wrong.header.stateRoot
        output.blockHash = wrong.header.hash
        output.outputRoot = wrong.header.hash
      })
    let verdict = try #require(try folded.fold(output))
    #expect(!verdict.agrees)
    #expect(
      verdict.differences.first
        == ClaimDifference(
          field: "stateRoot", claimed: wrong.header.stateRoot.bytes, computed: chain.blocks[9].header.stateRoot.bytes))
    #expect(verdict.computedRoot == chain.blocks[9].header.hash)
    #expect("\(verdict)".contains("block 9"))
    var next = chain.blocks[9]
    next.header.number = 10
    next.header.parentHash = wrong.header.hash
    next.header.timestamp += 13
    next.header.ommersHash = HeaderRules.noOmmersHash
    next.uncles = []
    next.header.difficulty = DifficultyRule(of: .byzantium).difficulty(
      number: 10, timestamp: next.header.timestamp, parent: wrong.header)
    try folded.fold(MiniChain.sequenced(next))
    #expect(try ProposerState.result(of: 10, in: folded.view) != nil)
  }

  @Test(
    "a wrong field of a posted output is a row that names it",
    arguments: ["stateRoot", "blockHash", "outputRoot", "claim", "outputVersion", "l2BlockNumber"])
  func wrongOutputIsData(field: String) throws {
    let chain = try MiniChain(blockCount: 5)
    let folded = FoldedChain(chain)
    _ = try folded.foldBlocks(before: 4)
    let events = chain.events(ofBlock: 4)
    for event in events.dropLast() { try folded.fold(event) }
    let output = try #require(
      chain.output(ofBlock: 4) { output in
        switch field {
        case "stateRoot": output.stateRoot = .zero
        case "blockHash": output.blockHash = .zero
        case "outputRoot": output.outputRoot = .zero
        case "claim": output.claim = .zero
        case "outputVersion": output.outputVersion = 0
        default: output.l2BlockNumber = 99
        }
      })
    let verdict = try #require(try folded.fold(output))
    #expect(!verdict.agrees)
    #expect(verdict.differences.map(\.field) == [field])
    #expect(try ProposerState.verdict(on: 4, in: folded.view) == verdict)
  }

  @Test("a block that cannot be next stops the fold: wrong parent, number or difficulty, a second one, no block at all")
  func impossibleBlocks() throws {
    let chain = try MiniChain(blockCount: 6)
    let folded = FoldedChain(chain)
    _ = try folded.foldBlocks(before: 5)
    var orphan = chain.blocks[5]
    orphan.header.parentHash = .zero
    var early = chain.blocks[5]
    early.header.number = 7
    var easy = chain.blocks[5]
    easy.header.difficulty = UInt256(1)
    for block in [orphan, easy, early, chain.blocks[4], chain.blocks[0]] {
      let error = #expect(throws: FoldError.self) { try folded.fold(MiniChain.sequenced(block)) }
      switch error {
      case .notNext(let number, _): #expect(number == block.header.number && number != 5)
      case .header(let header): #expect(header.block == 5)
      default: Issue.record("\(String(describing: error))")
      }
    }
    let garbage = Event.blockSequenced(BlockSequenced(batchIndex: 0, indexInBatch: 0, block: .ethereum([0xc1, 0x80])))
    let error = #expect(throws: FoldError.self) { try folded.fold(garbage) }
    guard case .malformedBlock = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    try folded.fold(MiniChain.sequenced(chain.blocks[5]))
  }

  @Test("a log that configures its chain twice, or another chain, is refused")
  func configuredOnce() throws {
    let chain = try MiniChain(blockCount: 1)
    let folded = FoldedChain(chain)
    #expect(throws: FoldError.self) { try folded.fold(try MiniChain(blockCount: 1, seed: 2).configured) }
    try folded.fold(chain.configured)
    #expect(throws: FoldError.self) { try folded.fold(chain.configured) }
  }

  @Test("a stored row that is damaged stops the fold with its table named")
  func damagedRow() throws {
    let chain = try MiniChain(blockCount: 3)
    for table in [ProposerState.results, ProposerState.accountNodes] {
      let folded = FoldedChain(chain)
      _ = try folded.foldBlocks(before: 2)
      let batch = WriteBatch()
      for (key, _) in folded.tables.ordered(table) { batch.put(table, key: key.rawSpan, value: [0xc0].rawSpan) }
      folded.tables.commit(batch)
      let error = #expect(throws: FoldError.self) { try folded.fold(MiniChain.sequenced(chain.blocks[2])) }
      let message = try #require(error.map { "\($0)" })
      #expect(message.contains(table == ProposerState.results ? "results" : "node"))
    }
  }
}

extension MiniChain {
  /// The output of a block with something changed.
  fileprivate func output(ofBlock number: Int, _ change: (inout OutputProposed) -> Void) -> Event? {
    guard case .outputProposed(var output) = events(ofBlock: number).last else { return nil }
    change(&output)
    return .outputProposed(output)
  }
}
