extension UInt256: LosslessStringConvertible, CustomDebugStringConvertible {
  /// Reads decimal digits, or hexadecimal ones after `0x`. Nil when there are none, when another character stands
  /// among them, or when the number does not fit.
  public init?(_ text: String) {
    let digits = [UInt8](text.utf8)
    let isHexadecimal = Hex.hasPrefix(digits)
    let start = isHexadecimal ? 2 : 0
    let base = UInt256(isHexadecimal ? 16 : 10)
    guard digits.count > start else { return nil }
    var total = UInt256.zero
    for digit in digits[start...] {
      guard let value = Hex.value(of: digit), UInt256(UInt64(value)) < base else { return nil }
      let (product, isTooLarge) = total.multipliedReportingOverflow(by: base)
      let (sum, overflow) = product.addingReportingOverflow(UInt256(UInt64(value)))
      guard !isTooLarge, !overflow else { return nil }
      total = sum
    }
    self = total
  }

  /// Decimal digits.
  public var description: String {
    let groupSize = 19
    var groups = [String]()
    var rest = self
    repeat {
      let (quotient, remainder) = rest.dividedByWord(10_000_000_000_000_000_000)
      groups.append(String(remainder))
      rest = quotient
    } while !rest.isZero
    var text = groups.removeLast()
    for group in groups.reversed() {
      text += String(repeating: "0", count: groupSize - group.utf8.count) + group
    }
    return text
  }

  /// `0x` and the digits without leading zeros, `0x0` for zero: the form of a JSON-RPC quantity.
  public var hex: String {
    "0x" + (high == 0 ? String(low, radix: 16) : String(high, radix: 16) + paddedLow)
  }

  public var debugDescription: String { hex }

  private var paddedLow: String {
    let digits = String(low, radix: 16)
    return String(repeating: "0", count: 32 - digits.utf8.count) + digits
  }
}
