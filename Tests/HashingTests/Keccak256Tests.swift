import Hashing
import Primitives
import TestSupport
import Testing

struct Keccak256Tests {
  @Test(
    "known messages have their known hashes",
    arguments: [
      ("", "0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"),
      ("abc", "0x4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45"),
      ("testing", "0x5f16f4c7f149ac4f9510d9cf8cf384038ad348b3bcdc01915f95de12df9d1b02"),
    ])
  func knownAnswers(message: String, expected: String) {
    #expect(Keccak256.hash([UInt8](message.utf8)).description == expected)
  }

  @Test("messages around the block length have their known hashes")
  func blockBorders() {
    for (count, expected) in blockBorderHashes {
      #expect(Keccak256.hash(pattern(count)).description == expected, "\(count) bytes")
    }
  }

  @Test("the hash of no bytes is the constant")
  func emptyHash() {
    #expect(Keccak256.hash([]) == Keccak256.emptyHash)
  }

  @Test("however a message is cut into updates, its hash is the same")
  func updates() {
    var random = SeededGenerator()
    for _ in 0..<60 {
      let message = random.bytes(count: Int.random(in: 0...2000, using: &random))
      var hasher = Keccak256()
      var rest = message[...]
      while !rest.isEmpty {
        let piece = rest.prefix(Int.random(in: 0...600, using: &random))
        hasher.update([UInt8](piece))
        rest = rest.dropFirst(piece.count)
      }
      #expect(hasher.finalize() == Keccak256.hash(message))
    }
  }

  @Test("hashing goes on after a copy, and the copy is its own")
  func copies() {
    var hasher = Keccak256()
    hasher.update([1, 2, 3])
    var copy = hasher
    copy.update([4])
    #expect(hasher.finalize() == Keccak256.hash([1, 2, 3]))
    #expect(copy.finalize() == Keccak256.hash([1, 2, 3, 4]))
  }
}

/// The bytes 0, 1, 2, … modulo 251.
func pattern(_ count: Int) -> [UInt8] {
  (0..<count).map { UInt8($0 % 251) }
}
