package import Primitives
package import Settlement

/// Something that a role wants done on L1, with the rule that asks for it and the facts that make the rule apply.
package struct Intent: Hashable, Sendable {
  /// Why anything is ever done.
  package enum Rule: String, CaseIterable, Sendable {
    // Sequencer.
    case fundSequencerKey, postBatch
    // Proposer.
    case proposeOutput
    // Challenger.
    case disputeOutput, attackClaim, defendClaim, proveStep
    // Whoever has a stake.
    case resolveClaim, finalizeOutput, claimCredit
    // Users, and whoever helps them.
    case forceMessages, deliverData, reportDoubleSign
    // The guardian.
    case changeSettings
  }

  package var rule: Rule

  /// One sentence, for people.
  package var reason: String

  package var call: ContractCall

  /// In wei.
  package var value: UInt256

  package init(_ rule: Rule, _ call: ContractCall, value: UInt256 = .zero, because reason: String) {
    self.rule = rule
    self.reason = reason
    self.call = call
    self.value = value
  }
}
