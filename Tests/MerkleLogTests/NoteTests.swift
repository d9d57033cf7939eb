import MerkleLog
import Primitives
import TestSupport
import Testing

struct NoteTests {
  @Test("keys and signatures are those of an independent implementation")
  func knownAnswers() throws {
    let signer = try SignerKey(name: KnownNote.name, seed: (0..<32).map { UInt8($0) })
    #expect(signer.verifierKey.description == KnownNote.vkey)
    #expect(signer.encoded == KnownNote.privateKey)
    #expect(try SignerKey(encoded: KnownNote.privateKey).encoded == KnownNote.privateKey)
    #expect("\(try signer.sign(KnownNote.text))\n" == KnownNote.signature)

    let witness = try SignerKey(
      name: KnownNote.witnessName, algorithm: .cosignatureV1, seed: (32..<64).map { UInt8($0) })
    #expect(witness.verifierKey.description == KnownNote.witnessKey)
    #expect("\(try witness.cosign(KnownNote.text, at: KnownNote.witnessTime))\n" == KnownNote.cosignature)
  }

  @Test("a note says by which keys it is signed, and when its witnesses signed")
  func verification() throws {
    let (key, witness) = (try VerifierKey(KnownNote.vkey), try VerifierKey(KnownNote.witnessKey))
    let note = try SignedNote([UInt8](KnownNote.whole.utf8))
    #expect(note.encoded == KnownNote.whole)
    #expect(try note.verify(by: [key]).map(\.key) == [key])
    let both = try note.verify(by: [witness, key])
    #expect(both.map(\.key) == [key, witness])
    #expect(both.map(\.timestamp) == [nil, KnownNote.witnessTime])
    let checkpoint = try note.checkpoint(signedByAll: [key, witness])
    #expect(checkpoint.size == 600 && checkpoint.origin == KnownNote.name && checkpoint.text == KnownNote.text)
  }

  @Test("signatures of unknown keys are passed over, also when name or identifier is a known one's")
  func unknownKeys() throws {
    let key = try VerifierKey(KnownNote.vkey)
    let stranger = try SignerKey(name: "somebody.else", seed: [UInt8](repeating: 9, count: 32))
    let sameName = try SignerKey(name: KnownNote.name, seed: [UInt8](repeating: 8, count: 32))
    var note = try SignedNote([UInt8](KnownNote.whole.utf8))
    try note.add(stranger.sign(note.text))
    try note.add(sameName.sign("another text\n"))
    #expect(try note.verify(by: [key]).map(\.key) == [key])
    #expect(throws: NoteError.badSignature(key: sameName.verifierKey.label)) {
      try note.verify(by: [key, sameName.verifierKey])
    }
    let unsigned = try SignerKey(name: "not.there", seed: [UInt8](repeating: 7, count: 32)).verifierKey
    #expect(throws: NoteError.noKnownSigner) { try note.verify(by: [unsigned]) }
    #expect(throws: NoteError.noKnownSigner) { try note.verify(by: []) }
    #expect(throws: NoteError.unsigned(by: unsigned.label)) { try note.checkpoint(signedByAll: [key, unsigned]) }
  }

  @Test("a signature is added once")
  func adding() throws {
    var note = try SignedNote([UInt8](KnownNote.whole.utf8))
    let signature = note.signatures[0]
    try note.add(signature)
    #expect(note.signatures.count == 2)
  }

  @Test("every bit of a note counts: with one changed it is no longer signed by the log and its witness")
  func everyBit() throws {
    let keys = [try VerifierKey(KnownNote.vkey), try VerifierKey(KnownNote.witnessKey)]
    let bytes = [UInt8](KnownNote.whole.utf8)
    var tally = Tally()
    for bit in 0..<bytes.count * 8 {
      var changed = bytes
      changed[bit / 8] ^= 1 << UInt8(bit % 8)
      tally.count { _ = try SignedNote(changed).checkpoint(signedByAll: keys) }
    }
    #expect(tally.accepted == 0)
    #expect(tally.refused == bytes.count * 8)
  }

  @Test("a note cut at any byte is refused")
  func cut() throws {
    let bytes = [UInt8](KnownNote.text.utf8) + [UInt8]("\n\(KnownNote.signature)".utf8)
    let key = try VerifierKey(KnownNote.vkey)
    _ = try SignedNote(bytes).verify(by: [key])
    for count in 0..<bytes.count {
      #expect(throws: NoteError.self, "\(count) bytes") { try SignedNote(Array(bytes.prefix(count))) }
    }
  }

  @Test(
    "what is not a note is refused",
    arguments: [
      "", "\n", "text\n", "text\n\n", "text\n\nno signature\n", "text\n\n— name\n", "text\n\n— name AAAAAAE=",
      "text\n\n—name AAAAAAE=\n", "text\n\n- name AAAAAAE=\n", "text\n\n— name  AAAAAAE=\n",
      "text\n\n— na+me AAAAAAE=\n",
      "text\n\n—  AAAAAAE=\n", "text\n\n— name AAAAAA==\n", "text\n\n— name AAAAAAF=\n",
      "text\n\n— name AAAAAAE=\nmore\n",
      "te\u{1}xt\n\n— name AAAAAAE=\n", "te\txt\n\n— name AAAAAAE=\n", "text\r\n\r\n— name AAAAAAE=\r\n",
      "text\n\n— na\u{A0}me AAAAAAE=\n", "text\n\n— na\u{2003}me AAAAAAE=\n", "text\n\n— name AAAAAAE= \n",
    ])
  func malformed(text: String) {
    #expect(throws: NoteError.self) { try SignedNote([UInt8](text.utf8)) }
  }

  @Test("bytes that are not UTF-8 are no note, in the text and in a name")
  func notUTF8() {
    let signature = [UInt8]("\n— name AAAAAAE=\n".utf8)
    #expect(throws: NoteError.self) { try SignedNote([0xFF, 0x0A] + signature) }
    #expect(throws: NoteError.self) { try SignedNote([0xC0, 0x80, 0x0A] + signature) }
    let name = [UInt8]("text\n\n— ".utf8) + [0xE2] + [UInt8](" AAAAAAE=\n".utf8)
    #expect(throws: NoteError.self) { try SignedNote(name) }
  }

  @Test("a text may have empty lines; the last one separates it from the signatures")
  func emptyLines() throws {
    let note = try SignedNote([UInt8]("one\n\ntwo\n\n— name AAAAAAE=\n".utf8))
    #expect(note.text == "one\n\ntwo\n")
    #expect(note.signatures.count == 1)
  }

  @Test("100 signatures are read, and not one more")
  func manySignatures() throws {
    let line = "— name AAAAAAE=\n"
    let note = { (count: Int) in [UInt8](("t\n\n" + String(repeating: line, count: count)).utf8) }
    #expect(try SignedNote(note(100)).signatures.count == 100)
    #expect(throws: NoteError.self) { try SignedNote(note(101)) }
    #expect(throws: NoteError.self) { try SignedNote([UInt8](repeating: 0x61, count: SignedNote.byteLimit + 1)) }
  }

  @Test("names are compared by their bytes, not by how they look")
  func spelling() throws {
    // One letter, or a letter and an accent: equal as Swift's strings, two names for a note.
    let (composed, decomposed) = ("wi\u{E9}", "wie\u{301}")
    #expect(composed == decomposed)
    let seed = [UInt8](repeating: 5, count: 32)
    let (one, other) = (try SignerKey(name: composed, seed: seed), try SignerKey(name: decomposed, seed: seed))
    #expect(one.verifierKey != other.verifierKey)
    #expect(one.verifierKey.id != other.verifierKey.id)
    let note = try SignedNote(text: "text\n", signatures: [one.sign("text\n")])
    #expect(throws: NoteError.noKnownSigner) { try note.verify(by: [other.verifierKey]) }
  }
}

