import Primitives

/// Precompile 0x05: base to the power of exponent, modulo modulus, of any length (EIP-198; prices EIP-2565 and 7883;
/// bound EIP-7823).
struct ModExp: ~Copyable, ~Escapable {
  /// In bytes, as the first three words of the input say.
  private let baseCount, exponentCount, modulusCount: UInt256

  /// The rest of the input; what lies beyond its end is zero.
  private let body: RawSpan

  @_lifetime(copy input)
  init(_ input: RawSpan) {
    baseCount = input.word(at: 0)
    exponentCount = input.word(at: 32)
    modulusCount = input.word(at: 64)
    body = input.extracting(min(96, input.byteCount)..<input.byteCount)
  }

  /// The power, as long as the modulus. The lengths have been paid for, so they fit.
  func run() -> [UInt8] {
    let count = Int(truncatingIfNeeded: modulusCount.low)
    let baseEnd = Int(truncatingIfNeeded: baseCount.low)
    guard count > 0 else { return [] }
    let exponentEnd = baseEnd + Int(truncatingIfNeeded: exponentCount.low)
    let modulus = BigNumber(bigEndian: part(from: exponentEnd, count))
    guard !modulus.isZero else { return [UInt8](repeating: 0, count: count) }
    // Bytes of the exponent beyond the input are zero: as many squarings, which `part` supplies as bytes.
    let base = BigNumber(bigEndian: part(from: 0, baseEnd))
    let exponent = part(from: baseEnd, exponentEnd - baseEnd)
    return base.power(exponent, modulo: modulus).bigEndian(count: count)
  }

  /// Bytes of the body, with zeros for what lies beyond its end.
  private func part(from start: Int, _ count: Int) -> [UInt8] {
    let first = min(start, body.byteCount)
    var bytes = body.extracting(first..<min(start + count, body.byteCount)).bytes
    bytes.append(contentsOf: repeatElement(0, count: count - bytes.count))
    return bytes
  }
}

// MARK: - Price

extension ModExp {
  /// The price; nil when it is beyond what any gas could buy, or a length beyond its bound (EIP-7823).
  func cost(_ revision: Revision) -> Int? {
    if revision >= .osaka, max(baseCount, exponentCount, modulusCount) > UInt256(1024) { return nil }
    let least = revision >= .osaka ? 500 : revision >= .berlin ? 200 : 0
    let longest = max(baseCount, modulusCount)
    if longest.isZero, revision < .osaka { return least }
    guard longest < UInt256(1 << 26), exponentCount < UInt256(1 << 40) else { return nil }
    let complexity = complexity(longest.low, revision)
    let iterations = max(iterations(perByte: revision >= .osaka ? 16 : 8), 1)
    let divisor: UInt128 = revision >= .osaka ? 1 : revision >= .berlin ? 3 : 20
    return max(least, Int(clamping: complexity * iterations / divisor))
  }

  /// What a multiplication of numbers of this many bytes counts.
  private func complexity(_ count: UInt128, _ revision: Revision) -> UInt128 {
    let words = (count + 7) / 8
    if revision >= .osaka { return count <= 32 ? 16 : 2 * words * words }
    if revision >= .berlin { return words * words }
    if count <= 64 { return count * count }
    if count <= 1024 { return count * count / 4 + 96 * count - 3_072 }
    return count * count / 16 + 480 * count - 199_680
  }

  /// How many multiplications the exponent counts: its bits after the first, those behind the first 32 bytes by length.
  private func iterations(perByte: UInt128) -> UInt128 {
    let headCount = exponentCount < UInt256(32) ? Int(truncatingIfNeeded: exponentCount.low) : 32
    let head = UInt256(bigEndian: part(from: Int(truncatingIfNeeded: baseCount.low), headCount)) ?? .zero
    let bits = head.isZero ? 0 : UInt128(255 - head.leadingZeroBitCount)
    return exponentCount > UInt256(32) ? perByte * (exponentCount.low - 32) + bits : bits
  }
}
