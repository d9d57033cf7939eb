import Primitives
package import Rollup

/// What a sequencer may sign: one order for a height, unless L1 itself took the earlier one away, and never two that a
/// later turn of L1 could hold against it.
///
/// Whoever signs asks first, stores the answer durably, and only then signs: so a crash in between can lose a signature,
/// and never make a second one.
package struct SigningGuard: Sendable {
  /// A block that was permitted, and why it was.
  package struct Permission: Hashable, Sendable {
    package var block: RollupBlock
    package var reason: Reason

    /// The newest L1 block whose forced inclusion the block builds on; 0 when there was none.
    package var forcedThrough: UInt64

    package init(block: RollupBlock, reason: Reason, forcedThrough: UInt64) {
      self.block = block
      self.reason = reason
      self.forcedThrough = forcedThrough
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

  /// Every permission for each height, oldest first.
  package private(set) var permissions: [UInt64: [Permission]] = [:]

  /// - Parameter stored: everything that was ever permitted, in order.
  package init(_ stored: [Permission] = []) {
    for permission in stored { note(permission) }
  }

  /// Why the block may be signed now; nil when signing it could be held against what was signed before.
  ///
  /// Every earlier order of the height counts, not only the last: L1 may return to a branch that it left. While messages
  /// that were forced in wait for an earlier batch's data, nothing is signed with an origin at or past them: whatever
  /// becomes of the data, they take a height.
  ///
  /// - Complexity: O(orders of the height + forced blocks).
  package func permission(for block: RollupBlock, _ view: RollupView) -> Permission? {
    let earlier = permissions[block.number] ?? []
    if let same = earlier.last(where: { $0.block == block }) {
      return Permission(block: block, reason: .same, forcedThrough: same.forcedThrough)
    }
    guard view.isCanonical(block.l1Origin) else { return nil }
    if let waiting = view.waitingForcedInclusion, waiting <= block.l1Origin.number { return nil }
    let forced = view.forcedBlocks.last { $0.number < block.number }
    // What was signed for the forced block's height would stand under this one as well, should L1 take the messages back,
    // unless that takes this one's origin, too.
    if let forced, block.l1Origin.number < forced.l1Block { return nil }
    var reason = Reason.first
    for permission in earlier {
      guard let excuse = excuse(for: block, despite: permission, view) else { return nil }
      reason = excuse
    }
    return Permission(block: block, reason: reason, forcedThrough: forced?.l1Block ?? 0)
  }

  /// Why the two orders can both have been signed honestly, whichever branch L1 ends on.
  private func excuse(for block: RollupBlock, despite earlier: Permission, _ view: RollupView) -> Reason? {
    let (old, new) = (earlier.block.l1Origin.number, block.l1Origin.number)
    guard view.isCanonical(earlier.block.l1Origin) else {
      // Back on the earlier branch, the new origin must be foreign there; or the earlier order must stand behind messages
      // that were forced in after the new origin, which excuse both.
      return new >= old || new < earlier.forcedThrough ? .originOrphaned : nil
    }
    // An origin at or past the forced inclusion's own L1 block goes when L1 takes that back.
    let isForced = view.forcedBlocks.contains { $0.number <= block.number && old < $0.l1Block && $0.l1Block <= new }
    return isForced ? .supersededByRule : nil
  }

  /// The blocks that were permitted and extend `head` one after the other, as long as L1 has their origins: what a
  /// sequencer still stands by.
  package func chain(after head: OrderHead, _ view: RollupView) -> [RollupBlock] {
    var chain: [RollupBlock] = []
    var head = head
    while let next = permissions[head.number + 1]?.last(where: {
      $0.block.parentOrder == head.order && view.isCanonical($0.block.l1Origin)
    }) {
      chain.append(next.block)
      head = OrderHead(next.block)
    }
    return chain
  }

  /// The newest block that was permitted at each height, by height.
  var newest: [RollupBlock] { permissions.keys.sorted().compactMap { permissions[$0]?.last?.block } }

  package mutating func note(_ permission: Permission) {
    permissions[permission.block.number, default: []].append(permission)
  }
}
