import Primitives

/// Snappy's block format, as the OP Stack's gossip compresses with: no frames, no checksum
/// (google/snappy, `format_description.txt`).
package enum Snappy {
  /// What the bytes were compressed from. O(result).
  ///
  /// - Parameter limit: a longer result is refused before anything is allocated.
  package static func decompress(_ input: RawSpan, limit: Int) throws(SnappyError) -> [UInt8] {
    var reader = ByteReader(input)
    let length = try reader.length()
    guard length <= limit else { throw .tooLong(length, limit: limit) }
    // A compressed byte makes 64 at most, so that a short input cannot claim much memory.
    guard length <= input.byteCount * 64 else { throw .wrongLength(stated: length) }
    var output: [UInt8] = []
    output.reserveCapacity(length)
    while let element = try reader.next() {
      switch element {
      case .literal(let count):
        output.append(contentsOf: try reader.take(count))
      case .copy(let offset, let count):
        guard offset > 0, offset <= output.count else { throw .badOffset(offset, at: output.count) }
        // A copy may reach into what it writes itself.
        for _ in 0..<count { output.append(output[output.count - offset]) }
      }
      guard output.count <= length else { throw .wrongLength(stated: length) }
    }
    guard output.count == length else { throw .wrongLength(stated: length) }
    return output
  }

  /// The bytes as one literal: a valid form, which compresses nothing.
  package static func literal(_ bytes: [UInt8]) -> [UInt8] {
    var output: [UInt8] = []
    var rest = UInt64(bytes.count)
    while rest >= 0x80 {
      output.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    output.append(UInt8(rest))
    guard !bytes.isEmpty else { return output }
    // Tag 63: the literal's length less one follows in four bytes.
    output.append(63 << 2)
    for shift in stride(from: 0, to: 32, by: 8) { output.append(UInt8(truncatingIfNeeded: (bytes.count - 1) >> shift)) }
    return output + bytes
  }

  private enum Element {
    case literal(Int)
    case copy(offset: Int, count: Int)
  }

  private struct ByteReader: ~Escapable {
    let input: RawSpan
    var position = 0

    @_lifetime(copy input)
    init(_ input: RawSpan) { self.input = input }

    /// A number of `count` bytes, the least significant first.
    mutating func number(_ count: Int) throws(SnappyError) -> Int {
      guard input.byteCount - position >= count else { throw .truncated }
      var value = 0
      for index in 0..<count { value |= Int(input.byte(at: position + index)) << (8 * index) }
      position += count
      return value
    }

    /// The length in front: seven bits a byte, at most 32 in all.
    mutating func length() throws(SnappyError) -> Int {
      var value = 0
      for shift in stride(from: 0, to: 35, by: 7) {
        let byte = try number(1)
        value |= (byte & 0x7f) << shift
        if byte < 0x80 {
          guard value <= Int(UInt32.max) else { throw .badLength }
          return value
        }
      }
      throw .badLength
    }

    mutating func next() throws(SnappyError) -> Element? {
      guard position < input.byteCount else { return nil }
      let tag = try number(1)
      let high = tag >> 2
      switch tag & 3 {
      case 0: return .literal(high < 60 ? high + 1 : try number(high - 59) + 1)
      case 1: return .copy(offset: (tag >> 5) << 8 | (try number(1)), count: (high & 7) + 4)
      case 2: return .copy(offset: try number(2), count: high + 1)
      default: return .copy(offset: try number(4), count: high + 1)
      }
    }

    @_lifetime(copy self)
    mutating func take(_ count: Int) throws(SnappyError) -> RawSpan {
      guard input.byteCount - position >= count else { throw .truncated }
      defer { position += count }
      return input.extracting(position..<position + count)
    }
  }
}

/// Why bytes are nothing that Snappy compressed.
package enum SnappyError: Error, Equatable, Sendable {
  case truncated
  /// The length in front has more than 32 bits.
  case badLength
  case tooLong(Int, limit: Int)
  /// What comes out has another length than the one in front.
  case wrongLength(stated: Int)
  /// A copy of what is not there.
  case badOffset(Int, at: Int)
}

extension SnappyError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .truncated: "it ends in the middle of an element"
    case .badLength: "the length in front has more than 32 bits"
    case .tooLong(let length, let limit): "it would become \(length) bytes, of which \(limit) are allowed"
    case .wrongLength(let stated): "it does not become the \(stated) bytes that it says"
    case .badOffset(let offset, let place): "at byte \(place) it copies from \(offset) bytes before"
    }
  }
}
