import EventStore
import Foundation
import LMDB
import MerkleLog
import Primitives
import Rollup
import Synchronization
import SystemPackage
import TestSupport
import Testing

@Suite("Signer of a log")
struct LogSignerTests {
  private let origin = "varve/test"

  @Test("a checkpoint is the log's head, signed by the key that was made with it")
  func checkpoint() throws {
    try withSignedLog { log, signer, _ in
      try log.fill(3)
      let note = try signer.checkpoint(of: log)
      let checkpoint = try note.checkpoint(signedByAll: [signer.verifierKey])
      let head = try log.head()
      #expect(checkpoint.origin == origin && checkpoint.size == head.size && checkpoint.root == head.root)
      #expect(try signer.checkpoint(of: log) == note)
      try log.fill(1)
      #expect(try signer.checkpoint(of: log) != note)
      #expect(try signer.lastSigned().checkpoint.size == 4)
    }
  }

  @Test("the key is its owner's alone to read, is not made twice, and comes back")
  func key() throws {
    try withSignedLog { _, signer, directory in
      let path = directory.appending("log.key").string
      let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
      #expect(mode == 0o600)
      #expect(try LogSigner(openingIn: directory, name: "log", origin: origin).verifierKey == signer.verifierKey)
      #expect(throws: SignerError.self) { try LogSigner(makingIn: directory, name: "log", origin: origin) }
      #expect(throws: SignerError.self) { try LogSigner(openingIn: directory, name: "log", origin: "varve/other") }
      #expect(throws: SignerError.self) { try LogSigner(openingIn: directory, name: "none", origin: origin) }
    }
  }

  @Test("no second root is signed for one size, however the other log came about")
  func equivocation() throws {
    try withSignedLog { log, signer, _ in
      try log.fill(20)
      _ = try signer.checkpoint(of: log)
      for size in [20, 21, 40] {
        try withLog { other, _ in
          try other.append((0..<size).map { plain(pattern(21, seed: $0)) })
          #expect(refusal { try signer.checkpoint(of: other) } == "forked", "\(size) records")
        }
      }
      #expect(try signer.checkpoint(of: log).checkpoint(signedByAll: [signer.verifierKey]).root == log.head().root)
    }
  }

  @Test("a log that lost records is not signed for until it has them again")
  func rollback() throws {
    try withSignedLog { log, signer, _ in
      try log.fill(20)
      _ = try signer.checkpoint(of: log)
      try withLog { older, _ in
        try older.append((0..<19).map { plain(pattern(20, seed: $0)) })
        #expect(refusal { try signer.checkpoint(of: older) } == "behind")
        try older.append([plain(pattern(20, seed: 19)), plain([1])])
        #expect(try signer.checkpoint(of: older).checkpoint(signedByAll: [signer.verifierKey]).size == 21)
      }
      #expect(refusal { try signer.checkpoint(of: log) } == "behind")
    }
  }

  @Test("a guard that was removed, changed in any byte or cut anywhere signs nothing")
  func damagedGuard() throws {
    try withSignedLog { log, signer, directory in
      try log.fill(4)
      _ = try signer.checkpoint(of: log)
      try log.fill(4)
      let path = directory.appending("log.checkpoint").string
      let whole = try Data(contentsOf: URL(fileURLWithPath: path))
      for place in whole.indices {
        var changed = whole
        changed[place] ^= 0x04
        try changed.write(to: URL(fileURLWithPath: path))
        #expect(refusal { try signer.checkpoint(of: log) } == "damaged", "byte \(place)")
        try whole.prefix(place).write(to: URL(fileURLWithPath: path))
        #expect(refusal { try signer.checkpoint(of: log) } == "damaged", "\(place) bytes")
      }
      try FileManager.default.removeItem(atPath: path)
      #expect(refusal { try signer.checkpoint(of: log) } == "incomplete")
      try whole.write(to: URL(fileURLWithPath: path))
      _ = try signer.checkpoint(of: log)
      // Without the key the guard says that there was one.
      try FileManager.default.removeItem(atPath: directory.appending("log.key").string)
      #expect(throws: SignerError.self) { try LogSigner(openingIn: directory, name: "log", origin: origin) }
      #expect(throws: SignerError.self) { try LogSigner(makingIn: directory, name: "log", origin: origin) }
    }
  }

