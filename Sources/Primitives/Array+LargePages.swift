internal import Glibc

/// The size of a large page, and the multiple at which one begins.
private let largePage = 2 << 20

extension Array {
  /// Makes room for so many elements more, in pages of 2 MB once the array takes several of them.
  ///
  /// To be called before elements are added to an array whose places are read in no order: finding a far place among
  /// small pages costs more than reading what is there. The capacity doubles at least, so that appending stays O(1).
  /// Where the system has no large pages the array is as it would be otherwise.
  @inlinable
  public mutating func reserveLargePages(for more: Int) {
    if count + more > capacity { growInLargePages(to: Swift.max(count + more, 2 * capacity)) }
  }

  @usableFromInline
  mutating func growInLargePages(to capacity: Int) {
    // Of fewer the system has none to give: those that are whole have to begin at a multiple of their size.
    guard capacity * MemoryLayout<Element>.stride >= 2 * largePage else { return reserveCapacity(capacity) }
    self = unsafe Array(unsafeUninitializedCapacity: capacity) { memory, count in
      // Before the first byte is written: that is when the system chooses.
      unsafe askForLargePages(UnsafeRawBufferPointer(memory))
      count = unsafe memory.initialize(fromContentsOf: self)
    }
  }
}

/// Tells the system that memory is worth pages of 2 MB. It is free to give others, which nobody will notice.
private func askForLargePages(_ memory: UnsafeRawBufferPointer) {
  guard let base = memory.baseAddress else { return }
  let start = unsafe base.alignedUp(toMultipleOf: largePage)
  let count = unsafe (base + memory.count - start) / largePage * largePage
  if count > 0 { _ = unsafe madvise(UnsafeMutableRawPointer(mutating: start), count, MADV_HUGEPAGE) }
}
