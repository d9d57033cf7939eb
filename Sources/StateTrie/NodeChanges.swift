import Primitives

/// Stored nodes that differ between two tries: what to write so that the stored nodes are those of the new one.
///
/// Holds all encodings in one piece of memory.
public struct NodeChanges: Sendable {
  struct Written {
    let path: NibblePath
    let encoding: Range<Int>
    let shape: NodeShape
  }

  private let bytes: [UInt8]

  /// Each path once, in no order that means anything.
  private let written: [Written]

  /// Paths where nodes were stored, some perhaps twice; of those that are written as well nothing is removed in the end.
  private let removed: [NibblePath]

  init(bytes: [UInt8], written: [Written], removed: [NibblePath]) {
    self.bytes = bytes
    self.written = written
    self.removed = removed
  }

  /// The same changes, as a list in ascending order of paths has them.
  public init(_ changes: [NodeChange] = []) {
    var shapes = NodeShapes()
    var bytes: [UInt8] = []
    var written: [Written] = []
    var removed: [NibblePath] = []
    for change in changes {
      let shape = shapes.shape(of: change.path, change.node?.rawSpan)
      guard let node = change.node, let shape else {
        removed.append(change.path)
        continue
      }
      // What a leaf takes the place of is not known here.
      if shape == .leaf { removed.append(change.path) }
      written.append(Written(path: change.path, encoding: bytes.count..<bytes.count + node.count, shape: shape))
      bytes += node
    }
    self.init(bytes: bytes, written: written, removed: removed)
  }

  public var isEmpty: Bool { written.isEmpty && removed.isEmpty }

  /// Calls `body` with nil for what is to be removed, and then with what is to be written; a path may come both times.
  /// O(n).
  public func forEach<Failure: Error>(
    _ body: (NibblePath, RawSpan?) throws(Failure) -> Void
  ) throws(Failure) {
    try forEach(removed: { path throws(Failure) in try body(path, nil) }) { path, node, _ throws(Failure) in
      try body(path, node)
    }
  }

  /// Calls `gone` for what is to be removed, and then `body` with what is to be written; a path may come to both. A leaf
  /// that takes the place of another node comes to both for certain. O(n).
  public func forEach<Failure: Error>(
    removed gone: (NibblePath) throws(Failure) -> Void,
    _ body: (NibblePath, RawSpan, NodeShape) throws(Failure) -> Void
  ) throws(Failure) {
    for path in removed { try gone(path) }
    for node in written { try body(node.path, bytes.rawSpan.extracting(node.encoding), node.shape) }
  }

  /// In ascending order of paths, each path once. O(n log n), one allocation a node.
  public var ordered: [NodeChange] {
    let written = written.sorted { $0.path < $1.path }
    var next = Set(removed).sorted()[...]
    var merged: [NodeChange] = []
    merged.reserveCapacity(written.count)
    for node in written {
      while let path = next.first, path < node.path {
        merged.append(NodeChange(path: path, node: nil))
        next.removeFirst()
      }
      if next.first == node.path { next.removeFirst() }
      merged.append(NodeChange(path: node.path, node: bytes.rawSpan.extracting(node.encoding).bytes))
    }
    return merged + next.map { NodeChange(path: $0, node: nil) }
  }
}

extension NodeChanges: Equatable {
  /// Whether both leave the same nodes. O(n log n).
  public static func == (left: NodeChanges, right: NodeChanges) -> Bool { left.ordered == right.ordered }
}
