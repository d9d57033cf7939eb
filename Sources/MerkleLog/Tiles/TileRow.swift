/// Tiles of one kind that stand beside each other: full ones, then perhaps one that is partial.
public struct TileRow: Equatable, Sendable {
  public let content: Tile.Content

  /// Indices of the full tiles.
  public let full: Range<UInt64>

  /// The tile at the right edge, if it is not full.
  public let partial: Tile?

  /// The tiles that a tree needs once it has grown from `oldSize` leaves to `newSize`: entry bundles first, then the hashes
  /// from the lowest level up. A row each; at most nine, none empty.
  ///
  /// - Precondition: `oldSize` is at most `newSize`.
  public static func added(from oldSize: UInt64 = 0, to newSize: UInt64) -> [TileRow] {
    let contents = [Tile.Content.entries] + Tile.levels.map { .hashes(level: $0) }
    return contents.compactMap { content in
      let row = TileRow(content, from: oldSize, to: newSize)
      return row.full.isEmpty && row.partial == nil ? nil : row
    }
  }

  private init(_ content: Tile.Content, from oldSize: UInt64, to newSize: UInt64) {
    precondition(oldSize <= newSize, "a tree does not shrink")
    self.content = content
    let (old, new) = (content.count(ofSize: oldSize), content.count(ofSize: newSize))
    let width = UInt64(Tile.fullWidth)
    full = old / width..<new / width
    let left = Int(new % width)
    partial = left == 0 || new == old ? nil : Tile(content, index: new / width, width: left)
  }

  /// Gives each tile to `body`, from the left.
  public func forEach<E: Error>(_ body: (Tile) throws(E) -> Void) throws(E) {
    for index in full { try body(Tile(content, index: index)) }
    if let partial { try body(partial) }
  }
}

extension Tile.Content {
  /// How many hashes or entries there are in all tiles of this kind, in a tree of `size` leaves.
  public func count(ofSize size: UInt64) -> UInt64 {
    switch self {
    case .entries: size
    case .hashes(let level): size >> UInt64(level * Tile.height)
    }
  }

  /// The tile that holds the `place`-th hash or entry in a tree of `size` leaves.
  ///
  /// - Precondition: there is such a hash or entry.
  public func tile(holding place: UInt64, ofSize size: UInt64) -> Tile {
    let count = count(ofSize: size)
    precondition(place < count, "there are \(count) of them, from 0 on")
    let index = place / UInt64(Tile.fullWidth)
    return Tile(self, index: index, width: Int(min(count - index * UInt64(Tile.fullWidth), UInt64(Tile.fullWidth))))
  }
}
