package import Primitives

/// This node learned that an L1 block cannot be reorganised any more.
package struct L1Finalized: EventPayload {
  package static var kind: EventKind { .l1Finalized }

  package var block: BlockID

  package init(block: BlockID) {
    self.block = block
  }

  package init(fields: inout RLPReader) throws(RLPError) {
    block = try BlockID(&fields)
  }

  package func append(to fields: inout RLPWriter) {
    block.append(to: &fields)
  }
}
