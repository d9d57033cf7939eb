import Hashing
package import Primitives

/// Code made ready to run: padded, and with its jump destinations known. O(n) in time and memory.
@safe
package final class Code {
  /// Bytes in front of the code that a PUSH may read, and ignores.
  private static let margin = 8

  private let storage: UnsafeMutableRawPointer

  package let bytes: UnsafePointer<UInt8>
  package let count: Int
  package let jumpDestinations: UnsafePointer<UInt8>

  /// Where the code is that runs in place of this one, when this is a delegation (EIP-7702).
  package let delegate: Address?

  /// - Parameter isRun: false for bytes that are only read, which need no jump destinations.
  package init(copying source: UnsafeRawBufferPointer, isRun: Bool = true) {
    count = source.count
    let mapOffset = Code.margin + source.count + Frame.codePadding
    let size = mapOffset + source.count / 8 + 1
    unsafe storage = .allocate(byteCount: size, alignment: 16)
    unsafe storage.initializeMemory(as: UInt8.self, repeating: 0, count: size)
    let start = unsafe (storage + Code.margin).assumingMemoryBound(to: UInt8.self)
    let map = unsafe (storage + mapOffset).assumingMemoryBound(to: UInt8.self)
    if let base = source.baseAddress {
      unsafe UnsafeMutableRawPointer(start).copyMemory(from: base, byteCount: source.count)
    }
    unsafe bytes = UnsafePointer(start)
    unsafe jumpDestinations = UnsafePointer(map)
    if isRun { unsafe Code.mark(map, of: start, source.count) }
    delegate = unsafe isRun ? Delegation.target(of: source.bytes) : nil
  }

  deinit {
    unsafe storage.deallocate()
  }

  package static func prepared(_ bytes: [UInt8], isRun: Bool = true) -> Code {
    unsafe bytes.withUnsafeBytes { unsafe Code(copying: $0, isRun: isRun) }
  }

  package static let emptyHash = Keccak256.emptyHash

  package static func hash(of code: UnsafeRawBufferPointer) -> Hash256 {
    unsafe Keccak256.hash(code.bytes)
  }

  /// Sets the bits of jump destinations.
  private static func mark(_ map: UnsafeMutablePointer<UInt8>, of code: UnsafePointer<UInt8>, _ count: Int) {
    var offset = 0
    while offset < count {
      let byte = unsafe code[offset]
      if byte == 0x5b {
        unsafe map[offset &>> 3] |= 1 &<< UInt8(truncatingIfNeeded: offset & 7)
      } else if byte &- 0x60 < 32 {
        offset &+= Int(byte) &- 0x5f
      }
      offset &+= 1
    }
  }
}
