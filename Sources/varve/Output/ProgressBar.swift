// How far a long job is, on standard error.

/// A bar with rate and time left; appears only on a terminal, and only for jobs longer than a second.
///
/// Give `update` the amount done as often as you like: it draws at most ten times a second. Call `clear` before anything
/// else is printed.
final class ProgressBar {
  private let unit: String
  private let isShown: Bool
  private let start = ContinuousClock.now
  private var drawn = ContinuousClock.now
  private var isDrawn = false

  init(_ unit: String, console: Console) {
    self.unit = unit
    self.isShown = StandardStream.error.isTerminal && !console.isQuiet
  }

  /// Seconds since the bar was made.
  var elapsed: Double { (ContinuousClock.now - start).seconds }

  /// - Parameters:
  ///   - total: nil when the end is not known.
  ///   - stage: of a job that counts something else now, what that is, and for how many seconds it has done so.
  func update(done: UInt64, total: UInt64?, stage: (unit: String, seconds: Double)? = nil) {
    let now = ContinuousClock.now
    guard isShown, now - start > .seconds(1), now - drawn > .milliseconds(100) else { return }
    drawn = now
    isDrawn = true
    let text = Self.text(done: done, total: total, unit: stage?.unit ?? unit, seconds: stage?.seconds ?? elapsed)
    StandardStream.error.write("\r" + text + "\u{1B}[K")
  }

  /// Takes the bar off the screen.
  func clear() {
    guard isDrawn else { return }
    isDrawn = false
    StandardStream.error.write("\r\u{1B}[K")
  }

  /// The bar as text: `[#####     ] 50 %  2,500 of 5,000 blocks  1,250 blocks/s  2.0 s left`.
  static func text(done: UInt64, total: UInt64?, unit: String, seconds: Double) -> String {
    let rate = Quantity.rate(done, unit, seconds: seconds)
    guard let total, total > 0 else { return "\(Quantity.count(done)) \(unit)  \(rate)" }
    let share = min(1, Double(done) / Double(total))
    let filled = Int(share * 30)
    let bar = String(repeating: "#", count: filled) + String(repeating: " ", count: 30 - filled)
    let amount = "\(Quantity.count(done)) of \(Quantity.count(total)) \(unit)"
    let left = done == 0 ? "" : "  \(Quantity.duration(seconds: seconds / share - seconds)) left"
    return "[\(bar)] \(Int(share * 100)) %  \(amount)  \(rate)\(left)"
  }
}

extension Duration {
  /// The whole span as a number of seconds.
  var seconds: Double {
    let (whole, attoseconds) = components
    return Double(whole) + Double(attoseconds) * 1e-18
  }
}
