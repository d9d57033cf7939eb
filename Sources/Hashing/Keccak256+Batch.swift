public import Primitives

extension Keccak256 {
  /// The hash of each message, in order. Messages share permutations, two, four or eight at a time: several times
  /// faster than one by one.
  public static func hashEach(_ messages: [[UInt8]]) -> [Hash256] {
    hashEach(messages, using: .chosen)
  }

  /// The hash of each of the messages that stand one after the other in `bytes`, in order; `ends` says where each one
  /// ends. Spares an allocation per message. Traps when `ends` descends or leaves `bytes`.
  public static func hashEach(of bytes: [UInt8], ends: [Int]) -> [Hash256] {
    hashEach(in: bytes, at: zip([0] + ends.dropLast(), ends).map { $0..<$1 })
  }

  /// As `hashEach`, in a certain way. Traps when the processor cannot.
  package static func hashEach(_ messages: [[UInt8]], using backend: KeccakBackend) -> [Hash256] {
    precondition(backend.isAvailable, "this processor has no \(backend)")
    // Short messages are brought together: copying them takes a small part of what it spares.
    if messages.count > 1, messages.allSatisfy({ $0.count < KeccakGroups.greatestBlockCount * Keccak256.blockLength }) {
      var bytes: [UInt8] = []
      bytes.reserveCapacity(messages.reduce(0) { $0 + $1.count })
      var parts: [Range<Int>] = []
      parts.reserveCapacity(messages.count)
      for message in messages {
        parts.append(bytes.count..<bytes.count + message.count)
        bytes.append(contentsOf: message)
      }
      return hashEach(in: bytes, at: parts, using: backend)
    }
    return KeccakBatch.hashes(of: messages, backend: backend)
  }
}

extension [[UInt8]]: MessageList {
  func withMessage<Result>(at index: Int, _ body: (RawSpan) -> Result) -> Result {
    let message = self[index]
    return body(message.rawSpan)
  }
}
