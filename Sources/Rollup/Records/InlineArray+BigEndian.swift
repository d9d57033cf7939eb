public import Primitives

extension InlineArray where Element == UInt8 {
  /// Puts the integer's bytes at `offset`, most significant first. Traps when they do not fit.
  @inlinable
  mutating func store<Integer: FixedWidthInteger & BitwiseCopyable>(_ value: Integer, at offset: Int) {
    precondition(offset >= 0 && offset + MemoryLayout<Integer>.size <= count, "a field lies inside its record")
    var bytes = mutableSpan
    unsafe bytes.withUnsafeMutableBytes { (buffer) in
      unsafe buffer.storeBytes(of: value.bigEndian, toByteOffset: offset, as: Integer.self)
    }
  }

  /// Puts the hash's 32 bytes at `offset`.
  @inlinable
  mutating func store(_ value: Hash256, at offset: Int) {
    store(value.word0, at: offset)
    store(value.word1, at: offset + 8)
    store(value.word2, at: offset + 16)
    store(value.word3, at: offset + 24)
  }
}
