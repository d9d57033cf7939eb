import EventStore
import Foundation
import Hashing
import Primitives
import Rollup
import StateTransition
import StoreFiles
import SystemPackage
import TestSupport
import Testing

@testable import ChainImport

@Suite("Importing a chain")
struct ImporterTests {
  @Test("the ledger holds what the events' document says, block by block")
  func events() throws {
    try ImportScratch.with(length: 6) { scratch in
      let report = try scratch.import(scratch.file, head: scratch.hash(6))
      #expect(report.storedBlocks == 6)
      #expect(report.head == BlockID(number: 6, hash: scratch.hash(6)))
      #expect(!report.isHeadUnanchored)
      var records = try scratch.canonicalRecords()[...]
      #expect(records.removeFirst().payload == Event.chainConfigured(.init(configuration: scratch.chain)).encode())
      var expected = ExpectedLedger()
      for number in 0...6 {
        let block = number == 0 ? scratch.chain.genesisBlock : scratch.blocks[number - 1]
        for event in expected.events(of: block, configuration: scratch.chain) {
          let record = records.removeFirst()
          #expect(try record.event() == event, "position \(record.position)")
          #expect(record.header.coordinates.blockNumber == UInt64(number))
        }
      }
      let last = records.removeFirst()
      #expect(try last.event() == .l1Finalized(.init(block: BlockID(number: 6, hash: scratch.hash(6)))))
      #expect(last.header.coordinates == .observed(at: 6))
      #expect(records.isEmpty)
    }
  }

  @Test("an uncle that may not be named is refused before it is stored, in one import or going on from a store")
  func uncles() throws {
    try ImportScratch.with(length: 13) { scratch in
      func refusal(_ uncle: BlockHeader, after first: Int, into store: String) throws -> UncleError? {
        var block = scratch.blocks[12]
        block.uncles = [uncle]
        block.header.ommersHash = EthereumBlock.ommersHash(of: block.uncles)
        if first > 0 { try scratch.import(scratch.bytes(1...first), into: store) }
        do {
          try scratch.import(scratch.bytes((first + 1)...12) + block.encode(), into: store)
          return nil
        } catch let error as ImportError {
          guard case .block(.invalidUncle(13, 0, let reason)) = error.reason else { throw error }
          #expect(error.block == 13 && error.isDisagreement)
          return reason
        }
      }
      let sibling = scratch.sibling(of: 10).header
      for first in [0, 6, 11] {
        #expect(try refusal(scratch.blocks[8].header, after: first, into: "ancestor-\(first)") == .isAncestor)
        #expect(try refusal(scratch.sibling(of: 5).header, after: first, into: "old-\(first)") == .noSibling)
        #expect(try refusal(sibling, after: first, into: "good-\(first)") == nil)
      }
      let named = try #require(scratch.blocks[11].uncles.first)
      for first in [0, 11] {
        #expect(try refusal(named, after: first, into: "named-\(first)") == .namedBefore)
      }
    }
  }

  @Test("coordinates never go back in the canonical view")
  func coordinates() throws {
    try ImportScratch.with(length: 6) { scratch in
      try scratch.import(scratch.file)
      let all = try scratch.canonicalRecords().filter { !$0.kind.isObservation }.map(\.header.coordinates)
      #expect(all == all.sorted())
    }
  }

  @Test("running an import again changes nothing")
  func again() throws {
    try ImportScratch.with(length: 8) { scratch in
      try scratch.import(scratch.file)
      let head = try scratch.head()
      let report = try scratch.import(scratch.file)
      #expect(try scratch.head() == head)
      #expect(report.storedBlocks == 0)
      #expect(report.knownBlocks == 8)
      #expect(report.isHeadUnanchored)
    }
  }

  @Test("a file may begin at block 0 or at block 1, with the same ledger")
  func beginnings() throws {
    try ImportScratch.with(length: 4) { scratch in
      try scratch.import(scratch.bytes(0...4), into: "from0")
      try scratch.import(scratch.bytes(1...4), into: "from1")
      #expect(try scratch.head("from0") == scratch.head("from1"))
    }
  }

