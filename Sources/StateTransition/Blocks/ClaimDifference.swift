import Primitives

/// A field of a header or of a posted output that is not what the rules give.
package struct ClaimDifference: Hashable, Sendable {
  /// The field, by its name in `BlockHeader` or in the event.
  package let field: String

  package let claimed: [UInt8]

  /// What it should be; empty where there is nothing that it could be about.
  package let computed: [UInt8]

  package init(field: String, claimed: [UInt8], computed: [UInt8]) {
    self.field = field
    self.claimed = claimed
    self.computed = computed
  }
}

extension ClaimDifference: CustomStringConvertible {
  package var description: String {
    "\(field): claimed \(Hex.encode(claimed)), computed \(computed.isEmpty ? "nothing" : Hex.encode(computed))"
  }
}
