public import Primitives

extension Keccak256 {
  /// The hash of each message, in order. Several messages share each permutation where the processor can.
  public static func hashEach(_ messages: [[UInt8]]) -> [Hash256] {
    messages.map { hash($0) }
  }

  /// The hash of each message, in order, of messages that stand one after the other in `bytes`; `ends` says where each
  /// one ends. Spares an allocation per message. Traps when `ends` descends or leaves `bytes`.
  public static func hashEach(of bytes: [UInt8], ends: [Int]) -> [Hash256] {
    var start = 0
    return ends.map { end in
      defer { start = end }
      return hash(bytes.rawSpan.extracting(start..<end))
    }
  }
}
