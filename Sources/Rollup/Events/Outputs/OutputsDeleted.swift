package import Primitives

/// An output fell, and with it all that came after.
package struct OutputsDeleted: EventPayload {
  package static var kind: EventKind { .outputsDeleted }

  /// The index that the next output would have had.
  package var prevNextOutputIndex: UInt64

  /// The index that it has now: the first that was deleted.
  package var newNextOutputIndex: UInt64

  package init(prevNextOutputIndex: UInt64, newNextOutputIndex: UInt64) {
    self.prevNextOutputIndex = prevNextOutputIndex
    self.newNextOutputIndex = newNextOutputIndex
  }

  package init(fields: inout RLPReader) throws(RLPError) {
    prevNextOutputIndex = try fields.readUInt64()
    newNextOutputIndex = try fields.readUInt64()
  }

  package func append(to fields: inout RLPWriter) {
    fields.append(prevNextOutputIndex)
    fields.append(newNextOutputIndex)
  }
}
