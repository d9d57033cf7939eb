extension RawSpan {
  /// The byte at `offset`. Traps outside the span: callers have checked lengths.
  @inlinable
  public func byte(at offset: Int) -> UInt8 {
    unsafe unsafeLoad(fromByteOffset: offset, as: UInt8.self)
  }

  /// The big-endian integer whose first byte stands at `offset`; alignment does not matter. Traps outside the span.
  @inlinable
  public func bigEndian<Integer: FixedWidthInteger & BitwiseCopyable>(
    at offset: Int, as type: Integer.Type = Integer.self
  ) -> Integer {
    unsafe Integer(bigEndian: unsafeLoadUnaligned(fromByteOffset: offset, as: type))
  }

  /// A copy of the bytes. O(n), one allocation.
  @inlinable
  public var bytes: [UInt8] {
    unsafe withUnsafeBytes { unsafe [UInt8]($0) }
  }

  /// Whether both spans hold the same bytes. O(n).
  @inlinable
  public func holdsSameBytes(as other: RawSpan) -> Bool {
    guard byteCount == other.byteCount else { return false }
    var offset = 0
    while offset + 8 <= byteCount {
      guard bigEndian(at: offset, as: UInt64.self) == other.bigEndian(at: offset) else { return false }
      offset += 8
    }
    while offset < byteCount {
      guard byte(at: offset) == other.byte(at: offset) else { return false }
      offset += 1
    }
    return true
  }
}

extension Array where Element == UInt8 {
  /// The array's bytes, lent without copying: every bit of a byte is initialised, so this `bytes` is safe.
  @inlinable
  public var rawSpan: RawSpan {
    @_lifetime(borrow self)
    get {
      unsafe span.bytes
    }
  }

  /// Appends a copy of the span's bytes. O(n).
  @inlinable
  public mutating func append(contentsOf span: RawSpan) {
    unsafe span.withUnsafeBytes { unsafe append(contentsOf: $0) }
  }

  /// Appends the integer's bytes, most significant first.
  @inlinable
  public mutating func append<Integer: FixedWidthInteger & BitwiseCopyable>(bigEndian value: Integer) {
    let swapped = value.bigEndian
    unsafe Swift.withUnsafeBytes(of: swapped) { unsafe append(contentsOf: $0) }
  }
}