  @Test("a key file that was changed in any byte, cut anywhere, or is a witness's key is refused, and signs nothing")
  func damagedKey() throws {
    try withSignedLog { log, signer, directory in
      let path = directory.appending("log.key").string
      let whole = try Data(contentsOf: URL(fileURLWithPath: path))
      func open() throws(SignerError) -> LogSigner {
        try LogSigner(openingIn: directory, name: "log", origin: origin)
      }
      for place in whole.indices {
        var changed = whole
        for bit: UInt8 in [0x01, 0x04, 0x20] {
          changed[place] = whole[place] ^ bit
          try changed.write(to: URL(fileURLWithPath: path))
          #expect(refusal { try open() } == "damaged", "byte \(place)")
        }
        try whole.prefix(place).write(to: URL(fileURLWithPath: path))
        #expect(refusal { try open() } == "damaged", "\(place) bytes")
      }
      let witness = try SignerKey(name: origin, algorithm: .cosignatureV1, seed: [UInt8](repeating: 5, count: 32))
      try Data("\(witness.encoded)\n".utf8).write(to: URL(fileURLWithPath: path))
      let error = #expect(throws: SignerError.self) { try open() }
      #expect(error?.description.contains("a witness's") == true && error?.isDisagreement == true)
      try whole.write(to: URL(fileURLWithPath: path))
      #expect(try open().verifierKey == signer.verifierKey)
      try log.fill(1)
      _ = try open().checkpoint(of: log)
    }
  }

  @Test("a damaged hash of the stored tree is told as damage, and never as a second root for one size")
  func damagedTree() throws {
    try withSignedLog { log, signer, directory in
      try log.fill(600)
      _ = try signer.checkpoint(of: log)
      // The check at open looks at the last commit only.
      for count in [300, 300, 3] { try log.fill(count) }
      let copy = directory.removingLastComponent().appending("copy")
      func withDamage(ofGroup group: UInt64, level: Int, _ body: (EventLog) throws -> Void) throws {
        try log.copy(to: copy)
        try flip(copy, table: "tree", key: EventStoreTests.key(group), byte: (level - 3) * 32)
        try body(try EventLog.open(copy, mode: .readOnly))
        try FileManager.default.removeItem(atPath: copy.string)
      }
      // The hashes that the root of the first 600 is made of: 512 records, 16 and 8.
      for (group, level) in [(63, 9), (73, 4), (74, 3)] as [(UInt64, Int)] {
        try withDamage(ofGroup: group, level: level) { damaged in
          let error = #expect(throws: SignerError.self) { try signer.checkpoint(of: damaged) }
          let text = error.map { "\($0)" } ?? ""
          #expect(text.contains("varve log repair") && !text.contains("equivocation"), "\(text)")
          #expect(error?.underlyingDamage == .treePath(size: 1203), "\(text)")
          #expect(refusal { try signer.requireExtension(by: damaged) } == "unreadable")
        }
      }
      // On others nothing rests that is signed.
      for (group, level) in [(31, 8), (63, 8)] as [(UInt64, Int)] {
        try withDamage(ofGroup: group, level: level) { damaged in
          _ = try signer.checkpoint(of: damaged)
          #expect(try signer.lastSigned().checkpoint.root == log.head().root)
        }
      }
    }
  }

