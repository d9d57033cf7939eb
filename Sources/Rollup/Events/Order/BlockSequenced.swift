package import Primitives

/// One block of the batch before it, with its data.
package struct BlockSequenced: EventPayload {
  package static var kind: EventKind { .blockSequenced }

  package var batchIndex: UInt64

  /// 0 for the batch's first block.
  package var indexInBatch: UInt64

  package var block: SequencedBlock

  package init(batchIndex: UInt64, indexInBatch: UInt64, block: SequencedBlock) {
    self.batchIndex = batchIndex
    self.indexInBatch = indexInBatch
    self.block = block
  }

  package init(fields: inout RLPReader) throws(RLPError) {
    batchIndex = try fields.readUInt64()
    indexInBatch = try fields.readUInt64()
    block = try SequencedBlock(&fields)
  }

  package func append(to fields: inout RLPWriter) {
    fields.append(batchIndex)
    fields.append(indexInBatch)
    block.append(to: &fields)
  }
}
