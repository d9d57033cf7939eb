import EventStore
import Foundation
import Hashing
import LMDB
import Primitives
import Rollup
import SystemPackage
import TestSupport
import Testing

/// Each test breaks one thing on purpose, and the verifier must name exactly that.
@Suite("Verification")
struct VerifyTests {
  /// A log of 25 blocks with three records each, a finalization, a revoked block and a chunked payload: 89 records.
  func withDamage(
    _ damage: (FilePath) throws -> Void, expect check: ([Damage]) -> Void
  ) throws {
    try withTemporaryDirectory { path in
      let directory = FilePath(path)
      try make(directory)
      try requireSound(directory, decodesEvents: true)
      try damage(directory)
      let log = try EventLog.open(directory, mode: .inspection)
      let report = try log.verify(options: .init(recordsPerStep: 16))
      #expect(!report.isSound)
      check(report.damages)
    }
  }

  func make(_ directory: FilePath) throws {
    let log = try EventLog.open(directory, mode: .create)
    let blocks = (0..<25).map { l1Block($0, records: 3) }
    try log.appendBlocks(blocks)
    try log.append([finalized(blocks[20])])
    try log.appendReorg(oldTip: blocks[24].id, newTip: l1Block(24, fork: 1).id, commonAncestor: blocks[23].id)
    let large = L1BlockAppended(
      header: pattern(20_000), canonicalAccBefore: .zero, completeness: .embedded)
    try log.appendBlocks([
      NewBlock(
        number: 24, hash: Keccak256.hash(pattern(20_000)), records: [NewRecord(.l1BlockAppended(large), at: .block(24))]
      )
    ])
    let output = NewRecord(.outputProposed(.sample(1)), at: .block(24))
    try log.append([NewRecord](repeating: output, count: 10))
    try log.append([output])
  }

  @Test("every byte of a record's header and payload is covered")
  func recordBytes() throws {
    for byte in Array(0..<68) + [68, 100, -1] {
      try withDamage({ try flip($0, table: "records", key: key(7), byte: byte) }) { damages in
        #expect(damages.map(\.position) == [Position(7)], "byte \(byte)")
      }
    }
  }

