import CHashing
import Primitives

/// CRC-32C (Castagnoli; RFC 3720, section 12.1), the checksum of stored records: finds damage, not forgery.
public struct CRC32C: Sendable {
  /// The register, inverted as the definition has it.
  var register: UInt32 = ~0

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

  /// The checksum of `bytes`, while as many bytes that lie `distance` behind them are brought near, for a caller that
  /// will come to those. They need not be mapped.
  ///
  /// Measured on records of 268 bytes in pages of 4 KiB, read in order from memory: 3.7 times the rate, with one page
  /// for the distance. The processor's own guess ends with the page.
  public static func checksum(_ bytes: RawSpan, fetchingAhead distance: Int) -> UInt32 {
    unsafe bytes.withUnsafeBytes { unsafe varve_prefetch($0.baseAddress, $0.count, distance) }
    return checksum(bytes)
  }

  /// The checksum of `bytes`.
  public static func checksum(_ bytes: [UInt8]) -> UInt32 {
    checksum(bytes.rawSpan)
  }
}
