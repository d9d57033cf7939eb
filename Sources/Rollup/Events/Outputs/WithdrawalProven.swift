package import Primitives

/// A withdrawal was shown to be in a finalized output.
package struct WithdrawalProven: EventPayload {
  package static var kind: EventKind { .withdrawalProven }

  package var withdrawalHash: Hash256

  package var outputIndex: UInt64

  package var submitter: Address

  package init(withdrawalHash: Hash256, outputIndex: UInt64, submitter: Address) {
    self.withdrawalHash = withdrawalHash
    self.outputIndex = outputIndex
    self.submitter = submitter
  }

  package init(fields: inout RLPReader) throws(RLPError) {
    withdrawalHash = try fields.readHash256()
    outputIndex = try fields.readUInt64()
    submitter = try fields.readAddress()
  }

  package func append(to fields: inout RLPWriter) {
    fields.append(withdrawalHash)
    fields.append(outputIndex)
    fields.append(submitter)
  }
}
