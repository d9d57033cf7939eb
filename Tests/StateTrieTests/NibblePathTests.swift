import Primitives
import StateTrie
import Testing
import TestSupport

@Suite("Nibble paths")
struct NibblePathTests {
  /// Every path of up to three nibbles out of four values.
  private static let small: [[UInt8]] = {
    let nibbles: [UInt8] = [0, 1, 14, 15]
    var paths: [[UInt8]] = [[]]
    var longest = paths
    for _ in 0..<3 {
      longest = longest.flatMap { path in nibbles.map { path + [$0] } }
      paths += longest
    }
    return paths
  }()

  private func path(_ nibbles: [UInt8]) -> NibblePath {
    nibbles.reduce(.root) { $0.appending(nibble: $1) }
  }

  private func nibbles(_ path: NibblePath) -> [UInt8] {
    (0..<path.count).map { path[$0] }
  }

  @Test("the order of paths is the order of their storage keys, and children come before their parent")
  func order() {
    for left in Self.small {
      for right in Self.small {
        let (one, other) = (path(left), path(right))
        #expect((one < other) == one.storageKey.lexicographicallyPrecedes(other.storageKey))
        #expect((one == other) == (left == right))
        if left.count > right.count, left.starts(with: right) { #expect(one < other) }
      }
    }
  }

  @Test("cutting and joining do what they do to arrays of nibbles")
  func slicing() {
    var random = SeededGenerator()
    for _ in 0..<2000 {
      let count = Int.random(in: 0...64, using: &random)
      let all = random.bytes(count: count).map { $0 & 15 }
      let cut = Int.random(in: 0...count, using: &random)
      let whole = path(all)
      #expect(nibbles(whole) == all)
      #expect(nibbles(whole.prefix(cut)) == Array(all.prefix(cut)))
      #expect(nibbles(whole.dropFirst(cut)) == Array(all.dropFirst(cut)))
      #expect(whole.prefix(cut).appending(whole.dropFirst(cut)) == whole)
      #expect(whole.hasPrefix(whole.prefix(cut)))
      let other = path(Array(all.prefix(cut)) + random.bytes(count: 64 - cut).map { $0 & 3 })
      #expect(whole.commonPrefixCount(with: other) == zip(all, nibbles(other)).prefix { $0 == $1 }.count)
    }
  }

  @Test("a storage key gives its path back, and nothing else is a storage key")
  func storageKeys() {
    #expect(NibblePath.root.storageKey == [0x10])
    for nibbles in Self.small {
      let key = path(nibbles).storageKey
      #expect(key == nibbles + [0x10])
      #expect(NibblePath(storageKey: key.rawSpan) == path(nibbles))
    }
    let whole = [UInt8](repeating: 15, count: 64)
    #expect(NibblePath(storageKey: (whole + [0x10]).rawSpan) == path(whole))
    let wrong: [[UInt8]] = [[], [0], [1, 2], [0x10, 0x10], [0x11], [16, 3, 0x10], whole + [15, 0x10]]
    for key in wrong {
      #expect(NibblePath(storageKey: key.rawSpan) == nil)
    }
  }

  @Test("keys of bytes and hashed keys spell the same nibbles")
  func keys() {
    var random = SeededGenerator()
    let bytes = random.bytes(count: 32)
    let spelled = bytes.flatMap { [$0 >> 4, $0 & 15] }
    #expect(nibbles(NibblePath(key: bytes)) == spelled)
    #expect(NibblePath(Hash256(bytes.rawSpan)) == NibblePath(key: bytes))
    #expect(nibbles(NibblePath(key: Array(bytes.prefix(17)))) == Array(spelled.prefix(34)))
    #expect(NibblePath(key: [0xab, 0x01]).description == "ab01")
    #expect(NibblePath.root.description == "root")
  }
}
