public import Primitives

extension Keccak256 {
  /// The hash of each of these parts of `bytes`, in order. Spares copies, and an allocation per message. Traps when a part
  /// leaves `bytes`.
  public static func hashEach(in bytes: [UInt8], at parts: [Range<Int>]) -> [Hash256] {
    hashEach(in: bytes, at: parts, using: .chosen)
  }

  /// As `hashEach`, in a certain way. Traps when the processor cannot.
  package static func hashEach(in bytes: [UInt8], at parts: [Range<Int>], using backend: KeccakBackend) -> [Hash256] {
    precondition(backend.isAvailable, "this processor has no \(backend)")
    if parts.count > 1, let hashes = KeccakGroups(of: bytes, at: parts, backend: backend).hashes() { return hashes }
    return KeccakBatch.hashes(of: Slices(bytes: bytes, parts: parts), backend: backend)
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
