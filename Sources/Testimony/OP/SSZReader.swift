import Primitives

/// Reads the fields of fixed size of an SSZ container, one after the other. Whoever reads has checked the length.
struct SSZReader: ~Escapable {
  private let input: RawSpan
  private var position = 0

  @_lifetime(copy input)
  init(_ input: RawSpan) { self.input = input }

  mutating func bytes(_ count: Int) -> [UInt8] {
    defer { position += count }
    return input.extracting(position..<position + count).bytes
  }

  mutating func hash() -> Hash256 {
    defer { position += Hash256.byteCount }
    return Hash256(input.extracting(position..<position + Hash256.byteCount))
  }

  mutating func address() -> Address {
    defer { position += Address.byteCount }
    return Address(input.extracting(position..<position + Address.byteCount))
  }

  mutating func uint64() -> UInt64 {
    defer { position += 8 }
    return input.bigEndian(at: position, as: UInt64.self).byteSwapped
  }

  /// Where a part of variable size begins, from the container's first byte.
  mutating func offset() -> Int {
    defer { position += 4 }
    return Int(input.bigEndian(at: position, as: UInt32.self).byteSwapped)
  }

  mutating func uint256() -> UInt256 { UInt256(bigEndian: [UInt8](bytes(32).reversed())) ?? .zero }
}

extension Array where Element == UInt8 {
  /// Appends the integer's bytes, least significant first.
  mutating func append<Integer: FixedWidthInteger & BitwiseCopyable>(littleEndian value: Integer) {
    append(bigEndian: value.byteSwapped)
  }
}
