/// A branch or leaf page of an LMDB 0.9 B+tree, read from the file.
///
/// Header (16 bytes): page number 8, padding 2, flags 2, end of the pointers 2, begin of the nodes 2. Then a 2-byte
/// offset per node. A node: 4 bytes of size (leaf) or the low bytes of a page number (branch), flags 2, key length 2,
/// the key, the value.
struct TreePage {
  static let branchFlag: UInt16 = 0x01
  static let leafFlag: UInt16 = 0x02
  static let overflowFlag: UInt16 = 0x04
  static let headerSize = 16
  static let nodeHeaderSize = 8

  /// One entry of a page.
  struct Node {
    /// The value is the number of an overflow page.
    static let overflowFlag: UInt16 = 0x01
    /// The value is the root record of a table.
    static let tableFlag: UInt16 = 0x02

    let flags: UInt16
    let key: Range<Int>
    /// On a leaf: how long the value is, wherever it lies.
    let valueSize: Int
    /// On a branch: the page below.
    let child: UInt64
  }

  let bytes: [UInt8]

  var number: UInt64 { bytes.raw.integer(at: 0) }
  var flags: UInt16 { bytes.raw.integer(at: 10) }
  var isBranch: Bool { flags == Self.branchFlag }
  var isLeaf: Bool { flags == Self.leafFlag }
  /// On the first page of an overflow value: how many pages it has.
  var overflowPages: UInt32 { bytes.raw.integer(at: 12) }

  private var lower: Int { Int(bytes.raw.integer(at: 12) as UInt16) }
  private var upper: Int { Int(bytes.raw.integer(at: 14) as UInt16) }

  /// Whether the header describes a page of this size with at least one node.
  var isSound: Bool {
    lower > Self.headerSize && lower <= upper && upper <= bytes.count && lower % 2 == 0
      && (0..<nodeCount).allSatisfy { node($0) != nil }
  }

  var nodeCount: Int { (lower - Self.headerSize) / 2 }

  /// The node at `index`; nil if it does not lie within the page.
  func node(_ index: Int) -> Node? {
    let offset = Int(bytes.raw.integer(at: Self.headerSize + 2 * index) as UInt16)
    guard offset >= Self.headerSize, offset + Self.nodeHeaderSize <= bytes.count else { return nil }
    let low: UInt32 = bytes.raw.integer(at: offset)
    let flags: UInt16 = bytes.raw.integer(at: offset + 4)
    let keySize: UInt16 = bytes.raw.integer(at: offset + 6)
    let key = offset + Self.nodeHeaderSize..<offset + Self.nodeHeaderSize + Int(keySize)
    let node = Node(
      flags: flags, key: key, valueSize: Int(low), child: UInt64(low) | UInt64(flags) << 32)
    let stored = isBranch ? 0 : (flags & Node.overflowFlag != 0 ? 8 : Int(low))
    return key.upperBound + stored <= bytes.count ? node : nil
  }

  /// The value of a leaf's node that lies on the leaf itself.
  func value(of node: Node) -> [UInt8] {
    Array(bytes[node.key.upperBound..<node.key.upperBound + node.valueSize])
  }
}
