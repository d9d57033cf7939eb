import Primitives
package import Rollup

/// How much is kept of what one key says of one height, so that nobody fills a log with it, and what contradicts itself is
/// not crowded out.
///
/// What is new is a second order: so orders are counted, and never messages that repeat one. Those with an origin that L1
/// has are counted apart from those with one that it does not have, and from those of which that is not known yet: anybody
/// with the key can make up as many of the latter as they like. What is the order's own commitment is kept whatever else was
/// signed of the order. Beyond the limits two orders that nothing can excuse are kept all the same, once.
package struct StatementLimits: Hashable, Sendable {
  /// Orders with an origin that L1 has; as many again with one that it does not have, and with one that is not known.
  package var orders = 8

  /// Statements of one order, of each of these: of two with other fields, one at least contradicts the order.
  package var perOrder = 2

  /// Statements of a height in all, beyond which none is kept any more whose origin L1 does not have, and of the others no
  /// more than the places above: what an origin counts as changes with L1, so that these come free again and again. As many
  /// as there can be of one L1, the orders' own among them.
  package var total = 72

  package init() {}

  /// Whether the statement is kept beside those that are.
  ///
  /// - Parameters:
  ///   - kept: what is kept of this key and this height, in the same format.
  ///   - isOwn: whether the block came along, and its fields are the ones that were signed. An order has one such statement.
  ///   - isCanonical: whether L1 has a block; nil when that is not known.
  /// - Complexity: O(kept).
  package func keeps<E: Error>(
    _ statement: Statement, isOwn: Bool = false, beside kept: [Statement],
    isCanonical: (BlockID) throws(E) -> Bool?
  ) throws(E) -> Bool {
    guard !kept.contains(where: { $0.digest == statement.digest }) else { return false }
    let group = try Self.group(of: statement, isCanonical)
    var (orders, same, inGroup, isNew): (Set<Hash256>, Int, Int, Bool) = ([], 0, 0, true)
    for other in kept {
      if other.order == statement.order { isNew = false }
      guard try Self.group(of: other, isCanonical) == group else { continue }
      inGroup += 1
      orders.insert(other.order)
      if other.order == statement.order { same += 1 }
    }
    if kept.count < total || group == true && inGroup < self.orders * (perOrder + 1) {
      if same > 0 ? same < perOrder : orders.count < self.orders { return true }
      if isOwn, !isNew { return true }
    }
    return Self.isFirstInexcusable(statement, beside: kept)
  }

  /// Whether the statement and a kept one are orders that nothing can excuse, and no two of the kept ones are.
  /// O(kept).
  package static func isFirstInexcusable(_ statement: Statement, beside kept: [Statement]) -> Bool {
    guard let ground = statement.ground else { return false }
    return kept.contains { $0.ground == ground && $0.order != statement.order } && !hasInexcusable(kept)
  }

  /// Whether two of the statements are orders that nothing can excuse. O(statements).
  package static func hasInexcusable(_ statements: [Statement]) -> Bool {
    var orders: [Statement.Ground: Hash256] = [:]
    for statement in statements {
      guard let ground = statement.ground else { continue }
      if let other = orders.updateValue(statement.order, forKey: ground), other != statement.order { return true }
    }
    return false
  }

  private static func group<E: Error>(
    of statement: Statement, _ isCanonical: (BlockID) throws(E) -> Bool?
  ) throws(E) -> Bool? {
    guard let origin = statement.origin else { return nil }
    return try isCanonical(origin)
  }
}
