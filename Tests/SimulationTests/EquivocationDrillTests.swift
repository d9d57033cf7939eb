// Lies and honest disturbances, told and judged.

import ChainImport
import Primitives
import Rollup
import TestSupport
import Testing

@testable import Simulation

@Suite("Equivocation drill")
struct EquivocationDrillTests {
  @Test("every kind of case comes to what it must, with evidence that says the same", arguments: DrillCase.allCases)
  func cases(kind: DrillCase) throws {
    for seed in [UInt64](1...5) {
      let result = try EquivocationDrill.play(kind, seed: seed)
      #expect(result.outcome == kind.expectation, "seed \(seed)")
      #expect(result.evidenceFault == nil, "seed \(seed)")
    }
  }

  @Test(
    "through a store on disk every case comes to the same, and the testimony log keeps what it must, once",
    arguments: DrillCase.allCases)
  func stores(kind: DrillCase) throws {
    for seed in [UInt64](6...7) {
      let result = try EquivocationDrill.play(kind, seed: seed, inStore: true)
      #expect(result.isExpected && result.isStored, "\(result)")
      #expect(!kind.isPromise || result.evidenceCount > 0)
    }
  }

  @Test(
    "a planted error spoils cases of each outcome that it is about, in memory and in a store",
    arguments: DrillBug.allCases)
  func planted(bug: DrillBug) throws {
    var (spoilt, inStore): (Set<DrillOutcome>, Int) = ([], 0)
    for kind in DrillCase.allCases where bug.spoils.contains(kind.expectation) {
      for seed in [UInt64](3...8) {
        let result = try EquivocationDrill.play(kind, seed: seed, bug: bug, inStore: seed.isMultiple(of: 2))
        #expect(result.seed == seed && result.kind == kind)
        // What is recorded again changes no verdict: the store's check of the log finds it.
        guard !result.isExpected, result.outcome != kind.expectation || bug == .recordedAgain else { continue }
        spoilt.insert(kind.expectation)
        if result.isStored { inStore += 1 }
      }
    }
    #expect(spoilt == bug.spoils)
    #expect(inStore > 0 || bug == .endlessSlashing, "what a view takes for the configuration is planted in memory only")
  }

  @Test("each outcome has a planted error that spoils it, and a broken parent has one of its own")
  func outcomesHaveBugs() throws {
    #expect(DrillBug.allCases.map(\.spoils).reduce([]) { $0.union($1) } == Set(DrillOutcome.allCases))
    for isStored in [false, true] {
      let result = try EquivocationDrill.play(.brokenParent, seed: 3, bug: .unheardOrphan, inStore: isStored)
      #expect(result.outcome == .nothing && result.isStored == isStored)
    }
  }

  @Test("a store's testimony log that has a word twice, in other bytes, is found out")
  func recordedAgain() throws {
    let result = try EquivocationDrill.play(.resign, seed: 3, bug: .recordedAgain, inStore: true)
    #expect(result.outcome == .nothing && result.evidenceFault?.contains("twice") == true, "\(result)")
    #expect(try EquivocationDrill.play(.resign, seed: 3, inStore: true).isExpected)
  }

  @Test("a sequencer that signs again makes another signature, as valid, of one digest; the batch has either")
  func resigned() throws {
    var inBatch: Set<Bool> = []
    for seed in [UInt64](1...12) {
      let world = DrilledCase(.resign, in: DrillWorld(seed: seed)).world
      // What somebody recovered a key from: its signatures, the first one first.
      var signed: [SequencerCommitment: [[UInt8]]] = [:]
      for heard in world.logs.testimony {
        #expect(heard.signer == DrillWorld.address(of: world.key))
        let message = try SignedCommitment(rlp: heard.raw.rawSpan)
        if signed[message.commitment, default: []].contains(message.signature) { continue }
        signed[message.commitment, default: []].append(message.signature)
      }
      #expect(signed.values.count { $0.count > 1 } == 1)
      let (commitment, signatures) = try #require(signed.first { $0.value.count > 1 })
      let batches = world.logs.script.flatMap(\.events).compactMap(\.batch)
      let batch = try #require(batches.last)
      let last = try SignedCommitment(rlp: batch.signedCommitment.rawSpan)
      #expect(last.commitment == commitment && signatures.contains(last.signature))
      inBatch.insert(last.signature == signatures[0])
    }
    #expect(inBatch == [true, false])
  }

  @Test("a drill plays every kind in turn, and the same drill again from the same seed")
  func drill() throws {
    var kinds: Set<DrillCase> = []
    // The first round goes through stores.
    let kindCount = UInt64(DrillCase.allCases.count)
    for number in 0..<kindCount {
      let result = try EquivocationDrill.play(number + kindCount, seed: 7)
      #expect(try EquivocationDrill.play(number + kindCount, seed: 7) == result)
      #expect(result.isExpected, "\(result)")
      kinds.insert(result.kind)
    }
    #expect(kinds.count == DrillCase.allCases.count)
    #expect(try EquivocationDrill.play(0, seed: 7).isStored)
    #expect(try !EquivocationDrill.play(kindCount, seed: 7).isStored)
  }