  @Test("a crash while the key is made leaves what the next attempt completes")
  func interruptedMaking() throws {
    try withSignedLog { log, _, directory in
      try FileManager.default.removeItem(atPath: directory.appending("log.key").string)
      let signer = try LogSigner(makingIn: directory, name: "log", origin: origin)
      try log.fill(2)
      #expect(try signer.checkpoint(of: log).checkpoint(signedByAll: [signer.verifierKey]).size == 2)
    }
  }

  @Test("cosignatures of the last checkpoint are kept once they are found to be their witness's, and no others")
  func cosignatures() throws {
    try withSignedLog { log, signer, _ in
      let witness = try SignerKey(
        name: "witness.example", algorithm: .cosignatureV1, seed: [UInt8](repeating: 6, count: 32))
      try log.fill(3)
      let note = try signer.checkpoint(of: log)
      var cosigned = note
      try cosigned.add(witness.cosign(note.text, at: 1_800_000_000))
      #expect(try signer.keep(cosigned, of: [witness.verifierKey], over: log).note == cosigned)
      #expect(try signer.checkpoint(of: log) == cosigned)
      // Of another text; of nobody that was named.
      var other = try SignedNote(text: "another text\n")
      try other.add(witness.cosign("another text\n", at: 1))
      #expect(refusal { try signer.keep(other, of: [witness.verifierKey], over: log) } == "otherCheckpoint")
      #expect(refusal { try signer.keep(note, of: [witness.verifierKey], over: log) } == "note")
      var forged = note
      try forged.add(witness.cosign("another text\n", at: 1))
      #expect(refusal { try signer.keep(forged, of: [witness.verifierKey], over: log) } == "note")
      #expect(try signer.checkpoint(of: log) == cosigned)
    }
  }

  @Test("cosignatures of an earlier checkpoint, which the log has signed and still has, are checked and given back")
  func earlierCosignatures() throws {
    try withSignedLog { log, signer, _ in
      let witness = try SignerKey(
        name: "witness.example", algorithm: .cosignatureV1, seed: [UInt8](repeating: 6, count: 32))
      let stranger = try SignerKey(name: "stranger.example", seed: [UInt8](repeating: 7, count: 32))
      try log.fill(3)
      var cosigned = try signer.checkpoint(of: log)
      let alone = cosigned
      try cosigned.add(witness.cosign(cosigned.text, at: 1_800_000_000))
      var crowded = cosigned
      try crowded.add(stranger.sign(cosigned.text))
      try log.fill(30)
      let last = try signer.checkpoint(of: log)
      let taken = try signer.keep(crowded, of: [witness.verifierKey], over: log)
      #expect(taken.note == cosigned && !taken.isKept)
      #expect(try signer.checkpoint(of: log) == last, "what is kept is the last one's")
      #expect(refusal { try signer.keep(alone, of: [witness.verifierKey], over: log) } == "note")
      var forged = alone
      try forged.add(witness.cosign(last.text, at: 1))
      #expect(refusal { try signer.keep(forged, of: [witness.verifierKey], over: log) } == "note")
      // Without the log's own signature; and signed by it as of more than it has signed, or of another log.
      var unsigned = try SignedNote(text: cosigned.text)
      try unsigned.add(witness.cosign(cosigned.text, at: 1))
      #expect(refusal { try signer.keep(unsigned, of: [witness.verifierKey], over: log) } == "otherCheckpoint")
      try withLog { other, _ in
        try other.append((0..<40).map { plain(pattern(21, seed: $0)) })
        #expect(refusal { try signer.keep(cosigned, of: [witness.verifierKey], over: other) } == "forked")
      }
    }
  }

