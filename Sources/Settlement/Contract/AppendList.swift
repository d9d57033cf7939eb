/// A list that only grows at its end, whose elements can be replaced, and whose copies share all but what changed.
///
/// A contract's state is copied once for every L1 block that may be taken back; a plain array would be copied whole with
/// the first change after that. Here a change copies one chunk and the list of chunks.
package struct AppendList<Element: Sendable>: Sendable {
  /// Elements of a chunk.
  static var chunkSize: Int { 64 }

  private var chunks: [[Element]] = []

  package private(set) var count = 0

  package init() {}

  package var isEmpty: Bool { count == 0 }

  package var last: Element? { chunks.last?.last }

  /// The element at `index`. Traps outside the list.
  package subscript(index: Int) -> Element {
    get { chunks[index / Self.chunkSize][index % Self.chunkSize] }
    _modify { yield &chunks[index / Self.chunkSize][index % Self.chunkSize] }
  }

  /// The element at `index`; nil behind the end.
  package subscript(checked index: UInt64) -> Element? {
    index < UInt64(count) ? self[Int(index)] : nil
  }

  package mutating func append(_ element: Element) {
    if count.isMultiple(of: Self.chunkSize) {
      var chunk: [Element] = []
      chunk.reserveCapacity(Self.chunkSize)
      chunks.append(chunk)
    }
    chunks[chunks.count - 1].append(element)
    count += 1
  }

  /// How many elements stand before the first for which `isBefore` is false; the list is partitioned by it. O(log n).
  package func partitionPoint(where isBefore: (Element) -> Bool) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = low + (high - low) / 2
      if isBefore(self[middle]) { low = middle + 1 } else { high = middle }
    }
    return low
  }
}

extension AppendList: Equatable where Element: Equatable {}
