/// How a sequencer contradicted itself.
package enum EquivocationKind: UInt64, CaseIterable, Sendable {
  /// One key, one height, two orders.
  case doubleSign = 1
  /// Two neighbouring heights by one key, and the upper one does not extend the lower one.
  case brokenParent = 2
  /// What was signed contradicts the preimage of the order commitment that was signed with it.
  case malformedCommitment = 3
}
