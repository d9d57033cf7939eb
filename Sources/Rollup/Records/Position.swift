/// A record's place in its log: dense, from 0, assigned when the record is appended.
@frozen
public struct Position: RawRepresentable, Hashable, Sendable, BitwiseCopyable {
  public let rawValue: UInt64

  @inlinable
  public init(rawValue: UInt64) {
    self.rawValue = rawValue
  }

  @inlinable
  public init(_ rawValue: UInt64) {
    self.init(rawValue: rawValue)
  }

  /// Where every log begins.
  @inlinable public static var zero: Position { Position(0) }

  /// The next place. Traps past the last position, which no log reaches.
  @inlinable public var next: Position { Position(rawValue + 1) }
}

extension Position: Comparable {
  @inlinable
  public static func < (left: Position, right: Position) -> Bool {
    left.rawValue < right.rawValue
  }
}

extension Position: CustomStringConvertible {
  public var description: String { String(rawValue) }
}
