/// How a record's payload is stored. No part of what was recorded: the leaf leaves it out.
@frozen
public struct RecordFlags: OptionSet, Hashable, Sendable, BitwiseCopyable {
  public let rawValue: UInt8

  @inlinable
  public init(rawValue: UInt8) {
    self.rawValue = rawValue
  }

  /// Part of the payload lies in chunks outside the record's own value.
  @inlinable public static var chunked: RecordFlags { RecordFlags(rawValue: 1) }

  /// Every flag that this version knows.
  @inlinable public static var known: RecordFlags { .chunked }
}
