/// What a record tells. The numbers are part of the format (`Docs/Events.md`) and never change their meaning.
///
/// The high byte is the class: 0x00 facts that L1 fixed, 0x01 what this node observed about L1.
@frozen
public enum EventKind: UInt16, CaseIterable, Sendable {
  case chainConfigured = 0x0001
  case l1BlockAppended = 0x0002
  case sequencerBatchDelivered = 0x0005
  case blockSequenced = 0x0006
  case outputProposed = 0x0008
  case l1Finalized = 0x0101
  case l1Reorged = 0x0102

  /// Whether it tells what this node saw of L1 rather than what L1 says. Observations stand outside the canonical view
  /// and are never revoked.
  @inlinable public var isObservation: Bool { rawValue & 0xff00 == 0x0100 }

  /// The name as `Docs/Events.md` and the tool print it.
  public var name: String {
    switch self {
    case .chainConfigured: "ChainConfigured"
    case .l1BlockAppended: "L1BlockAppended"
    case .sequencerBatchDelivered: "SequencerBatchDelivered"
    case .blockSequenced: "BlockSequenced"
    case .outputProposed: "OutputProposed"
    case .l1Finalized: "L1Finalized"
    case .l1Reorged: "L1Reorged"
    }
  }
}

extension EventKind: CustomStringConvertible {
  public var description: String { name }
}
