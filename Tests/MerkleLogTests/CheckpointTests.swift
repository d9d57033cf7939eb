import MerkleLog
import Primitives
import TestSupport
import Testing

struct CheckpointTests {
  private static let root = "ULMS9cvHFnWfViDXOnzBFBVwc0n0Gwzgt897eAfsMdo="
  private static let emptyRoot = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="

  @Test(
    "checkpoints come back from their text",
    arguments: [
      "origin\n1\n\(root)\n", "origin with spaces\n18446744073709551615\n\(root)\n", "o\n0\n\(emptyRoot)\n",
      "o\n7\n\(root)\nan extension\nand another\n",
    ])
  func roundTrip(text: String) throws {
    #expect(try Checkpoint(text: text).text == text)
  }

  @Test(
    "texts that are no checkpoint are refused",
    arguments: [
      "", "origin\n", "origin\n1\n", "origin\n1\n\(root)", "\n1\n\(root)\n", "origin\n01\n\(root)\n",
      "origin\n+1\n\(root)\n", "origin\n-1\n\(root)\n", "origin\n1 \n\(root)\n", "origin\n\n\(root)\n",
      "origin\n0x1\n\(root)\n", "origin\n18446744073709551616\n\(root)\n", "origin\n99999999999999999999\n\(root)\n",
      "origin\n1\n\n", "origin\n1\nAAAA\n", "origin\n1\n\(root.dropLast())\n", "origin\n1\n\(root)\n\n",
      "origin\n1\n\(root)\nextension\n\n", "origin\n0\n\(root)\n", "origin\n１\n\(root)\n",
    ])
  func refused(text: String) {
    #expect(throws: NoteError.self) { try Checkpoint(text: text) }
  }
}

struct ProofFileTests {
  @Test("a proof file comes back from its text, and shows what it is to show")
  func roundTrip() throws {
    var tree = RecursiveTree(size: 40)
    let (signer, note) = try signedTree(&tree)
    for index in [0, 17, 39] {
      for extra in [nil, [], [1, 2, 3]] as [[UInt8]?] {
        let file = ProofFile(extra: extra, proof: tree.inclusionProof(index, 40), note: note)
        let read = try ProofFile([UInt8](file.encoded.utf8))
        #expect(read == file)
        let checkpoint = try read.verify(leafHash: tree.leaves[index], signedByAll: [signer.verifierKey])
        #expect(checkpoint.size == 40)
        #expect(throws: NoteError.self) {
          try read.verify(leafHash: tree.leaves[(index + 1) % 40], signedByAll: [signer.verifierKey])
        }
      }
    }
  }

  @Test("every bit of a proof file counts: with one changed it is refused")
  func everyBit() throws {
    var tree = RecursiveTree(size: 11)
    let (signer, note) = try signedTree(&tree)
    let file = ProofFile(extra: nil, proof: tree.inclusionProof(6, 11), note: note)
    let bytes = [UInt8](file.encoded.utf8)
    var tally = Tally()
    for bit in 0..<bytes.count * 8 {
      var changed = bytes
      changed[bit / 8] ^= 1 << UInt8(bit % 8)
      tally.count {
        _ = try ProofFile(changed).verify(leafHash: tree.leaves[6], signedByAll: [signer.verifierKey])
      }
    }
    #expect(tally.accepted == 0)
    #expect(tally.refused == bytes.count * 8)
    for count in 0..<bytes.count {
      #expect(throws: NoteError.self, "\(count) bytes") { try ProofFile(Array(bytes.prefix(count))) }
    }
  }

  @Test("files of another form are refused, and long ones before they cost anything")
  func refused() throws {
    var tree = RecursiveTree(size: 3)
    let (_, note) = try signedTree(&tree)
    let hash = "ULMS9cvHFnWfViDXOnzBFBVwc0n0Gwzgt897eAfsMdo=\n"
    for head in [
      "c2sp.org/tlog-proof@v2\nindex 0\n\n", "c2sp.org/tlog-proof@v1\n\n", "c2sp.org/tlog-proof@v1\nindex 00\n\n",
      "c2sp.org/tlog-proof@v1\nindex\n\n", "c2sp.org/tlog-proof@v1\nextra ?\nindex 0\n\n",
      "c2sp.org/tlog-proof@v1\nindex 0\nextra AAAA\n\n", "c2sp.org/tlog-proof@v1\nindex 0\nAAAA\n\n",
      "c2sp.org/tlog-proof@v1\nindex 0\n" + String(repeating: hash, count: 65) + "\n",
      "c2sp.org/tlog-proof@v1\nindex 18446744073709551616\n\n",
    ] {
      #expect(throws: NoteError.self) { try ProofFile([UInt8]((head + note.encoded).utf8)) }
    }
    let most = "c2sp.org/tlog-proof@v1\nindex 0\n" + String(repeating: hash, count: 64) + "\n" + note.encoded
    #expect(try ProofFile([UInt8](most.utf8)).hashes.count == 64)
    #expect(throws: NoteError.self) { try ProofFile([UInt8](repeating: 0x0A, count: SignedNote.byteLimit + 1)) }
  }

  @Test("a growth file comes back from its text, shows growth from every size, and no changed bit of it does")
  func growth() throws {
    var tree = RecursiveTree(size: 11)
    let (signer, note) = try signedTree(&tree)
    for old in 0...11 {
      let file = GrowthFile(proof: tree.consistencyProof(old, 11), note: note)
      let bytes = [UInt8](file.encoded.utf8)
      #expect(try GrowthFile(bytes) == file)
      let oldRoot = tree.root(0..<old)
      #expect(try GrowthFile(bytes).verify(oldRoot: oldRoot, signedByAll: [signer.verifierKey]).size == 11)
      guard old == 6 else { continue }
      var tally = Tally()
      for bit in 0..<bytes.count * 8 {
        var changed = bytes
        changed[bit / 8] ^= 1 << UInt8(bit % 8)
        tally.count {
          _ = try GrowthFile(changed).verify(oldRoot: oldRoot, signedByAll: [signer.verifierKey])
        }
      }
      #expect(tally.accepted == 0)
    }
  }

  private func signedTree(_ tree: inout RecursiveTree) throws -> (SignerKey, SignedNote) {
    let signer = try SignerKey(name: "example.org/log", seed: [UInt8](repeating: 3, count: 32))
    let size = tree.leaves.count
    let checkpoint = try Checkpoint(origin: "example.org/log", size: UInt64(size), root: tree.root(0..<size))
    return (signer, try SignedNote(text: checkpoint.text, signatures: [signer.sign(checkpoint.text)]))
  }
}
