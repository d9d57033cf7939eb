package import Primitives

/// The data of a batch that came without it. The batch's blocks follow, one `BlockSequenced` each.
package struct BatchDataDelivered: EventPayload {
  package static var kind: EventKind { .batchDataDelivered }

  package var batchIndex: UInt64

  /// The batch's own: the contract has compared.
  package var dataHash: Hash256

  package var dataLocation: SequencerBatchDelivered.DataLocation

  /// Who brought it; anybody may.
  package var poster: Address

  package init(
    batchIndex: UInt64, dataHash: Hash256, dataLocation: SequencerBatchDelivered.DataLocation, poster: Address
  ) {
    self.batchIndex = batchIndex
    self.dataHash = dataHash
    self.dataLocation = dataLocation
    self.poster = poster
  }

  package init(fields: inout RLPReader) throws(RLPError) {
    batchIndex = try fields.readUInt64()
    dataHash = try fields.readHash256()
    dataLocation = try fields.readChoice("dataLocation is a number from 0 to 3")
    poster = try fields.readAddress()
  }

  package func append(to fields: inout RLPWriter) {
    fields.append(batchIndex)
    fields.append(dataHash)
    fields.append(dataLocation.rawValue)
    fields.append(poster)
  }
}
