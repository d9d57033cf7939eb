import EVM
import Primitives
import SecondMachine
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
  }

  @Test("from Osaka on, lengths up to 1,024 have a price and longer ones none, each of the three alone (EIP-7823)")
  func boundedLengths() throws {
    let none = UInt256.zero.bigEndianBytes
    // Prices for the longest lengths, the rest of the input being zeros.
    for (position, price, priceBefore) in [(0, 32_768, 5_461), (1, 253_952, 200), (2, 32_768, 5_461)] {
      func input(_ length: UInt64) -> [UInt8] {
        (0..<3).flatMap { $0 == position ? UInt256(length).bigEndianBytes : none }
      }
      #expect(Precompile.modExp.cost(of: input(1_024).rawSpan, .osaka) == price)
      #expect(Precompile.modExp.cost(of: input(1_025).rawSpan, .osaka) == nil)
      #expect(Precompile.modExp.cost(of: input(1_024).rawSpan, .prague) == priceBefore)
      #expect(Precompile.modExp.cost(of: input(1_025).rawSpan, .prague) != nil)
      let output = try Precompile.modExp.run(on: input(1_024).rawSpan, .osaka)
      #expect(output == [UInt8](repeating: 0, count: position == 2 ? 1_024 : 0))
    }
    let longest = UInt256(1_024).bigEndianBytes
    let all = longest + longest + longest
    #expect(Precompile.modExp.cost(of: all.rawSpan, .osaka) == 2 * 128 * 128 * 16 * (1_024 - 32))
  }

  @Test("a call of MODEXP with a length beyond the bound fails and takes its gas")
  func beyondTheBound() {
    // The length of the base in memory, the others zero; a static call with 40,000 gas; what it returns.
    for (length, success) in [(1_024, 1), (1_025, 0)] as [(UInt64, UInt64)] {
      let code =
        UInt256(length).pushed + [0x5f, 0x52]
        + [0x5f, 0x5f, 0x60, 0x60, 0x5f] + UInt256(Precompile.modExp.address).pushed + UInt256(40_000).pushed + [0xfa]
        + returnTop
      let outcome = run([UInt8](code), input: [], gas: 100_000)
      #expect(outcome.result.output == UInt256(success).bigEndianBytes)
    }
  }

  @Test("no lengths at all cost the least price of each fork and give nothing")
  func zeroLengths() throws {
    for input in [[], [UInt8](repeating: 0, count: 96)] {
      for (revision, price) in [(Revision.byzantium, 0), (.berlin, 200), (.prague, 200), (.osaka, 500)] {
        #expect(Precompile.modExp.cost(of: input.rawSpan, revision) == price)
        #expect(try Precompile.modExp.run(on: input.rawSpan, revision) == [])
      }
    }
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
