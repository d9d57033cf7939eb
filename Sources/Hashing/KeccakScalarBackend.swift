import CHashing

/// How one message at a time is hashed with Keccak-256: chosen once, from what the processor offers.
package enum KeccakScalarBackend: String, CaseIterable, Sendable, CustomStringConvertible {
  /// With the x86-64 instructions of BMI1 and BMI2, which Swift's baseline leaves out.
  case bmi
  /// In Swift, for any processor.
  case portable

  /// The fastest that this processor can run.
  package static let chosen = allCases.first { $0.isAvailable } ?? .portable

  package var isAvailable: Bool {
    switch self {
    case .bmi: processorFeatures & UInt32(VARVE_FEATURE_BMI) != 0
    case .portable: true
    }
  }

  package var description: String { rawValue }

  @inline(__always)
  func permute(_ lanes: inout InlineArray<25, UInt64>) {
    switch self {
    case .bmi:
      var words = lanes.mutableSpan
      unsafe words.withUnsafeMutableBufferPointer { unsafe varve_keccak_permute_bmi($0.baseAddress) }
    case .portable: KeccakState.permute(&lanes)
    }
  }

  /// Absorbs the whole blocks of 136 bytes that `bytes` begins with; gives how many bytes that were.
  func absorb(_ bytes: RawSpan, into lanes: inout InlineArray<25, UInt64>) -> Int {
    let blocks = bytes.byteCount / Keccak256.blockLength
    guard self == .bmi, blocks > 0 else { return 0 }
    var words = lanes.mutableSpan
    unsafe bytes.withUnsafeBytes { bytes in
      var message = unsafe bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
      unsafe words.withUnsafeMutableBufferPointer {
        unsafe varve_keccak_absorb_bmi($0.baseAddress, &message, blocks)
      }
    }
    return blocks * Keccak256.blockLength
  }
}
