import Foundation

/// The L1 time from which deadlines are counted: that of the newest L1 block that an answer takes into account, which is
/// as old as this store is behind L1.
struct L1Clock {
  /// Of the block, in seconds.
  let time: UInt64

  /// What has passed since by this machine's clock, in seconds; nil where the answer is about an earlier block.
  let age: UInt64?

  /// In seconds: with an older block nobody follows L1 into the store, or L1 stands still.
  static let greatestAge: UInt64 = 600

  init(time: UInt64, age: UInt64?) { (self.time, self.age) = (time, age) }

  /// - Parameter isNow: whether the block is the newest one.
  init(time: UInt64, isNow: Bool) {
    let now = UInt64(max(0, Date().timeIntervalSince1970))
    self.init(time: time, age: isNow ? now - min(time, now) : nil)
  }

  func render(on page: inout Page) {
    guard let age else { return page.line("L1 time \(time)", .dim) }
    let old = "L1 time \(time), \(Quantity.duration(seconds: Double(age))) ago"
    guard age > Self.greatestAge else { return page.line(old, .dim) }
    page.line(
      "\(old): what is left is counted from there, and LESS IS LEFT if L1 has newer blocks; nobody follows them into "
        + "this store", .bad)
  }
}
