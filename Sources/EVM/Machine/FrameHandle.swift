package import Primitives

/// A frame while the machine serves it: the registers are in memory.
@safe
package struct FrameHandle {
  package let fields: UnsafeMutablePointer<Frame>

  @inlinable
  package init(_ fields: UnsafeMutablePointer<Frame>) {
    unsafe self.fields = fields
  }

  /// The item `depth` below the top. The machine has checked that it is there.
  @inlinable
  package subscript(depth: Int) -> UInt256 {
    get { unsafe fields.pointee.top[0 &- depth] }
    nonmutating set { unsafe fields.pointee.top[0 &- depth] = newValue }
  }

  @inlinable
  package func drop(_ count: Int) {
    unsafe fields.pointee.top -= count
  }

  /// Puts a word on the stack in place of the `taken` items an instruction had.
  @inlinable
  package func replace(_ taken: Int, by value: UInt256) {
    unsafe fields.pointee.top -= taken &- 1
    unsafe fields.pointee.top.pointee = value
  }

  /// How many items are on the stack.
  @inlinable package var itemCount: Int {
    unsafe fields.pointee.top - fields.pointee.stack &+ 1
  }

  @inlinable package var gas: Int {
    get { unsafe fields.pointee.gas }
    nonmutating set { unsafe fields.pointee.gas = newValue }
  }

  @inlinable package var address: Address { unsafe fields.pointee.address }

  @inlinable package var isStatic: Bool { unsafe fields.pointee.isStatic }

  @inlinable package var refund: Int64 {
    get { unsafe fields.pointee.refund }
    nonmutating set { unsafe fields.pointee.refund = newValue }
  }

  /// Goes on behind the instruction, which is one byte long, as all are that the machine serves.
  @inlinable
  package func advance() {
    unsafe fields.pointee.pc += 1
  }

  /// Subtracts; false when there was less.
  @inlinable
  package func charge(_ amount: Int) -> Bool {
    gas &-= amount
    return gas >= 0
  }

  /// Makes memory cover `count` bytes from `offset` and charges for it; false when gas does not suffice.
  @inlinable
  package func cover(_ offset: UInt256, _ count: UInt256) -> Bool {
    guard let end = Memory.end(offset, count) else { return false }
    if unsafe end <= fields.pointee.memorySize { return true }
    return unsafe Memory.grow(fields, to: end, &fields.pointee.gas)
  }

  /// A range of memory that `cover` has accepted.
  @inlinable
  package func memory(_ offset: UInt256, _ count: UInt256) -> UnsafeRawBufferPointer {
    let start = count.isZero ? 0 : Int(truncatingIfNeeded: offset.low)
    return unsafe UnsafeRawBufferPointer(
      start: fields.pointee.memory + start, count: Int(truncatingIfNeeded: count.low))
  }
}