  @Test("a flipped payload byte is reported with position, kind, L1 block and what to do")
  func named() throws {
    try withDamage({ try flip($0, table: "records", key: key(7), byte: -1) }) { damages in
      #expect(
        damages == [Damage(.checksum, position: Position(7), kind: EventKind.outputProposed.rawValue, l1Block: 2)])
      let text = damages.first?.description ?? ""
      #expect(text.contains("record 7") && text.contains("L1 block 2") && text.contains("--replace-damaged"))
    }
  }

  @Test("a record that is changed together with its checksum does not have its tree hash any more")
  func forged() throws {
    try withDamage({ directory in
      try tamper(directory) { (transaction, tables) throws(LMDBError) in
        let value = try transaction.get(7, in: tables("records"))?.bytes ?? []
        let payload = OutputProposed.sample(99).encodePayload()
        guard var header = try? RecordHeader(value.rawSpan) else { return }
        header.payloadHash = Keccak256.hash(payload)
        header.payloadLength = UInt32(payload.count)
        let sealed = header.seal(payload: payload.rawSpan)
        try transaction.put((unsafe sealed.span.bytes.bytes + payload).rawSpan, for: 7, in: tables("records"))
      }
    }) { damages in
      #expect(damages.first == Damage(.treeHash(level: 3, index: 0)))
      #expect(damages.first?.summary.contains("records 0 to 7") == true)
      #expect(Damage(.treeHash(level: 5, index: 2)).summary.contains("records 64 to 95"))
    }
  }

  @Test("a payload that does not have its hash, or is no event, is found even with a right checksum")
  func resealed() throws {
    try withDamage({ directory in
      try tamper(directory) { (transaction, tables) throws(LMDBError) in
        var value = try transaction.get(7, in: tables("records"))?.bytes ?? []
        value[68] ^= 1
        guard var header = try? RecordHeader(value.rawSpan) else { return }
        let payload = Array(value[68...])
        let sealed = header.seal(payload: payload.rawSpan)
        try transaction.put((unsafe sealed.span.bytes.bytes + payload).rawSpan, for: 7, in: tables("records"))
      }
    }) { damages in
      #expect(damages.map(\.position) == [Position(7), Position(7)])
      #expect(damages.first?.fault == .payloadHash)
      guard case .undecodable? = damages.last?.fault else { return unexpected(damages.last ?? Damage(.checksum)) }
    }
  }

  @Test("each stored tree hash that is broken is named by level and index, alone")
  func treeHashes() throws {
    for group in 0..<UInt64(11) {
      for slot in 0..<(1 + (~group).trailingZeroBitCount) {
        try withTemporaryDirectory { path in
          let directory = FilePath(path)
          try make(directory)
          try flip(directory, table: "tree", key: key(group), byte: slot * 32 + 5)
          let expected = Damage(.treeHash(level: 3 + slot, index: ((group + 1) >> UInt64(slot)) - 1))
          let log = try EventLog.open(directory, mode: .inspection)
          #expect(try log.verify().damages == [expected])
        }
      }
    }
  }

  @Test("a missing, or shortened, row of tree hashes is named by its group")
  func treeRows() throws {
    try withDamage({ directory in
      try tamper(directory) { (transaction, tables) throws(LMDBError) in
        try transaction.delete(2, in: tables("tree"))
        try transaction.put(pattern(31).rawSpan, for: 4, in: tables("tree"))
      }
    }) { damages in
      #expect(damages.contains(Damage(.treeRow(group: 2))))
      #expect(damages.contains(Damage(.treeRow(group: 4))))
      #expect(damages.count == 3, "and the number of rows")
    }
  }

  @Test("a missing record, and two that have changed places, are named")
  func places() throws {
    try withDamage({ directory in
      try tamper(directory) { (transaction, tables) throws(LMDBError) in
        try transaction.delete(10, in: tables("records"))
        let one = try transaction.get(30, in: tables("records"))?.bytes ?? []
        let two = try transaction.get(31, in: tables("records"))?.bytes ?? []
        try transaction.put(two.rawSpan, for: 30, in: tables("records"))
        try transaction.put(one.rawSpan, for: 31, in: tables("records"))
      }
    }) { damages in
      #expect(damages.map(\.position) == [Position(10), Position(30), Position(31)])
    }
  }

  @Test("a chunk that is missing, shortened or changed is named with its record")
  func chunks() throws {
    let chunkKey = key(77) + [0, 0]
    let breaks: [(FilePath) throws -> Void] = [
      { try flip($0, table: "chunks", key: chunkKey, byte: 1000) },
      { directory in
        try tamper(directory) { (transaction, tables) throws(LMDBError) in
          try transaction.delete(chunkKey.rawSpan, in: tables("chunks"))
        }
      },
      { directory in
        try tamper(directory) { (transaction, tables) throws(LMDBError) in
          try transaction.put(pattern(100).rawSpan, for: chunkKey.rawSpan, in: tables("chunks"))
        }
      },
    ]
    for (index, damage) in breaks.enumerated() {
      try withDamage(damage) { damages in
        let fault: Damage.Fault = index == 0 ? .checksum : .chunk(0)
        #expect(damages == [Damage(fault, position: Position(77), kind: 2, l1Block: 24)])
      }
    }
  }

  @Test("a broken index of blocks or observations is found, row by row and by count")
  func derived() throws {
    try withDamage({ try flip($0, table: "blocks", key: key(9), byte: 7) }) { damages in
      guard case .block(9, _)? = damages.first?.fault else { return unexpected(damages.first ?? Damage(.checksum)) }
      #expect(damages.count == 1)
    }
    try withDamage({ try flip($0, table: "blocks", key: key(9), byte: 20) }) { damages in
      guard case .block(9, _)? = damages.first?.fault else { return unexpected(damages.first ?? Damage(.checksum)) }
    }
    try withDamage({ directory in
      try tamper(directory) { (transaction, tables) throws(LMDBError) in
        try transaction.delete(12, in: tables("blocks"))
      }
    }) { damages in #expect(damages.count == 2) }
    try withDamage({ directory in
      try tamper(directory) { (transaction, tables) throws(LMDBError) in
        try transaction.delete(([1, 1] + key(75)).rawSpan, in: tables("observations"))
      }
    }) { damages in
      #expect(damages.first?.position == Position(75))
      #expect(damages.last == Damage(.rowCount(table: "observations", stored: 1, expected: 2)))
    }
    try withDamage({ directory in
      try tamper(directory) { (transaction, tables) throws(LMDBError) in
        try transaction.put([1].rawSpan, for: ([1, 1] + key(75)).rawSpan, in: tables("observations"))
      }
    }) { damages in
      #expect(damages.map(\.position) == [Position(75)])
      #expect(damages.allSatisfy { $0.fault == .shape("the index of observations has bytes beside its key") })
    }
  }

  @Test("chunks that belong to no record are counted")
  func orphans() throws {
    try withDamage({ directory in
      try tamper(directory) { (transaction, tables) throws(LMDBError) in
        try transaction.put([1, 2, 3].rawSpan, for: (key(3) + [0, 0]).rawSpan, in: tables("chunks"))
      }
    }) { damages in
      #expect(damages == [Damage(.rowCount(table: "chunks", stored: 3, expected: 2))])
    }
  }

  @Test("a verification that stops goes on from its checkpoint, in another process even, with the same findings")
  func resume() throws {
    try withTemporaryDirectory { path in
      let directory = FilePath(path)
      try make(directory)
      try flip(directory, table: "tree", key: key(6), byte: 0)
      let log = try EventLog.open(directory, mode: .readWrite)
      let whole = try log.verify(options: .init(recordsPerStep: 8))
      var checkpoint = VerifyCheckpoint()
      var damages: [Damage] = []
      var rounds = 0
      while true {
        let report = try log.verify(from: checkpoint, options: .init(recordsPerStep: 8)) { _ in false }
        damages += report.damages
        rounds += 1
        let copy = try #require(VerifyCheckpoint(encoded: report.checkpoint.encoded))
        #expect(copy == report.checkpoint)
        checkpoint = copy
        if report.verified == report.head?.size { break }
      }
      #expect(rounds == 12)
      #expect(damages == whole.damages)
      #expect(VerifyCheckpoint(encoded: checkpoint.encoded.dropLast() + []) == nil)
      // The log grows; only what is new is read, and what was found before is not forgotten.
      try log.appendBlocks([l1Block(25)])
      let more = try log.verify(from: checkpoint)
      #expect(more.damages.isEmpty && more.verified == more.head?.size)
      #expect(more.checkpoint.findings == 1 && !more.isSound)
    }
  }

  @Test("a verification that goes on is sound only if all before its checkpoint was")
  func resumedVerdict() throws {
    for damaged in [nil, 0, 7, 8, 40, 87] as [UInt64?] {
      try withTemporaryDirectory { path in
        let directory = FilePath(path)
        try make(directory)
        if let damaged { try flip(directory, table: "records", key: key(damaged), byte: -1) }
        let log = try EventLog.open(directory, mode: .inspection)
        var checkpoint = VerifyCheckpoint()
        var report = try log.verify(from: checkpoint, options: .init(recordsPerStep: 8)) { _ in false }
        while report.verified != report.head?.size {
          checkpoint = try #require(VerifyCheckpoint(encoded: report.checkpoint.encoded))
          report = try log.verify(from: checkpoint, options: .init(recordsPerStep: 8)) { _ in false }
        }
        #expect(report.isSound == (damaged == nil), "record \(damaged.map(String.init) ?? "none")")
      }
    }
  }

  @Test("a head row that counts other bytes, or other observations, than the records have is found")
  func headCounts() throws {
    for (offset, what) in [(88, "bytes of payload"), (96, "observations"), (104, "L1 blocks")] {
      try withDamage({ directory in
        try tamper(directory) { (transaction, tables) throws(LMDBError) in
          var row = try transaction.get(0, in: tables("head"))?.bytes ?? []
          row[offset] ^= 1
          row.removeLast(4)
          row.append(bigEndian: CRC32C.checksum(row))
          try transaction.put(row.rawSpan, for: 0, in: tables("head"))
        }
      }) { damages in
        guard damages.count == 1, case .head(let detail)? = damages.first?.fault else {
          return unexpected(damages.first ?? Damage(.checksum))
        }
        #expect(detail.contains(what))
      }
    }
  }

  @Test("a key that is no position is named, and what stands behind it is verified all the same")
  func strayKeys() throws {
    let strays: [[UInt8]] = [
      key(7) + [0], Array(key(7).dropLast()), [0], [UInt8](repeating: 0, count: 9), Array(key(300).dropLast()),
    ]
    for stray in strays {
      try withDamage({ directory in
        try tamper(directory) { (transaction, tables) throws(LMDBError) in
          try transaction.put([1, 2, 3].rawSpan, for: stray.rawSpan, in: tables("records"))
        }
        try flip(directory, table: "records", key: key(50), byte: -1)
      }) { damages in
        #expect(damages.contains(Damage(.strayKey(table: "records", stray))))
        #expect(damages.contains { $0.position == Position(50) })
        #expect(damages.count == 2, "\(damages)")
      }
    }
  }

  @Test("a key that is no position is named wherever the log is cut into steps, and behind its last record")
  func strayKeysAtBorders() throws {
    try withTemporaryDirectory { path in
      let directory = FilePath(path)
      try make(directory)
      let strays: [UInt64] = [7, 15, 63, 88]
      try tamper(directory) { (transaction, tables) throws(LMDBError) in
        for position in strays {
          try transaction.put([1, 2, 3].rawSpan, for: (key(position) + [0]).rawSpan, in: tables("records"))
        }
      }
      let log = try EventLog.open(directory, mode: .inspection)
      for step in [8, 16, 64, 2048] as [UInt64] {
        let found = try log.verify(options: .init(recordsPerStep: step)).damages
        let expected = strays.map { Damage(.strayKey(table: "records", key($0) + [0])) }
        #expect(found == expected + [Damage(.rowCount(table: "records", stored: 93, expected: 89))], "steps of \(step)")
      }
    }
  }

  @Test("in whatever steps, by one processor or all, a verification finds the same in the same order")
  func steps() throws {
    var random = SeededGenerator()
    for _ in 0..<5 {
      try withTemporaryDirectory { path in
        let directory = FilePath(path)
        let size = try makeLong(directory, &random)
        try tamper(directory) { (transaction, tables) throws(LMDBError) in
          for _ in 0..<10 {
            let position = key(UInt64.random(in: 0..<size, using: &random))
            switch Int.random(in: 0..<4, using: &random) {
            case 0: try transaction.delete(position.rawSpan, in: tables("records"))
            case 1: try transaction.put([1].rawSpan, for: (position + [0]).rawSpan, in: tables("records"))
            case 2: try transaction.put(pattern(32).rawSpan, for: key(size / 16).rawSpan, in: tables("tree"))
            default:
              guard var value = try transaction.get(position.rawSpan, in: tables("records"))?.bytes else { continue }
              value[Int.random(in: value.indices, using: &random)] ^= 4
              try transaction.put(value.rawSpan, for: position.rawSpan, in: tables("records"))
            }
          }
        }
        let log = try EventLog.open(directory, mode: .inspection)
        for limit in [3, 1000] {
          let reports = try [8, 72, 2048].map { step in
            try log.verify(options: .init(damageLimit: limit, recordsPerStep: step))
          }
          #expect(!reports[0].damages.isEmpty)
          #expect(reports[1].damages == reports[0].damages && reports[2].damages == reports[0].damages)
          if limit == 1000 { #expect(reports[1] == reports[0] && reports[2] == reports[0]) }
        }
      }
    }
  }

  @Test("a key in a branch page that leads look-ups astray is named by a record that is not found, in whatever steps")
  func branchKeys() throws {
    try withTemporaryDirectory { path in
      let directory = FilePath(path)
      var random = SeededGenerator()
      _ = try makeLong(directory, &random)
      try requireSound(directory, decodesEvents: false)
      #expect(try turnBranchKeys(of: directory.appending("data.mdb")) > 0)
      let log = try EventLog.open(directory, mode: .inspection)
      let found = try [8, 72, 2048].map { step in try log.verify(options: .init(recordsPerStep: step)).damages }
      let lost = found[0].filter { $0.fault == .unreachable }.compactMap(\.position)
      #expect(!lost.isEmpty && found[1] == found[0] && found[2] == found[0])
      for position in lost {
        let error = #expect(throws: ReadError.self) { try log.record(at: position) }
        guard case .damaged(let damage)? = error else {
          Issue.record("\(String(describing: error))")
          continue
        }
        #expect(damage == Damage(.missingRecord, position: position))
      }
    }
  }

  /// A log of some hundred records, a few of them long. How many they are.
  private func makeLong(_ directory: FilePath, _ random: inout SeededGenerator) throws -> UInt64 {
    let log = try EventLog.open(directory, mode: .create)
    try log.appendBlocks((0..<150).map { l1Block($0, records: Int.random(in: 1...6, using: &random)) })
    for _ in 0..<20 { try log.append([plain(pattern(Int.random(in: 0...9000, using: &random)), block: 149)]) }
    try log.fill(Int.random(in: 0...20, using: &random))
    return try log.head().size
  }

  @Test("block numbers at both ends of what an integer holds are counted, not trapped on")
  func extremeNumbers() throws {
    try withTemporaryDirectory { path in
      let directory = FilePath(path)
      let log = try EventLog.open(directory, mode: .create)
      try log.appendBlocks([l1Block(.max)])
      let error = #expect(throws: AppendError.self) { try log.appendBlocks([l1Block(0), l1Block(1)]) }
      guard case .blockGap? = error else { return unexpected(error ?? .readOnly) }
      try requireSound(directory)
    }
    try withDamage({ directory in
      try tamper(directory) { (transaction, tables) throws(LMDBError) in
        // The second block says that it is the last one there can be, with a right checksum.
        let value = try transaction.get(3, in: tables("records"))?.bytes ?? []
        guard var header = try? RecordHeader(value.rawSpan) else { return }
        header.coordinates = .block(.max)
        let payload = Array(value[RecordHeader.byteCount...])
        let sealed = header.seal(payload: payload.rawSpan)
        try transaction.put((unsafe sealed.span.bytes.bytes + payload).rawSpan, for: 3, in: tables("records"))
      }
    }) { damages in
      #expect(damages.first?.fault == .block(number: .max, "it is missing or has a wrong length"))
    }
  }

  @Test("findings end at the limit")
  func limit() throws {
    try withTemporaryDirectory { path in
      let directory = FilePath(path)
      try make(directory)
      for position in 0..<UInt64(20) { try flip(directory, table: "records", key: key(position), byte: -1) }
      let log = try EventLog.open(directory, mode: .readOnly)
      #expect(try log.verify(options: .init(damageLimit: 5)).damages.count == 5)
      #expect(try log.verify().damages.count == 20)
    }
  }

  @Test("no read serves a damaged byte: scan, single record, tail and index refuse with the position")
  func reads() throws {
    try withTemporaryDirectory { path in
      let directory = FilePath(path)
      try make(directory)
      try flip(directory, table: "records", key: key(7), byte: -1)
      let log = try EventLog.open(directory, mode: .readOnly)
      var lent = 0
      let scan = try #require(throws: ReadError.self) {
        try log.read(log.head().positions) { (_: borrowing RecordView) throws(ReadError) in lent += 1 }
      }
      let single = try #require(throws: ReadError.self) { try log.record(at: Position(7)) }
      for error in [scan, single] {
        guard case .damaged(let damage) = error else { return unexpected(error) }
        #expect(damage.position == Position(7))
      }
      #expect(lent == 7)
    }
  }
}