  @Test("several files in order, overlapping or not, in one run or in many, give the same canonical records")
  func severalFiles() throws {
    try ImportScratch.with(length: 9) { scratch in
      try scratch.import(scratch.file, into: "whole")
      let whole = try scratch.canonicalRecords("whole")
      try scratch.import(scratch.bytes(0...3), scratch.bytes(4...9), into: "parts")
      #expect(try scratch.canonicalRecords("parts").map(\.payload) == whole.map(\.payload))
      try scratch.import(scratch.bytes(1...6), scratch.bytes(3...8), scratch.bytes(0...9), into: "overlapping")
      #expect(try scratch.canonicalRecords("overlapping").map(\.payload) == whole.map(\.payload))
      for range in [1...4, 5...5, 3...6, 7...9] { try scratch.import(scratch.bytes(range), into: "runs") }
      let facts = try scratch.canonicalRecords("runs").filter { !$0.kind.isObservation }
      #expect(facts.map(\.payload) == whole.filter { !$0.kind.isObservation }.map(\.payload))
    }
  }

  @Test("a gap between files is refused, naming the block that is missing")
  func gap() throws {
    try ImportScratch.with(length: 6) { scratch in
      let error = try #require(throws: ImportError.self) {
        try scratch.import(scratch.bytes(1...2), scratch.bytes(4...6))
      }
      #expect(error.block == 3)
      #expect(try scratch.withLog { try $0.newestBlock() }?.id.number == 1)
      let later = try #require(throws: ImportError.self) { try scratch.import(scratch.bytes(5...6)) }
      #expect(later.block == 2)
    }
  }

  @Test("stopped after any commit and run again, it ends with the same canonical records")
  func resumption() throws {
    try ImportScratch.with(length: 5) { scratch in
      try scratch.import(scratch.file, into: "whole")
      let whole = try scratch.canonicalRecords("whole")
      for commits in UInt64(1)...5 {
        let store = "stopped-\(commits)"
        let error = try #require(throws: ImportError.self) {
          try scratch.import(scratch.file, into: store, blocksPerCommit: 1) { $0.storedBlocks < commits }
        }
        guard case .cancelled = error.reason else {
          Issue.record("\(error)")
          return
        }
        #expect(try scratch.withLog(store) { try $0.newestBlock() }?.id.number == commits)
        try scratch.import(scratch.file, into: store)
        #expect(try scratch.canonicalRecords(store).map(\.payload) == whole.map(\.payload))
        #expect(try scratch.head(store).root == scratch.head("whole").root)
      }
    }
  }

  @Test("--head anchors the last block, now or later; a wrong one keeps the last block out")
  func head() throws {
    try ImportScratch.with(length: 4) { scratch in
      let error = try #require(throws: ImportError.self) { try scratch.import(scratch.file, head: scratch.hash(3)) }
      guard case .headMismatch(scratch.hash(4), scratch.hash(3)) = error.reason else {
        Issue.record("\(error)")
        return
      }
      #expect(error.block == 4)
      #expect(try scratch.withLog { try $0.newestBlock() }?.id.number == 3)
      #expect(try scratch.withLog { try $0.finalizedBlock() }?.number == 3)
      #expect(try scratch.import(scratch.file).isHeadUnanchored)
      #expect(try scratch.withLog { try $0.finalizedBlock() }?.number == 3)
      #expect(try !scratch.import(scratch.file, head: scratch.hash(4)).isHeadUnanchored)
      #expect(try scratch.withLog { try $0.finalizedBlock() }?.number == 4)
    }
  }

  @Test("an unanchored last block is replaced by what a later file has there, and canonicalAcc does not remember it")
  func replacement() throws {
    try ImportScratch.with(length: 6) { scratch in
      let bad = scratch.sibling(of: 4)
      try scratch.import(scratch.bytes(1...3) + bad.encode())
      let report = try scratch.import(scratch.file)
      #expect(report.replaced == bad.header.id)
      #expect(report.storedBlocks == 3)
      let events = try scratch.withLog { log in
        try log.head().positions.lowerBound == .zero ? try log.revokedRanges() : []
      }
      #expect(events.count == 1)
      try scratch.import(scratch.file, into: "clean")
      let facts = try scratch.canonicalRecords().filter { !$0.kind.isObservation }
      let clean = try scratch.canonicalRecords("clean").filter { !$0.kind.isObservation }
      #expect(facts.map(\.payload) == clean.map(\.payload))
    }
  }

  @Test("what is final is not replaced, and the block that differs is named")
  func finality() throws {
    try ImportScratch.with(length: 5) { scratch in
      try scratch.import(scratch.file)
      let head = try scratch.head()
      let error = try #require(throws: ImportError.self) {
        try scratch.import(scratch.bytes(1...2) + scratch.sibling(of: 3).encode())
      }
      #expect(error.block == 3)
      guard case .conflict = error.reason else {
        Issue.record("\(error)")
        return
      }
      #expect(try scratch.head() == head)
    }
  }

  @Test("a store of one chain refuses another, and a file of another chain makes no store")
  func otherChain() throws {
    try ImportScratch.with(length: 3) { scratch in
      var header = scratch.chain.genesisHeader
      header.extraData = [1]
      let other = ChainConfiguration(
        chainID: 5, forks: scratch.chain.forks, genesisHeader: header, allocation: scratch.chain.allocation)
      let file = try scratch.write(scratch.file)
      let foreign = try #require(throws: ImportError.self) {
        try Importer.run(files: [file], chain: other, into: scratch.directory())
      }
      guard case .genesisMismatch = foreign.reason else {
        Issue.record("\(foreign)")
        return
      }
      #expect(!FileManager.default.fileExists(atPath: scratch.directory().path.string))
      try scratch.import(scratch.file)
      let head = try scratch.head()
      let third = ChainConfiguration(
        chainID: 5, forks: scratch.chain.forks, genesisHeader: scratch.chain.genesisHeader,
        allocation: scratch.chain.allocation)
      let error = try #require(throws: ImportError.self) {
        try Importer.run(files: [file], chain: third, into: scratch.directory())
      }
      guard case .otherChain(scratch.chain.hash, third.hash) = error.reason else {
        Issue.record("\(error)")
        return
      }
      try FileManager.default.removeItem(atPath: scratch.directory().manifestPath.string)
      #expect(throws: ImportError.self) {
        try Importer.run(files: [file], chain: third, into: scratch.directory())
      }
      #expect(try scratch.head() == head)
    }
  }

  @Test("an empty file and a missing file are refused before anything is made")
  func nothingToRead() throws {
    try ImportScratch.with(length: 1) { scratch in
      let empty = try #require(throws: ImportError.self) { try scratch.import([]) }
      let missing = try #require(throws: ImportError.self) {
        try Importer.run(files: ["\(scratch.path)/none.rlp"], chain: scratch.chain, into: scratch.directory())
      }
      #expect("\(empty)".hasPrefix("\(scratch.path)/chain-0.rlp: ") && "\(empty)".contains("nothing was stored"))
      #expect("\(missing)".hasPrefix("\(scratch.path)/none.rlp: ") && "\(missing)".contains("check the path"))
      #expect(!FileManager.default.fileExists(atPath: scratch.directory().path.string))
    }
  }
}

