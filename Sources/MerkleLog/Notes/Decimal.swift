/// Numbers as C2SP's texts write them: ASCII digits, no sign, no leading zero.
enum Decimal {
  /// The number that all of `text` spells; nil for any other text, and for a number beyond 64 bits.
  static func parse(_ text: some Collection<UInt8>) -> UInt64? {
    guard let first = text.first, first != UInt8(ascii: "0") || text.count == 1, text.count <= 20 else { return nil }
    var value: UInt64 = 0
    for character in text {
      guard isDigit(character) else { return nil }
      let (product, overflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, carry) = product.addingReportingOverflow(UInt64(character - UInt8(ascii: "0")))
      guard !overflow, !carry else { return nil }
      value = sum
    }
    return value
  }

  static func isDigit(_ character: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(character)
  }
}
