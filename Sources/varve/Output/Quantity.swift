// Numbers as people read them. No locale: the same text everywhere.

enum Quantity {
  /// `1234567` as `1,234,567`.
  static func count(_ value: some BinaryInteger) -> String {
    var digits = Array(String(value.magnitude))
    var index = digits.count - 3
    while index > 0 {
      digits.insert(",", at: index)
      index -= 3
    }
    return (value < 0 ? "-" : "") + String(digits)
  }

  /// Bytes in binary units, three figures: `1.46 MiB`.
  static func bytes(_ value: UInt64) -> String {
    let units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"]
    var amount = Double(value)
    var unit = 0
    while amount >= 1000, unit < units.count - 1 {
      amount /= 1024
      unit += 1
    }
    return unit == 0 ? "\(value) B" : "\(fixed(amount, amount < 10 ? 2 : amount < 100 ? 1 : 0)) \(units[unit])"
  }

  /// A time span: `850 ms`, `12.3 s`, `4 m 05 s`, `2 h 10 m`.
  static func duration(seconds: Double) -> String {
    if seconds < 1 { return "\(Int((seconds * 1000).rounded())) ms" }
    if seconds < 60 { return "\(fixed(seconds, 1)) s" }
    let whole = Int(min(seconds, 1e9).rounded())
    if whole < 3600 { return "\(whole / 60) m \(twoDigits(whole % 60)) s" }
    return "\(whole / 3600) h \(twoDigits(whole / 60 % 60)) m"
  }

  /// So many of `unit` in a second: `12,300 blocks/s`.
  static func rate(_ value: UInt64, _ unit: String, seconds: Double) -> String {
    guard seconds > 0 else { return "- \(unit)/s" }
    let perSecond = Double(value) / seconds
    return perSecond < 10 ? "\(fixed(perSecond, 1)) \(unit)/s" : "\(count(UInt64(perSecond.rounded()))) \(unit)/s"
  }

  /// `value` with exactly `digits` digits after the point.
  static func fixed(_ value: Double, _ digits: Int) -> String {
    var scale = 1.0
    for _ in 0..<digits { scale *= 10 }
    let scaled = Int64((value.magnitude * scale).rounded())
    let whole = scaled / Int64(scale)
    guard digits > 0 else { return (value < 0 ? "-" : "") + String(whole) }
    let rest = String(scaled % Int64(scale))
    return (value < 0 ? "-" : "") + "\(whole)." + String(repeating: "0", count: digits - rest.count) + rest
  }

  private static func twoDigits(_ value: Int) -> String {
    value < 10 ? "0\(value)" : "\(value)"
  }
}
