import Hashing
import Primitives

/// What instructions do that is too long to be inlined into them.
enum Copying {
  /// CALLDATALOAD: replaces the offset at `top` by the 32 bytes there.
  @inline(never)
  static func loadInput(_ frame: UnsafeMutablePointer<Frame>, _ top: UnsafeMutablePointer<UInt256>) {
    let count = unsafe frame.pointee.inputCount
    let offset = unsafe top.pointee
    guard offset.high == 0, offset.low < UInt128(count) else {
      unsafe top.pointee = .zero
      return
    }
    let start = Int(truncatingIfNeeded: offset.low)
    let available = min(32, count &- start)
    let bytes = unsafe UnsafeRawBufferPointer(start: frame.pointee.input + start, count: available)
    guard let word = unsafe UInt256(bigEndian: bytes.bytes) else { return }
    unsafe top.pointee = word << (8 &* (32 &- available))
  }

  /// BLOBHASH: replaces the index at `top` by the blob's versioned hash, or zero (EIP-4844).
  @inline(never)
  static func loadBlobHash(_ frame: UnsafeMutablePointer<Frame>, _ top: UnsafeMutablePointer<UInt256>) {
    let hashes = unsafe frame.pointee.environment.pointee.blobHashes
    let index = unsafe top.pointee
    let isThere = index < UInt256(UInt64(truncatingIfNeeded: hashes.count))
    unsafe top.pointee = isThere ? UInt256(hashes[Int(truncatingIfNeeded: index.low)]) : .zero
  }

  /// KECCAK256 of a range of memory.
  @inline(never)
  static func hash(_ frame: UnsafeMutablePointer<Frame>, _ offset: Int, _ count: Int) -> UInt256 {
    let bytes = unsafe UnsafeRawBufferPointer(start: frame.pointee.memory + offset, count: count)
    return unsafe UInt256(Keccak256.hash(bytes.bytes))
  }
}
