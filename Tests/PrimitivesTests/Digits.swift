// Numbers the slow way: the oracle for UInt256.

import Primitives

/// A natural number as base-256 digits, least significant first, without zeros at the end.
struct Digits: Equatable {
  var digits: [UInt8]

  init(_ digits: [UInt8]) {
    self.digits = digits
    while self.digits.last == 0 { self.digits.removeLast() }
  }

  init(_ value: UInt256) {
    self.init(value.bigEndianBytes.reversed())
  }

  static let power256 = Digits([UInt8](repeating: 0, count: 32) + [1])

  /// The number modulo 2²⁵⁶.
  var wrapped: UInt256 {
    let low = digits.prefix(32)
    let bytes = [UInt8](repeating: 0, count: 32 - low.count) + low.reversed()
    return UInt256(bigEndian: bytes.rawSpan) ?? .zero
  }

  var fits256: Bool { digits.count <= 32 }

  static func + (left: Digits, right: Digits) -> Digits {
    var result: [UInt8] = []
    var carry = 0
    for index in 0..<max(left.digits.count, right.digits.count) + 1 {
      let sum = left.digit(index) + right.digit(index) + carry
      result.append(UInt8(sum % 256))
      carry = sum / 256
    }
    return Digits(result)
  }

  /// For `left` not less than `right`.
  static func - (left: Digits, right: Digits) -> Digits {
    var result: [UInt8] = []
    var borrow = 0
    for index in 0..<left.digits.count {
      let difference = left.digit(index) - right.digit(index) - borrow
      result.append(UInt8((difference + 256) % 256))
      borrow = difference < 0 ? 1 : 0
    }
    return Digits(result)
  }

  static func * (left: Digits, right: Digits) -> Digits {
    var columns = [Int](repeating: 0, count: left.digits.count + right.digits.count + 1)
    for (row, digit) in left.digits.enumerated() {
      for (column, other) in right.digits.enumerated() { columns[row + column] += Int(digit) * Int(other) }
    }
    for index in columns.indices.dropLast() {
      columns[index + 1] += columns[index] / 256
      columns[index] %= 256
    }
    return Digits(columns.map { UInt8($0) })
  }

  static func < (left: Digits, right: Digits) -> Bool {
    if left.digits.count != right.digits.count { return left.digits.count < right.digits.count }
    return left.digits.reversed().lexicographicallyPrecedes(right.digits.reversed())
  }

  /// Long division, bit by bit.
  func divided(by divisor: Digits) -> (quotient: Digits, remainder: Digits) {
    var quotient = [UInt8](repeating: 0, count: digits.count)
    var remainder = Digits([])
    for bit in (0..<8 * digits.count).reversed() {
      remainder = remainder + remainder
      if digits[bit / 8] >> UInt8(bit % 8) & 1 == 1 { remainder = remainder + Digits([1]) }
      if !(remainder < divisor) {
        remainder = remainder - divisor
        quotient[bit / 8] |= 1 << UInt8(bit % 8)
      }
    }
    return (Digits(quotient), remainder)
  }

  private func digit(_ index: Int) -> Int { index < digits.count ? Int(digits[index]) : 0 }
}

/// Values at which carries, borrows and digit estimates go wrong first.
let edgeValues: [UInt256] = {
  var values: [UInt256] = [.zero, .one, .max]
  for shift in [1, 31, 32, 63, 64, 65, 127, 128, 129, 191, 192, 193, 254, 255] {
    let power = UInt256.one << shift
    values += [power, power &- .one, power &+ .one, .max &- power, ~(power &- .one)]
  }
  return values
}()

/// A number with whole words of zeros and ones among random ones, of any length.
func randomUInt256(using random: inout some RandomNumberGenerator) -> UInt256 {
  var words: [UInt64] = []
  for _ in 0..<4 {
    switch Int.random(in: 0..<5, using: &random) {
    case 0: words.append(0)
    case 1: words.append(.max)
    case 2: words.append(random.next() >> UInt64.random(in: 0..<64, using: &random))
    default: words.append(random.next())
    }
  }
  return UInt256(Hash256(words[0], words[1], words[2], words[3]))
}
