// All ways to compute a hash or a checksum give the same one.

import Hashing
import Primitives
import TestSupport
import Testing

struct BackendTests {
  @Test("every scalar backend gives the known hashes")
  func scalarBackends() {
    for backend in KeccakScalarBackend.allCases where backend.isAvailable {
      for (count, expected) in blockBorderHashes {
        var hasher = Keccak256(using: backend)
        hasher.update(pattern(count))
        #expect(hasher.finalize().description == expected, "\(backend), \(count) bytes")
      }
    }
  }

  @Test("every batch backend agrees with the scalar permutation, for messages of 0 to 1000 bytes in any order")
  func keccakLengths() {
    var random = SeededGenerator()
    let messages = (0...1000).shuffled(using: &random).map { random.bytes(count: $0) }
    let expected = messages.map { Keccak256.hash($0) }
    for backend in KeccakBackend.allCases where backend.isAvailable {
      #expect(Keccak256.hashEach(messages, using: backend) == expected, "\(backend)")
    }
    #expect(Keccak256.hashEach(messages) == expected)
  }

  @Test("batches of every size up to three times the width are hashed whole, whatever their lengths")
  func keccakBatchSizes() {
    var random = SeededGenerator()
    for count in 0...24 {
      let lengths = (0..<count).map { _ in
        [0, 1, 7, 8, 135, 136, 137, 271, 272, 600].randomElement(using: &random) ?? 0
      }
      let messages = lengths.map { random.bytes(count: $0) }
      let expected = messages.map { Keccak256.hash($0) }
      for backend in KeccakBackend.allCases where backend.isAvailable {
        #expect(Keccak256.hashEach(messages, using: backend) == expected, "\(backend), lengths \(lengths)")
      }
      let ends = lengths.indices.map { lengths[...$0].reduce(0, +) }
      #expect(Keccak256.hashEach(of: messages.flatMap(\.self), ends: ends) == expected, "lengths \(lengths)")
    }
  }

  @Test("parts of one piece of memory, short and long ones among each other, have the hashes that each has by itself")
  func keccakParts() {
    var random = SeededGenerator()
    let bytes = random.bytes(count: 3000)
    for count in 0...40 {
      let parts = (0..<count).map { _ in
        let length = [0, 7, 8, 40, 135, 136, 137, 271, 272, 400, 532, 1087].randomElement(using: &random) ?? 0
        let start = Int(random.next() % UInt64(bytes.count - length + 1))
        return start..<start + length
      }
      for longer in [parts, parts + [10..<1098]] {
        let expected = longer.map { Keccak256.hash(Array(bytes[$0])) }
        for backend in KeccakBackend.allCases where backend.isAvailable {
          #expect(Keccak256.hashEach(in: bytes, at: longer, using: backend) == expected, "\(backend), parts \(longer)")
        }
      }
    }
  }

  @Test("messages of many blocks, of equal and of different lengths, are hashed the same in every way")
  func keccakLongMessages() {
    var random = SeededGenerator()
    for lengths in [[Int](repeating: 13_600, count: 9), [5000, 9000, 1, 0, 7000, 6800, 6799, 6801, 12_000, 3000]] {
      let messages = lengths.map { random.bytes(count: $0) }
      let expected = messages.map { message in
        var hasher = Keccak256(using: .portable)
        hasher.update(message)
        return hasher.finalize()
      }
      #expect(messages.map { Keccak256.hash($0) } == expected)
      for backend in KeccakBackend.allCases where backend.isAvailable {
        #expect(Keccak256.hashEach(messages, using: backend) == expected, "\(backend), lengths \(lengths)")
      }
    }
  }

  @Test("a long message among short ones is finished by itself")
  func keccakLongTail() {
    let messages = [pattern(20_000), pattern(3), pattern(40), pattern(400), pattern(0)]
    #expect(Keccak256.hashEach(messages) == messages.map { Keccak256.hash($0) })
  }

  @Test("every checksum backend gives what the tables give, for 0 to 1000 bytes and long inputs, at any alignment")
  func checksums() {
    var random = SeededGenerator()
    let bytes = random.bytes(count: 100_000)
    // Around the lengths from which on, and by which, wide steps go.
    let borders = [511, 512, 513, 767, 768, 769, 3071, 3072, 3073, 12_287, 12_288, 12_289, 40_000, 99_980]
    for length in [Int](0...1000) + borders {
      for start in [length % 9, 1 + length % 15] {
        let range = start..<start + length
        let expected = checksum(bytes, range, .table)
        for backend in CRC32CBackend.allCases where backend.isAvailable {
          #expect(checksum(bytes, range, backend) == expected, "\(backend), \(length) bytes from \(start)")
        }
      }
    }
  }

  private func checksum(_ bytes: [UInt8], _ range: Range<Int>, _ backend: CRC32CBackend) -> UInt32 {
    var crc = CRC32C(using: backend)
    crc.update(bytes.rawSpan.extracting(range))
    return crc.checksum
  }
}
