import Primitives

/// One fact of the ledger, decoded. `Docs/Events.md` has every field of every kind.
package enum Event: Equatable, Sendable {
  case chainConfigured(ChainConfigured)
  case l1BlockAppended(L1BlockAppended)
  case sequencerBatchDelivered(SequencerBatchDelivered)
  case blockSequenced(BlockSequenced)
  case outputProposed(OutputProposed)
  case l1Finalized(L1Finalized)
  case l1Reorged(L1Reorged)

  package var kind: EventKind {
    switch self {
    case .chainConfigured: .chainConfigured
    case .l1BlockAppended: .l1BlockAppended
    case .sequencerBatchDelivered: .sequencerBatchDelivered
    case .blockSequenced: .blockSequenced
    case .outputProposed: .outputProposed
    case .l1Finalized: .l1Finalized
    case .l1Reorged: .l1Reorged
    }
  }

  /// The canonical payload. O(size of the event).
  package func encode() -> [UInt8] {
    switch self {
    case .chainConfigured(let event): event.encodePayload()
    case .l1BlockAppended(let event): event.encodePayload()
    case .sequencerBatchDelivered(let event): event.encodePayload()
    case .blockSequenced(let event): event.encodePayload()
    case .outputProposed(let event): event.encodePayload()
    case .l1Finalized(let event): event.encodePayload()
    case .l1Reorged(let event): event.encodePayload()
    }
  }
}

extension Event {
  /// Decodes a record's payload. Only the canonical encoding is accepted: encoding the event gives `payload` again.
  package init(kind: EventKind, payload: RawSpan) throws(EventError) {
    self =
      switch kind {
      case .chainConfigured: .chainConfigured(try ChainConfigured(payload: payload))
      case .l1BlockAppended: .l1BlockAppended(try L1BlockAppended(payload: payload))
      case .sequencerBatchDelivered: .sequencerBatchDelivered(try SequencerBatchDelivered(payload: payload))
      case .blockSequenced: .blockSequenced(try BlockSequenced(payload: payload))
      case .outputProposed: .outputProposed(try OutputProposed(payload: payload))
      case .l1Finalized: .l1Finalized(try L1Finalized(payload: payload))
      case .l1Reorged: .l1Reorged(try L1Reorged(payload: payload))
      }
  }

  /// Decodes a payload of any kind. A kind that this program does not know is an error, never skipped.
  package init(rawKind: UInt16, payload: RawSpan) throws(EventError) {
    guard let kind = EventKind(rawValue: rawKind) else { throw .unknownKind(rawKind) }
    try self.init(kind: kind, payload: payload)
  }
}

extension Event {
  /// Decodes a record's payload; see `init(kind:payload:)`.
  package init(kind: EventKind, payload: [UInt8]) throws(EventError) {
    try self.init(kind: kind, payload: payload.rawSpan)
  }
}
