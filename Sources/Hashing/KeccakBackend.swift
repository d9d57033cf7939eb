import CHashing

/// How batches of messages are hashed with Keccak-256: chosen once, from what the processor offers.
package enum KeccakBackend: String, CaseIterable, Sendable, CustomStringConvertible {
  /// Eight messages at a time in AVX-512 registers.
  case avx512
  /// Four messages at a time in AVX2 registers.
  case avx2
  /// Two messages at a time in the vectors that any processor of the architecture has.
  case portable

  /// The fastest that this processor can run.
  package static let chosen = allCases.first { $0.isAvailable } ?? .portable

  package var isAvailable: Bool {
    switch self {
    case .avx512: processorFeatures & UInt32(VARVE_FEATURE_AVX512) != 0
    case .avx2: processorFeatures & UInt32(VARVE_FEATURE_AVX2) != 0
    case .portable: true
    }
  }

  /// How many messages share a permutation.
  package var width: Int {
    switch self {
    case .avx512: 8
    case .avx2: 4
    case .portable: 2
    }
  }

  package var description: String { "\(rawValue), \(width) at once" }

  /// Permutes `width` states: word i of state j at `lanes[width * i + j]`.
  func permute(_ lanes: inout [UInt64]) {
    precondition(lanes.count == 25 * width, "a state has 25 words")
    unsafe lanes.withUnsafeMutableBufferPointer { buffer in
      switch self {
      case .avx512: unsafe varve_keccak_permute_avx512(buffer.baseAddress)
      case .avx2: unsafe varve_keccak_permute_avx2(buffer.baseAddress)
      case .portable: unsafe varve_keccak_permute_portable(buffer.baseAddress)
      }
    }
  }

  /// Absorbs `blocks` whole blocks of 136 bytes into each of `width` states, from where `messages` point.
  func absorb(_ blocks: Int, from messages: [UnsafePointer<UInt8>?], into lanes: inout [UInt64]) {
    unsafe precondition(lanes.count == 25 * width && messages.count == width, "one message for each state")
    unsafe lanes.withUnsafeMutableBufferPointer { buffer in
      unsafe messages.withUnsafeBufferPointer { messages in
        switch self {
        case .avx512: unsafe varve_keccak_absorb_avx512(buffer.baseAddress, messages.baseAddress, blocks)
        case .avx2: unsafe varve_keccak_absorb_avx2(buffer.baseAddress, messages.baseAddress, blocks)
        case .portable: unsafe varve_keccak_absorb_portable(buffer.baseAddress, messages.baseAddress, blocks)
        }
      }
    }
  }

  /// Hashes the first `width` of these messages, each of which has `blocks` blocks with its padding: four words of each
  /// hash, as the processor has them, one hash after the other. Meanwhile the others are brought near. The caller knows
  /// that each pointer has as many bytes as `lengths` says.
  @unsafe
  func hash(
    _ blocks: Int, _ messages: UnsafeBufferPointer<UnsafePointer<UInt8>?>, _ lengths: UnsafeBufferPointer<Int>,
    into hashes: inout [UInt64]
  ) {
    precondition(messages.count >= width && lengths.count == messages.count && hashes.count == 4 * width)
    unsafe precondition(
      lengths.prefix(width).allSatisfy { $0 / Keccak256.blockLength == blocks - 1 },
      "messages of equally many blocks")
    let ahead = messages.count - width
    let (messages, lengths) = (messages.baseAddress, lengths.baseAddress)
    unsafe hashes.withUnsafeMutableBufferPointer { hashes in
      switch self {
      case .avx512: unsafe varve_keccak_hash_avx512(messages, lengths, blocks, ahead, hashes.baseAddress)
      case .avx2: unsafe varve_keccak_hash_avx2(messages, lengths, blocks, ahead, hashes.baseAddress)
      case .portable: unsafe varve_keccak_hash_portable(messages, lengths, blocks, ahead, hashes.baseAddress)
      }
    }
  }
}
