package import Primitives

extension Registers {
  /// The offset, when 32 bytes from it lie inside the memory there is.
  @inline(__always)
  func wordOffset(_ offset: UInt256) -> Int? {
    guard offset.high == 0, offset.low &>> 63 == 0 else { return nil }
    let start = Int(truncatingIfNeeded: offset.low)
    return unsafe start <= frame.pointee.memorySize &- 32 ? start : nil
  }

  /// Makes memory cover `count` bytes from `offset` and charges for it; false when gas does not suffice. A count of
  /// zero needs no memory, wherever it is.
  @inline(__always)
  mutating func cover(_ offset: UInt256, _ count: UInt256) -> Bool {
    guard let end = Memory.end(offset, count) else { return false }
    if unsafe end <= frame.pointee.memorySize { return true }
    return unsafe Memory.grow(frame, to: end, &gas)
  }

  /// The start of a range that `cover` has accepted; 0 for an empty range, which may begin anywhere.
  @inline(__always)
  func start(_ offset: UInt256, _ count: UInt256) -> Int {
    count.isZero ? 0 : Int(truncatingIfNeeded: offset.low)
  }

  @inline(__always)
  func loadWord(at offset: Int) -> UInt256 {
    let source = unsafe UnsafeRawPointer(frame.pointee.memory + offset)
    return unsafe UInt256(
      low: UInt128(source.loadUnaligned(fromByteOffset: 24, as: UInt64.self).byteSwapped)
        | UInt128(source.loadUnaligned(fromByteOffset: 16, as: UInt64.self).byteSwapped) &<< 64,
      high: UInt128(source.loadUnaligned(fromByteOffset: 8, as: UInt64.self).byteSwapped)
        | UInt128(source.loadUnaligned(fromByteOffset: 0, as: UInt64.self).byteSwapped) &<< 64)
  }

  @inline(__always)
  func storeWord(_ value: UInt256, at offset: Int) {
    let target = unsafe frame.pointee.memory + offset
    unsafe target.storeBytes(of: UInt64(truncatingIfNeeded: value.high &>> 64).byteSwapped, as: UInt64.self)
    unsafe target.storeBytes(of: UInt64(truncatingIfNeeded: value.high).byteSwapped, toByteOffset: 8, as: UInt64.self)
    unsafe target.storeBytes(
      of: UInt64(truncatingIfNeeded: value.low &>> 64).byteSwapped, toByteOffset: 16, as: UInt64.self)
    unsafe target.storeBytes(of: UInt64(truncatingIfNeeded: value.low).byteSwapped, toByteOffset: 24, as: UInt64.self)
  }
}

/// The memory of a frame, and what growing it costs (yellow paper, appendix H.1).
package enum Memory {
  /// Where the range ends; zero when it is empty, nil when it lies beyond what any gas could buy.
  @inline(__always)
  package static func end(_ offset: UInt256, _ count: UInt256) -> Int? {
    if count.isZero { return 0 }
    guard offset.high | count.high == 0, (offset.low | count.low) &>> 33 == 0 else { return nil }
    let end = offset.low &+ count.low
    return end <= UInt128(Frame.memoryLimit) ? Int(truncatingIfNeeded: end) : nil
  }

  /// The price of having this many words.
  @inline(__always)
  static func cost(words: Int) -> Int {
    3 &* words &+ (words &* words) &>> 9
  }

  /// Makes memory cover `end` bytes, charging for them; false when gas does not suffice. What is added is zero.
  @inline(never)
  package static func grow(_ frame: UnsafeMutablePointer<Frame>, to end: Int, _ gas: inout Int) -> Bool {
    let size = unsafe frame.pointee.memorySize
    guard end > size else { return true }
    let words = (end &+ 31) &>> 5
    gas &-= cost(words: words) &- cost(words: size &>> 5)
    guard gas >= 0 else { return false }
    if unsafe words &<< 5 > frame.pointee.memoryCapacity { unsafe reserve(frame, words &<< 5) }
    unsafe (frame.pointee.memory + size).initializeMemory(as: UInt8.self, repeating: 0, count: words &<< 5 &- size)
    unsafe frame.pointee.memorySize = words &<< 5
    return true
  }

  /// Makes room for `count` bytes, at least twice what there was.
  static func reserve(_ frame: UnsafeMutablePointer<Frame>, _ count: Int) {
    let capacity = unsafe max(count, frame.pointee.memoryCapacity &* 2, 4096)
    let larger = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 16)
    unsafe larger.copyMemory(from: frame.pointee.memory, byteCount: frame.pointee.memorySize)
    unsafe frame.pointee.memory.deallocate()
    unsafe frame.pointee.memory = larger
    unsafe frame.pointee.memoryCapacity = capacity
  }

  /// Copies `count` bytes of `source` from `offset` on; what lies beyond its end is zero.
  static func copyPadded(
    to target: UnsafeMutableRawPointer, from source: CodePointer, sourceCount: Int, offset: UInt256, count: Int
  ) {
    let start =
      offset.high == 0 && offset.low < UInt128(sourceCount) ? Int(truncatingIfNeeded: offset.low) : sourceCount
    let available = min(count, sourceCount &- start)
    unsafe target.copyMemory(from: source + start, byteCount: available)
    if available < count {
      unsafe (target + available).initializeMemory(as: UInt8.self, repeating: 0, count: count &- available)
    }
  }
}
