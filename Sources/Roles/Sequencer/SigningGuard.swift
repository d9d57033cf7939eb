import Primitives
package import Rollup

/// What a sequencer may sign: one order for a height, unless L1 itself took the earlier one away.
///
/// Whoever signs asks first, stores the answer durably, and only then signs: so a crash in between can lose a signature,
/// and never make a second one.
package struct SigningGuard: Sendable {
  /// A block that was permitted, and why it was.
  package struct Permission: Hashable, Sendable {
    package var block: RollupBlock
    package var reason: Reason

    package init(block: RollupBlock, reason: Reason) {
      self.block = block
      self.reason = reason
    }
  }

  package enum Reason: String, CaseIterable, Sendable {
    /// Nothing was signed at this height before.
    case first
    /// This very order was.
    case same
    /// The earlier order's L1 origin is canonical no longer.
    case originOrphaned
    /// Messages were forced in, and took the height or one before it.
    case supersededByRule
  }

  /// The newest permission for each height.
  package private(set) var permissions: [UInt64: Permission] = [:]

  /// - Parameter stored: everything that was ever permitted, in order.
  package init(_ stored: [Permission] = []) {
    for permission in stored { permissions[permission.block.number] = permission }
  }

  /// Why the block may be signed now; nil when signing it would contradict what was signed before.
  package func permission(for block: RollupBlock, _ view: RollupView) -> Permission? {
    guard let earlier = permissions[block.number]?.block else { return Permission(block: block, reason: .first) }
    if earlier == block { return Permission(block: block, reason: .same) }
    if !view.isCanonical(earlier.l1Origin) { return Permission(block: block, reason: .originOrphaned) }
    let isForced = view.blocks.contains {
      $0.derived.isForced && $0.derived.block.number <= block.number
        && $0.derived.block.l1Origin.number >= earlier.l1Origin.number
        && $0.derived.block.l1Origin.number <= block.l1Origin.number
    }
    return isForced ? Permission(block: block, reason: .supersededByRule) : nil
  }

  package mutating func note(_ permission: Permission) { permissions[permission.block.number] = permission }
}
