import Primitives

/// What kind of node one is, for stores that keep leaves in another way than other nodes.
public enum NodeShape: Equatable, Sendable {
  case leaf
  case `extension`
  case branch(Children)

  /// Children of a branch that change together with it, by nibble: bit n is for nibble n.
  public struct Children: Equatable, Sendable, BitwiseCopyable {
    /// Those that are written or removed.
    public private(set) var changed: UInt16 = 0

    /// Those of them that are leaves now.
    public private(set) var leaves: UInt16 = 0

    /// Which children of the branch are leaves that it names by hash, given which were before.
    ///
    /// - Parameter encoding: of the branch. One that is none has no such children.
    public func leaves(before: UInt16, in encoding: RawSpan) -> UInt16 {
      ((before & ~changed) | leaves) & NodeShape.hashedChildren(of: encoding)
    }

    mutating func note(_ nibble: Int, isLeaf: Bool) {
      changed |= 1 &<< UInt16(truncatingIfNeeded: nibble)
      if isLeaf { leaves |= 1 &<< UInt16(truncatingIfNeeded: nibble) }
    }
  }

  /// The children that a branch names by hash.
  static func hashedChildren(of encoding: RawSpan) -> UInt16 {
    var mask: UInt16 = 0
    var offset = 1
    guard encoding.byteCount > 16 else { return 0 }
    if encoding.byte(at: 0) > 0xf7 { offset += Int(encoding.byte(at: 0) - 0xf7) }
    for nibble in 0..<16 {
      guard offset < encoding.byteCount else { return 0 }
      switch encoding.byte(at: offset) {
      case 0xa0:
        mask |= 1 &<< UInt16(truncatingIfNeeded: nibble)
        offset += 1 + Hash256.byteCount
      case 0x80: offset += 1
      // A short node.
      case let first where first >= 0xc0 && first <= 0xf7: offset += 1 + Int(first - 0xc0)
      default: return 0
      }
    }
    return mask
  }
}

/// Tells the shapes of nodes that come children before their parents.
public struct NodeShapes {
  /// Of branches that have not come yet.
  private var children: [NibblePath: NodeShape.Children] = [:]

  public init() {}

  /// Takes a node that is written, or, without an encoding, one that is removed.
  @discardableResult
  public mutating func shape(of path: NibblePath, _ encoding: RawSpan?) -> NodeShape? {
    let own = children.removeValue(forKey: path) ?? NodeShape.Children()
    var shape: NodeShape?
    if let encoding { shape = Self.shape(encoding, own) }
    if !path.isRoot {
      let last = path.count - 1
      children[path.prefix(last), default: NodeShape.Children()].note(Int(path[last]), isLeaf: shape == .leaf)
    }
    return shape
  }

  /// A node of two items is a leaf where its first item, the hex-prefix encoding, says so.
  private static func shape(_ encoding: RawSpan, _ children: NodeShape.Children) -> NodeShape {
    do throws(RLPError) {
      var reader = RLPReader(encoding)
      var items = try reader.readList()
      let key = try items.readRawItem()
      _ = try items.readRawItem()
      guard items.isAtEnd else { return .branch(children) }
      var keyReader = RLPReader(key)
      let prefix = try keyReader.readBytes()
      return prefix.byteCount > 0 && prefix.byte(at: 0) & 0x20 != 0 ? .leaf : .extension
    } catch { return .branch(children) }
  }
}
