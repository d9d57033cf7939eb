public import Primitives

extension Keccak256 {
  /// The hash of each of these parts of `bytes`, in order. Spares copies, and an allocation per message. Traps when a part
  /// leaves `bytes`.
  public static func hashEach(in bytes: [UInt8], at parts: [Range<Int>]) -> [Hash256] {
    KeccakBatch.hashes(of: Slices(bytes: bytes, parts: parts), backend: .chosen)
  }
}

private struct Slices: MessageList {
  let bytes: [UInt8]
  let parts: [Range<Int>]

  var count: Int { parts.count }

  func withMessage<Result>(at index: Int, _ body: (RawSpan) -> Result) -> Result {
    body(bytes.rawSpan.extracting(parts[index]))
  }
}