/// What a ledger should hold, made from the document's formulas alone.
private struct ExpectedLedger {
  var canonicalAcc = Hash256.zero
  var batchAcc = Hash256.zero

  mutating func events(of block: EthereumBlock, configuration: ChainConfiguration) -> [Event] {
    let number = block.header.number
    let hash = block.header.hash
    let beforeAcc = batchAcc
    let dataHash = Keccak256.hash([0] + hash.bytes)
    var events: [Event] = [
      .l1BlockAppended(
        .init(header: block.header.encode(), canonicalAccBefore: canonicalAcc, completeness: .embedded))
    ]
    if number > 0 {
      batchAcc = Keccak256.hash(beforeAcc.bytes + dataHash.bytes)
      events.append(
        .sequencerBatchDelivered(
          .init(
            batchIndex: number, beforeAcc: beforeAcc, afterAcc: batchAcc, firstBlock: number, lastBlock: number,
            messagesConsumed: 0, poster: .zero, signedCommitment: [], dataHash: dataHash, dataLocation: .external,
            data: .present)))
      events.append(
        .blockSequenced(.init(batchIndex: number, indexInBatch: 0, block: .ethereum(block.encode()))))
    }
    var claim = [UInt8]("Varve state".utf8) + hash.bytes + block.header.parentHash.bytes + hash.bytes
    claim.append(bigEndian: number)
    claim.append(bigEndian: number)
    claim += [UInt8](repeating: 0, count: 16)
    events.append(
      .outputProposed(
        .init(
          outputIndex: number, outputVersion: 1, outputRoot: hash, claim: Keccak256.hash(claim),
          stateRoot: block.header.stateRoot, blockHash: hash, l2BlockNumber: number,
          l1Head: BlockID(number: number, hash: hash), parentOutput: number == 0 ? nil : number - 1, proposer: .zero,
          bond: .zero)))
    let facts = (number == 0 ? [.chainConfigured(.init(configuration: configuration))] : []) + events.dropFirst()
    let inner = Keccak256.hash(facts.flatMap { [0, UInt8($0.kind.rawValue)] + $0.encode() })
    canonicalAcc = Keccak256.hash(canonicalAcc.bytes + hash.bytes + inner.bytes)
    return events
  }
}
