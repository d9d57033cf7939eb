package import Primitives

/// An output fell, and with it all that extends it: one of these for each run of neighbouring indexes. What came after it
/// and does not extend it stays, and no index is given twice.
package struct OutputsDeleted: EventPayload {
  package static var kind: EventKind { .outputsDeleted }

  /// The index after the last that is deleted.
  package var prevNextOutputIndex: UInt64

  /// The first that is deleted.
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
