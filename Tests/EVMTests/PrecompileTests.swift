import EVM
import Primitives
import TestSupport
import Testing

@Suite("Precompiled contracts")
struct PrecompileTests {
  @Test("lengths that no gas pays for have no price")
  func hugeLengths() {
    for length in [UInt256.max, .one << 64, .one << 40] {
      for revision in [Revision.byzantium, .berlin, .osaka] {
        let one = UInt256.one.bigEndianBytes
        #expect(Precompile.modExp.cost(of: (length.bigEndianBytes + one + one).rawSpan, revision) == nil)
        #expect(Precompile.modExp.cost(of: (one + one + length.bigEndianBytes).rawSpan, revision) == nil)
        let cost = Precompile.modExp.cost(of: (one + length.bigEndianBytes + one).rawSpan, revision)
        #expect(cost ?? .max > 1 << 33)
      }
    }
    // EIP-7823.
    let long = UInt256(1025).bigEndianBytes
    let none = UInt256.zero.bigEndianBytes
    #expect(Precompile.modExp.cost(of: (none + long + none).rawSpan, .osaka) == nil)
    #expect(Precompile.modExp.cost(of: (none + long + none).rawSpan, .prague) == 200)
  }

  @Test("the hashes are those of their standards")
  func hashes() throws {
    let abc = [UInt8]("abc".utf8)
    let padding = String(repeating: "00", count: 12)
    #expect(
      try Precompile.ripemd160.run(on: [UInt8]().rawSpan, .osaka)
        == Hex.decode(padding + "9c1185a5c5e9fc54612808977ee8f548b2258d31"))
    #expect(
      try Precompile.ripemd160.run(on: abc.rawSpan, .osaka)
        == Hex.decode(padding + "8eb208f7e05d987a9b044a8e98c6b087f15a0bfc"))
    // Eight times "1234567890": two blocks.
    let digits = [UInt8](String(repeating: "1234567890", count: 8).utf8)
    #expect(
      try Precompile.ripemd160.run(on: digits.rawSpan, .osaka)
        == Hex.decode(padding + "9b752e45573d4b39f4dbd3323cab82bf63326bfb"))
    #expect(
      try Precompile.sha256.run(on: abc.rawSpan, .osaka)
        == Hex.decode("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"))
    #expect(try Precompile.identity.run(on: abc.rawSpan, .osaka) == abc)
  }

  @Test("a signature that no one can have made recovers to nothing, and costs the same")
  func unrecoverable() throws {
    let input = UInt256.one.bigEndianBytes + UInt256(29).bigEndianBytes + UInt256.one.bigEndianBytes
    #expect(try Precompile.ecRecover.run(on: input.rawSpan, .osaka) == [])
    #expect(try Precompile.ecRecover.run(on: [UInt8]().rawSpan, .osaka) == [])
    #expect(Precompile.ecRecover.cost(of: input.rawSpan, .osaka) == 3_000)
  }
}
