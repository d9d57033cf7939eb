import Primitives

/// CRC-32C (Castagnoli; RFC 3720, section 12.1), the checksum of stored records: finds damage, not forgery.
public struct CRC32C: Sendable {
  /// The register, inverted as the definition has it.
  private var register: UInt32 = ~0

  private let backend: CRC32CBackend

  /// The checksum of no bytes so far.
  public init() {
    backend = .chosen
  }

  /// As `init()`, computed in a certain way. Traps when the processor cannot.
  package init(using backend: CRC32CBackend) {
    precondition(backend.isAvailable, "this processor has no \(backend)")
    self.backend = backend
  }

  /// Continues over the next bytes.
  public mutating func update(_ bytes: RawSpan) {
    register = backend.update(register, bytes)
  }

  /// The checksum of all bytes so far.
  public var checksum: UInt32 { ~register }

  /// The checksum of `bytes`.
  public static func checksum(_ bytes: RawSpan) -> UInt32 {
    var state = CRC32C()
    state.update(bytes)
    return state.checksum
  }

  /// The checksum of `bytes`.
  public static func checksum(_ bytes: [UInt8]) -> UInt32 {
    checksum(bytes.rawSpan)
  }
}
