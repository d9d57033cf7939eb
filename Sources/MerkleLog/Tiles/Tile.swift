/// One file of a log that is served as static files (C2SP `tlog-tiles`): up to 256 hashes of one level of the tree, or
/// the entries below a tile of level 0.
public struct Tile: Hashable, Sendable {
  public enum Content: Hashable, Sendable {
    /// Hashes of the tree's level 8·`level`, concatenated.
    case hashes(level: Int)

    /// Entries, each after its length in two bytes: an entry bundle.
    case entries
  }

  public let content: Content

  /// Which one of its kind, from the left.
  public let index: UInt64

  /// How many hashes or entries: 1 to 256. Fewer than 256 only at the right edge of the tree.
  public let width: Int

  /// - Precondition: `width` is 1 to 256, a level 0 to 7.
  public init(_ content: Content, index: UInt64, width: Int = Tile.fullWidth) {
    precondition((1...Tile.fullWidth).contains(width), "a tile is 1 to 256 wide")
    if case .hashes(let level) = content {
      precondition(Tile.levels.contains(level), "a tree of 64-bit size has tiles of the levels 0 to 7")
    }
    self.content = content
    self.index = index
    self.width = width
  }

  /// How many levels of the tree a tile spans.
  public static let height = 8

  /// How wide a tile is that is not at the right edge.
  public static let fullWidth = 1 << height

  /// The levels of tiles that a tree whose size has 64 bits can have.
  public static let levels = 0..<8

  public var isFull: Bool { width == Tile.fullWidth }

  /// The tile with all that it can hold: what a partial tile becomes.
  public var full: Tile { Tile(content, index: index) }
}

extension Tile {
  /// Where the tile is below the log's prefix: `tile/L/N`, `tile/entries/N`, and `.p/W` behind it for a partial one. N is in
  /// groups of three digits, all but the last with an `x` before them.
  public var path: String {
    var groups = [Tile.digits(index % 1000)]
    var rest = index / 1000
    while rest > 0 {
      groups.append("x" + Tile.digits(rest % 1000))
      rest /= 1000
    }
    let kind =
      switch content {
      case .hashes(let level): "\(level)"
      case .entries: "entries"
      }
    return "tile/\(kind)/" + groups.reversed().joined(separator: "/") + (isFull ? "" : ".p/\(width)")
  }

  private static func digits(_ value: UInt64) -> String {
    let text = "\(value)"
    return String(repeating: "0", count: 3 - text.utf8.count) + text
  }

  /// The tile that a path names; nil for every text but the one that `path` gives for some tile.
  public init?(path: String) {
    guard path.utf8.count <= Tile.longestPath else { return nil }
    var parts = path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)[...]
    guard parts.popFirst()?.elementsEqual("tile".utf8) == true, let kind = parts.popFirst(), let last = parts.popLast()
    else { return nil }
    var width = Tile.fullWidth
    var lowest = last
    if let before = parts.last, before.suffix(2).elementsEqual(".p".utf8) {
      guard let value = Tile.decimal(last), (1..<UInt64(Tile.fullWidth)).contains(value) else { return nil }
      width = Int(value)
      lowest = before.dropLast(2)
      parts.removeLast()
    }
    guard let index = Tile.index(high: parts, lowest: lowest) else { return nil }
    let content: Content
    if kind.elementsEqual("entries".utf8) {
      content = .entries
    } else {
      guard let level = Tile.decimal(kind), level < Tile.levels.upperBound else { return nil }
      content = .hashes(level: Int(level))
    }
    self.init(content, index: index, width: width)
  }

  /// The longest path of a tile has 45 bytes.
  private static let longestPath = 64

  private static func index(high: some Sequence<Substring.UTF8View>, lowest: Substring.UTF8View) -> UInt64? {
    var index: UInt64 = 0
    for group in high {
      guard group.first == UInt8(ascii: "x"), let value = threeDigits(group.dropFirst()) else { return nil }
      // A first group of zeroes would be a second name for the same tile.
      guard index > 0 || value > 0 else { return nil }
      guard let next = appending(value, to: index) else { return nil }
      index = next
    }
    guard let value = threeDigits(lowest) else { return nil }
    return appending(value, to: index)
  }

  private static func appending(_ group: UInt64, to index: UInt64) -> UInt64? {
    let (product, overflow) = index.multipliedReportingOverflow(by: 1000)
    let (sum, carry) = product.addingReportingOverflow(group)
    return overflow || carry ? nil : sum
  }

  private static func threeDigits(_ text: Substring.UTF8View) -> UInt64? {
    guard text.count == 3, text.allSatisfy(Decimal.isDigit) else { return nil }
    return text.reduce(0) { $0 * 10 + UInt64($1 - UInt8(ascii: "0")) }
  }

  private static func decimal(_ text: Substring.UTF8View) -> UInt64? { Decimal.parse(text) }
}