  @Test("a checkpoint keeps as many signatures as a note can have, and no more")
  func signatureLimit() throws {
    try withSignedLog { log, signer, _ in
      try log.fill(3)
      var note = try signer.checkpoint(of: log)
      let witnesses = try (0..<100).map { number in
        try SignerKey(
          name: "witness.example/a-name-that-is-somewhat-long/\(number)", algorithm: .cosignatureV1,
          seed: [UInt8](repeating: UInt8(number), count: 32))
      }
      for witness in witnesses.dropLast() { try note.add(witness.cosign(note.text, at: 1_800_000_000)) }
      let kept = try signer.keep(note, of: witnesses.map(\.verifierKey), over: log).note
      #expect(kept == note && note.signatures.count == SignedNote.signatureLimit)
      #expect(try signer.checkpoint(of: log) == note)
      var last = try SignedNote(text: note.text)
      try last.add(witnesses[99].cosign(note.text, at: 1_800_000_000))
      #expect(refusal { try signer.keep(last, of: [witnesses[99].verifierKey], over: log) } == "note")
      #expect(try signer.checkpoint(of: log) == note)
    }
  }

  @Test("while another signs, nothing is signed or kept, and who it is is told")
  func locked() throws {
    try withSignedLog { log, signer, directory in
      try log.fill(3)
      let note = try signer.checkpoint(of: log)
      try log.fill(1)
      do {
        let lock = try FileLock(directory.appending("log.lock"))
        #expect(refusal { try signer.checkpoint(of: log) } == "locked")
        #expect(refusal { try signer.keep(note, of: [], over: log) } == "locked")
        #expect(refusal { try LogSigner(makingIn: directory, name: "log", origin: origin) } == "locked")
        let error = #expect(throws: SignerError.self) { try signer.checkpoint(of: log) }
        #expect(error?.description.contains("process \(ProcessInfo.processInfo.processIdentifier)") == true)
        #expect(error?.isDisagreement == false)
        _ = consume lock
      }
      #expect(try signer.lastSigned().checkpoint.size == 3)
      #expect(try signer.checkpoint(of: log).checkpoint(signedByAll: [signer.verifierKey]).size == 4)
    }
  }

  @Test("signers that sign at once while the log grows sign one root for each size, and the last is the largest")
  func atOnce() throws {
    try withSignedLog { log, _, directory in
      let signed = Mutex<[UInt64: Set<Hash256>]>([:])
      DispatchQueue.concurrentPerform(iterations: 4) { _ in
        do {
          let signer = try LogSigner(openingIn: directory, name: "log", origin: origin)
          for _ in 0..<25 {
            try log.fill(1)
            do throws(SignerError) {
              let note = try signer.checkpoint(of: log)
              guard let checkpoint = try? note.checkpoint(signedByAll: [signer.verifierKey]) else {
                Issue.record("a checkpoint that is not signed")
                return
              }
              signed.withLock { _ = $0[checkpoint.size, default: []].insert(checkpoint.root) }
            } catch {
              guard case .locked = error else { throw error }
            }
          }
        } catch { Issue.record("\(error)") }
      }
      let roots = signed.withLock { $0 }
      #expect(!roots.isEmpty)
      for (size, found) in roots { #expect(try found == [log.root(ofSize: size)]) }
      let signer = try LogSigner(openingIn: directory, name: "log", origin: origin)
      #expect(try signer.lastSigned().checkpoint.size == roots.keys.max())
    }
  }

  /// Runs `body` with an empty log, and a key of its own in a directory beside it.
  private func withSignedLog(_ body: (EventLog, LogSigner, FilePath) throws -> Void) throws {
    try withLog { log, directory in
      let keys = directory.removingLastComponent().appending("signer")
      try body(log, try LogSigner(makingIn: keys, name: "log", origin: origin), keys)
    }
  }

  /// The name of the reason for which `body` refused; nil if it did not.
  private func refusal(_ body: () throws -> some Any) -> String? {
    do {
      _ = try body()
      return nil
    } catch {
      return String("\(Mirror(reflecting: error).children.first?.label ?? "\(error)")")
    }
  }
}

extension SignerError {
  /// What is damaged in the log, if that is the reason.
  fileprivate var underlyingDamage: Damage.Fault? {
    if case .unreadable(.damaged(let damage)) = self { damage.fault } else { nil }
  }
}
