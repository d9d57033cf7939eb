import CHashing

/// How CRC-32C is computed: chosen once, from what the processor offers.
package enum CRC32CBackend: String, CaseIterable, Sendable, CustomStringConvertible {
  /// Products of polynomials in vectors of 512 bits.
  case folding
  /// The processor's own instruction.
  case instruction
  /// Tables, eight bytes a step.
  case table

  /// The fastest that this processor can run.
  package static let chosen = allCases.first { $0.isAvailable } ?? .table

  package var isAvailable: Bool {
    switch self {
    case .folding: processorFeatures & UInt32(VARVE_FEATURE_CRC32C_FOLDING) != 0
    case .instruction: processorFeatures & UInt32(VARVE_FEATURE_CRC32C) != 0
    case .table: true
    }
  }

  package var description: String { rawValue }

  /// The register after `bytes`.
  func update(_ register: UInt32, _ bytes: RawSpan) -> UInt32 {
    switch self {
    case .folding:
      unsafe bytes.withUnsafeBytes { unsafe varve_crc32c_folding(register, $0.baseAddress, $0.count) }
    case .instruction:
      unsafe bytes.withUnsafeBytes { unsafe varve_crc32c(register, $0.baseAddress, $0.count) }
    case .table: CRC32CTable.update(register, bytes)
    }
  }
}