  @Test(
    "over published chains, with their headers and transactions, every case comes to what it must as well",
    .enabled(if: Vectors.isExpected("chains")),
    arguments: ["geth-ethtest/chain.rlp", "hive-devp2p/halfchain.rlp"])
  func recordedChains(file: String) throws {
    guard let folder = try Vectors.directory("chains") else { return }
    let chain = try RecordedChain(try Self.blocks("\(folder)/\(file)"))
    // Every kind from the first block on; and from others, up to the last one.
    let kinds = UInt64(DrillCase.allCases.count)
    let last = UInt64(chain.blockCount - 1) * kinds
    let numbers = [UInt64](0..<kinds) + (0..<24 as Range<UInt64>).map { $0 * (last / 23) + $0 }
    for number in numbers {
      let result = try EquivocationDrill.play(number, seed: 3, over: chain)
      #expect(result.isExpected, "\(number): \(result)")
    }
  }

  @Test("a recorded chain's world has its headers, changed where the rollup says something, and its transactions")
  func recordedWorld() throws {
    let blocks = Self.smallChain(transactions: 40)
    let chain = try RecordedChain(blocks)
    var world = DrillWorld(seed: 5, over: chain, from: 8)
    #expect(world.l1.map(\.header) == [blocks[8].header])
    world.mine()
    var header = blocks[9].header
    #expect(world.l1[1].header == header && world.l1Head.hash == header.hash)
    let signed = world.sign()
    #expect(signed.block.transactions[0] == blocks[8].transactions[0])
    world.post()
    header = blocks[0].header
    header.timestamp += 12 * 10
    (header.number, header.parentHash) = (10, world.l1[1].hash)
    #expect(world.l1[2].header.logsBloom != header.logsBloom, "the batch is in the filter")
    header.logsBloom = world.l1[2].header.logsBloom
    #expect(world.l1[2].header == header, "behind its end the chain begins again, later")
    #expect(throws: UnfitChain.self) { try RecordedChain(Self.smallChain(transactions: 30)) }
    var back = blocks
    back[3].header.timestamp = 0
    #expect(throws: UnfitChain.self) { try RecordedChain(back) }
    var full = blocks
    full[3].header.logsBloom = try #require(LogsBloom(bytes: [UInt8](repeating: 0xff, count: LogsBloom.byteCount)))
    #expect(throws: UnfitChain.self) { try RecordedChain(full) }
  }

  /// Ten blocks, 12 seconds apart.
  private static func smallChain(transactions count: Int) -> [EthereumBlock] {
    var blocks: [EthereumBlock] = []
    for index in 0..<10 as Range<UInt8> {
      let header = BlockHeader(
        parentHash: blocks.last?.header.hash ?? .zero, ommersHash: .zero, beneficiary: .zero, stateRoot: .zero,
        transactionsRoot: .zero, receiptsRoot: .zero, logsBloom: .empty, difficulty: .zero, number: UInt64(index),
        gasLimit: 0, gasUsed: 0, timestamp: 1000 + 12 * UInt64(index), extraData: [], mixHash: .zero, nonce: 0)
      let own = (0..<count / 10).map { [2, index, UInt8($0)] }
      blocks.append(EthereumBlock(header: header, transactions: own, uncles: []))
    }
    return blocks
  }

  private static func blocks(_ path: String) throws -> [EthereumBlock] {
    var file = try ChainFile(path: path)
    var blocks: [EthereumBlock] = []
    while let raw = try file.next() { blocks.append(try EthereumBlock(rlp: raw.bytes.rawSpan)) }
    return blocks
  }

  /// 8: an honest key was accused once, as the contract took blocks that it had not signed.
  @Test(
    "who listens to a simulated rollup finds no honest word guilty, and takes what the contract takes",
    arguments: (0..<16 as Range<UInt64>).map { ($0, 60) } + [(21, 60), (8, 120)])
  func simulations(seed: UInt64, steps: Int) throws {
    let watched = try EquivocationDrill.watch(simulation: seed, steps: steps)
    #expect(watched.faults.isEmpty, "\(watched.faults)")
    #expect(watched.evidence == watched.accusations)
  }

  @Test("a sequencer without its guard is found out by who listens")
  func unguarded() throws {
    let found = try (1...12 as ClosedRange<UInt64>).contains { seed in
      try EquivocationDrill.watch(simulation: seed, steps: 60, bug: .unwatchedSequencer).honestAccused > 0
    }
    #expect(found)
  }

  @Test("where L1 is said to have blocks that nothing signed binds, who listens says so, and accuses nobody")
  func unlinked() throws {
    let watched = try (1...12 as ClosedRange<UInt64>).map { seed in
      try EquivocationDrill.watch(simulation: seed, steps: 60, bug: .contractWithoutLinks)
    }
    #expect(watched.contains { watched in watched.faults.contains { $0.contains("nothing signed binds") } })
    #expect(watched.allSatisfy { $0.honestAccused == 0 })
  }

  @Test("no honest case may come to an accusation that stands")
  func honestCases() {
    for kind in DrillCase.allCases where kind.isHonest {
      #expect(!kind.expectation.isGuilt, "\(kind)")
    }
  }
}

extension DrillLogs.Step {
  fileprivate var events: [Event] { if case .mined(_, _, let events) = self { events.map(\.event) } else { [] } }
}

extension Event {
  fileprivate var batch: SequencerBatchDelivered? {
    if case .sequencerBatchDelivered(let batch) = self { batch } else { nil }
  }
}
