/// What to make of an output. Only `disagrees` is a reason to stake anything.
package enum OutputJudgement: String, CaseIterable, Sendable {
  case agrees, disagrees
  /// The ledger has not come as far as the output's l1Head.
  case insufficientData
  /// The output's l1Head is no canonical L1 block of this ledger.
  case notDerivableAtL1Head

  /// Whether the output claims what is not so, for one reason or the other.
  package var isWrong: Bool { self == .disagrees || self == .notDerivableAtL1Head }
}
