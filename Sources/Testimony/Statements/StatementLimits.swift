import Primitives
package import Rollup

/// How much is kept of what one key says of one height, so that nobody fills a log with it, and no contradiction is lost.
///
/// What is new is a second order: so orders are counted, and never messages that repeat one. Those with an origin that L1
/// has are counted apart from the others, of which anybody with the key can make up as many as they like. Beyond the
/// limits two orders that nothing can excuse are kept all the same, once.
package struct StatementLimits: Hashable, Sendable {
  /// Orders with an origin that L1 has; and as many again with one that it does not have, or that nobody here knows.
  package var orders = 8

  /// Statements of one order: of two with other fields, one at least contradicts the order.
  package var perOrder = 2

  package init() {}

  /// Whether the statement is kept beside those that are.
  ///
  /// - Parameters:
  ///   - kept: what is kept of this key and this height, in the same format.
  ///   - isCanonical: whether L1 is known to have a block.
  /// - Complexity: O(kept²) beyond the limits, O(kept) within.
  package func keeps<E: Error>(
    _ statement: Statement, beside kept: [Statement], isCanonical: (BlockID) throws(E) -> Bool
  ) throws(E) -> Bool {
    guard !kept.contains(where: { $0.digest == statement.digest }) else { return false }
    let same = kept.count { $0.order == statement.order }
    guard same == 0 else { return same < perOrder }
    let isOnL1 = try Self.isOnL1(statement, isCanonical)
    var orders: Set<Hash256> = []
    for other in kept where try Self.isOnL1(other, isCanonical) == isOnL1 { orders.insert(other.order) }
    if orders.count < self.orders { return true }
    guard kept.contains(where: { Self.isInexcusable($0, statement) }) else { return false }
    return !kept.indices.contains { index in
      kept[..<index].contains { Self.isInexcusable($0, kept[index]) }
    }
  }

  private static func isOnL1<E: Error>(
    _ statement: Statement, _ isCanonical: (BlockID) throws(E) -> Bool
  ) throws(E) -> Bool {
    guard let origin = statement.origin else { return false }
    return try isCanonical(origin)
  }

  /// Whether the two prove a double sign to somebody who knows nothing of L1.
  private static func isInexcusable(_ one: Statement, _ other: Statement) -> Bool {
    Contradiction(one, other)?.judge(by: UnknownFacts()).verdict == .proven
  }
}