struct VerifierKeyTests {
  @Test("no part of a key is a key, and none with a character changed", arguments: [KnownNote.vkey])
  func manglings(vkey: String) throws {
    #expect(try VerifierKey(vkey).description == vkey)
    let bytes = [UInt8](vkey.utf8)
    var tally = Tally()
    for start in 0...bytes.count {
      for end in start...bytes.count where start > 0 || end < bytes.count {
        tally.count { _ = try VerifierKey(String(decoding: bytes[start..<end], as: UTF8.self)) }
      }
    }
    for place in bytes.indices {
      for bit in 0..<8 {
        var changed = bytes
        changed[place] ^= 1 << UInt8(bit)
        tally.count { _ = try VerifierKey(String(decoding: changed, as: UTF8.self)) }
      }
    }
    #expect(tally.accepted == 0)
    #expect(tally.refused > 2000)
  }

  @Test("no part of a private key is one, and none with a character changed")
  func privateManglings() {
    let bytes = [UInt8](KnownNote.privateKey.utf8)
    var tally = Tally()
    for start in 0...bytes.count {
      for end in start...bytes.count where start > 0 || end < bytes.count {
        tally.count { _ = try SignerKey(encoded: String(decoding: bytes[start..<end], as: UTF8.self)) }
      }
    }
    for place in bytes.indices {
      var changed = bytes
      changed[place] += 1
      tally.count { _ = try SignerKey(encoded: String(decoding: changed, as: UTF8.self)) }
    }
    #expect(tally.accepted == 0)
    #expect(tally.refused > 2000)
  }

  @Test("keys of unknown types and of other lengths are refused, whatever their identifier says")
  func unknownTypes() throws {
    #expect(throws: NoteError.self) { try VerifierKey(name: "a", algorithm: .ed25519, publicKey: [1, 2, 3]) }
    #expect(throws: NoteError.self) {
      try VerifierKey(name: "a b", algorithm: .ed25519, publicKey: [UInt8](repeating: 1, count: 32))
    }
    for (vkey, reason) in KnownNote.refusedKeys {
      #expect(throws: NoteError.badKey(reason)) { try VerifierKey(vkey) }
    }
  }
}
