public import Primitives

extension Keccak256 {
  /// The hash of each message, in order. Messages share permutations, two, four or eight at a time: several times
  /// faster than one by one.
  public static func hashEach(_ messages: [[UInt8]]) -> [Hash256] {
    KeccakBatch.hashes(of: messages, backend: .chosen)
  }

  /// The hash of each of the messages that stand one after the other in `bytes`, in order; `ends` says where each one
  /// ends. Spares an allocation per message. Traps when `ends` descends or leaves `bytes`.
  public static func hashEach(of bytes: [UInt8], ends: [Int]) -> [Hash256] {
    KeccakBatch.hashes(of: Concatenation(bytes: bytes, ends: ends), backend: .chosen)
  }

  /// As `hashEach`, in a certain way. Traps when the processor cannot.
  package static func hashEach(_ messages: [[UInt8]], using backend: KeccakBackend) -> [Hash256] {
    precondition(backend.isAvailable, "this processor has no \(backend)")
    return KeccakBatch(messages, backend: backend).run()
  }
}

extension [[UInt8]]: MessageList {
  func withMessage<Result>(at index: Int, _ body: (RawSpan) -> Result) -> Result {
    let message = self[index]
    return body(message.rawSpan)
  }
}

private struct Concatenation: MessageList {
  let bytes: [UInt8]
  let ends: [Int]

  var count: Int { ends.count }

  func withMessage<Result>(at index: Int, _ body: (RawSpan) -> Result) -> Result {
    body(bytes.rawSpan.extracting((index == 0 ? 0 : ends[index - 1])..<ends[index]))
  }
}
