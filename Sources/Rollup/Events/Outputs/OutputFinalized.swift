package import Primitives

/// An output that nobody can dispute any more, and whose parent is final too.
package struct OutputFinalized: EventPayload {
  package static var kind: EventKind { .outputFinalized }

  package var outputIndex: UInt64

  package var outputRoot: Hash256

  package var l2BlockNumber: UInt64

  package init(outputIndex: UInt64, outputRoot: Hash256, l2BlockNumber: UInt64) {
    self.outputIndex = outputIndex
    self.outputRoot = outputRoot
    self.l2BlockNumber = l2BlockNumber
  }

  package init(fields: inout RLPReader) throws(RLPError) {
    outputIndex = try fields.readUInt64()
    outputRoot = try fields.readHash256()
    l2BlockNumber = try fields.readUInt64()
  }

  package func append(to fields: inout RLPWriter) {
    fields.append(outputIndex)
    fields.append(outputRoot)
    fields.append(l2BlockNumber)
  }
}
