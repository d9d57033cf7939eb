// Notes that other implementations have made: of golang/mod's tests of sumdb/note (BSD 3-clause), and checkpoints of a witness
// and a mirror of Sunlight's tests (ISC).

import MerkleLog
import Primitives
import Testing

struct PublishedNoteTests {
  private static let peter = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
  private static let peterPrivate = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
  private static let enoch = "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop"
  private static let text =
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
  private static let peterLine =
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
  private static let enochLine =
    "— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n"

  private func note(_ lines: String) throws -> SignedNote {
    try SignedNote([UInt8]((Self.text + "\n" + lines).utf8))
  }

  /// With four characters put in.
  private func broken(_ line: String) -> String { line.prefix(60) + "ABCD" + line.dropFirst(60) }

  @Test("a published private key gives the published public one and the published signature")
  func signing() throws {
    let signer = try SignerKey(encoded: Self.peterPrivate)
    #expect("\(signer.verifierKey)" == Self.peter)
    let signed = try SignedNote(text: Self.text, signatures: [signer.sign(Self.text)])
    #expect(signed.encoded == Self.text + "\n" + Self.peterLine)
  }

  @Test("published notes are signed by the keys that have signed them, each counted once")
  func opening() throws {
    let (peter, enoch) = (try VerifierKey(Self.peter), try VerifierKey(Self.enoch))
    let both = try note(Self.peterLine + Self.enochLine)
    #expect(both.signatures.count == 2)
    #expect(try both.verify(by: [peter]).map(\.key) == [peter])
    #expect(try both.verify(by: [peter, enoch]).map(\.key) == [peter, enoch])
    #expect(throws: NoteError.noKnownSigner) { try both.verify(by: []) }
    let twice = try note(Self.peterLine + Self.peterLine + Self.enochLine + Self.enochLine + broken(Self.enochLine))
    #expect(try twice.verify(by: [peter]).map(\.key) == [peter])
    #expect(throws: NoteError.badSignature(key: peter.label)) { try note(broken(Self.peterLine)).verify(by: [peter]) }
    // Under another name, or another identifier, it is not that key's.
    for (old, new) in [("PeterNeumann", "CarmenSandiego"), ("x08g", "xxxx")] {
      let renamed = try note(Self.peterLine.replacing(old, with: new))
      #expect(throws: NoteError.noKnownSigner) { try renamed.verify(by: [peter]) }
    }
  }

  @Test("what is published as no note is refused, and a note with 101 signatures")
  func malformed() {
    let line = Self.peterLine
    let bad = [
      Self.text, Self.text + "\n", Self.text + "\n" + line.dropLast(), "\u{1}" + Self.text + "\n" + line,
      Self.text + "\n" + line.dropLast().replacing("PeterNeumann", with: "Bad Name"),
      Self.text + "\n" + line + "Unexpected line.\n", Self.text + "\n" + String(repeating: line, count: 101),
    ]
    for text in bad { #expect(throws: NoteError.self, "\(text)") { try SignedNote([UInt8](text.utf8)) } }
    #expect(throws: NoteError.self) { try SignedNote([0xFF] + [UInt8]((Self.text + "\n" + line).utf8)) }
  }

  @Test(
    "published keys that are none are refused",
    arguments: [
      "PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==",
      "PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
    ])
  func badKeys(vkey: String) {
    #expect(throws: NoteError.self) { try VerifierKey(vkey) }
  }

  @Test("no part of a published key is a key, and none with a character changed")
  func manglings() throws {
    for vkey in [Self.peter, Self.enoch] { try VerifierKeyTests().manglings(vkey: vkey) }
  }

  /// The signature of a certificate log, of a type that this program does not know.
  private static let logLine =
    "— rome2026h1.example.org kVB1JgAAAZtxtEwABAMARzBFAiEAi+mTa2xjL1IdWpH82OeciGsGvwRAP+f1WkfKaSZCfFECIHoNPZ/Q3y6UNzvKOO9cuLr6V16vPNfhwhle9f6r5H/Z\n"
  private static let witness = "witness.example.org+b8a2cf20+BFLN3yikSfFkVAJtrnh/CiY3Zozkoy7clp+P7XB28qUN"
  private static let witnessed =
    "rome2026h1.example.org\n300\nlCkHUpkmVBEms2r2T1K6Og69+wUuuN3MIEW1/ezu2v0=\n\n" + logLine
    + "— witness.example.org uKLPIAAAAABpVGeAhm2bOvKc3LaB9PFN1ruG19Y5yqslmcAAbhftnn1Zznmo0LXFZq4LGvqKqLX8jWlwLKasxEGTLIqAVusneCBmBw==\n"
  private static let mirror = "mirror.example.org+3fb148ef+BAAjjch9GyYz0sJsJx7ALhbdAtz2ov0unbzSl1vMp94O"
  private static let mirrored =
    "rome2026h1.example.org\n300\ngw31yQrqZZCcEOPrzX+bpy3nJ6QgngTKn8G1m0i62uU=\n\n"
    + "— mirror.example.org P7FI7wAAAABpVGeAjA1S4pJm6MbcXjX7UUImu4azZtrfcVW2uyr/LXIYlwEJzXC0N0EiZkbqfLdXt/4gVEEuGmxJjAfXKMCISpsJAg==\n"

  @Test(
    "published cosignatures are of the checkpoints that they stand under, with their time, and of no other",
    arguments: [(witness, witnessed, mirrored), (mirror, mirrored, witnessed)])
  func cosignatures(vkey: String, published: String, other: String) throws {
    let key = try VerifierKey(vkey)
    let note = try SignedNote([UInt8](published.utf8))
    #expect(note.encoded == published)
    let verified = try note.verify(by: [key])
    #expect(verified.map(\.timestamp) == [1_767_139_200])
    let checkpoint = try note.checkpoint(signedByAll: [key])
    #expect(checkpoint.origin == "rome2026h1.example.org" && checkpoint.size == 300)
    let moved = try SignedNote(text: SignedNote([UInt8](other.utf8)).text, signatures: verified.map(\.signature))
    #expect(throws: NoteError.badSignature(key: key.label)) { try moved.verify(by: [key]) }
  }
}
