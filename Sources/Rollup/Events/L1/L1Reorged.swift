package import Primitives

/// L1 left one branch for another. The records from `revokedFrom` to `revokedTo` stay and count no longer; what the new
/// branch says follows.
package struct L1Reorged: EventPayload {
  package static var kind: EventKind { .l1Reorged }

  package var oldTip, newTip, commonAncestor: BlockID

  /// First and last revoked position, both revoked. Observations between them are not.
  package var revokedFrom, revokedTo: Position

  package init(
    oldTip: BlockID, newTip: BlockID, commonAncestor: BlockID, revokedFrom: Position, revokedTo: Position
  ) {
    self.oldTip = oldTip
    self.newTip = newTip
    self.commonAncestor = commonAncestor
    self.revokedFrom = revokedFrom
    self.revokedTo = revokedTo
  }

  package init(fields: inout RLPReader) throws(RLPError) {
    oldTip = try BlockID(&fields)
    newTip = try BlockID(&fields)
    commonAncestor = try BlockID(&fields)
    revokedFrom = Position(try fields.readUInt64())
    let offset = fields.offset
    revokedTo = Position(try fields.readUInt64())
    guard revokedFrom <= revokedTo else {
      throw RLPError(offset: offset, reason: .invalidValue("revokedTo is not before revokedFrom"))
    }
  }

  package func append(to fields: inout RLPWriter) {
    oldTip.append(to: &fields)
    newTip.append(to: &fields)
    commonAncestor.append(to: &fields)
    fields.append(revokedFrom.rawValue)
    fields.append(revokedTo.rawValue)
  }
}
