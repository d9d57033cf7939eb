package import Primitives

/// Part of the contract stands still.
package struct Paused: EventPayload {
  package static var kind: EventKind { .paused }

  /// What is paused: 0 is all of it.
  package var pauseId: UInt64

  package init(pauseId: UInt64) {
    self.pauseId = pauseId
  }

  package init(fields: inout RLPReader) throws(RLPError) {
    pauseId = try fields.readUInt64()
  }

  package func append(to fields: inout RLPWriter) {
    fields.append(pauseId)
  }
}
