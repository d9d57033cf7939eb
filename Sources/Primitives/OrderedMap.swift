/// Applies a function to 0, 1, … and gives the results in that order.
///
/// Pure code cannot make threads. It says what may be done side by side, and is handed one of these by whoever can; the
/// results are the same with every one of them.
package protocol OrderedMap: Sendable {
  func map<Result: Sendable>(_ count: Int, _ body: @Sendable (Int) -> Result) -> [Result]
}

/// One after the other.
package struct SerialMap: OrderedMap {
  package init() {}

  package func map<Result: Sendable>(_ count: Int, _ body: @Sendable (Int) -> Result) -> [Result] {
    (0..<count).map(body)
  }
}
