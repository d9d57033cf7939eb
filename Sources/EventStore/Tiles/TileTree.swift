import MerkleLog
import Primitives

/// The tree that a directory's tiles hold, of the size and root that its checkpoint has.
///
/// No hash is given out that the root does not vouch for: the tiles at the right edge must give the root together, and each
/// full tile must give the hash that stands for it in the tile above.
struct TileTree {
  private let directory: TileDirectory
  private let checkpoint: Checkpoint

  var size: UInt64 { checkpoint.size }

  /// The partial tiles by their levels, once they are found to give the root. Every other tile is below one of them.
  private var edge: [Int: [Hash256]]?

  /// The full tile of each level that was looked at last.
  private var recent: [Int: (index: UInt64, hashes: [Hash256])] = [:]

  init(_ directory: TileDirectory, _ checkpoint: Checkpoint) {
    self.directory = directory
    self.checkpoint = checkpoint
  }

  /// The hashes of one of the tree's tiles. At most one tile of each level above is read, and the edge once.
  ///
  /// - Throws: `badFile` or `missingFile` for the tile that is at fault, `otherRoot` when the root is not that of the tiles.
  mutating func hashes(_ tile: Tile, level: Int) throws(TilesError) -> [Hash256] {
    let edge = try vouchedEdge()
    if !tile.isFull, let hashes = edge[level] { return hashes }
    if let recent = recent[level], recent.index == tile.index { return recent.hashes }
    let hashes = try directory.hashes(tile)
    let above = try hash(tile.index, level: level + 1)
    let below = MerkleTree.root(ofLeaves: hashes)
    guard below == above else {
      throw .badFile(directory.file(of: tile), "its hashes give \(below), the tile above has \(above)")
    }
    recent[level] = (tile.index, hashes)
    return hashes
  }

  /// The `place`-th hash of a level of tiles.
  private mutating func hash(_ place: UInt64, level: Int) throws(TilesError) -> Hash256 {
    let tile = Tile.Content.hashes(level: level).tile(holding: place, ofSize: size)
    return try hashes(tile, level: level)[Int(place % UInt64(Tile.fullWidth))]
  }

  /// The root over the first `smaller` leaves. O(log n) tiles.
  mutating func root(ofSize smaller: UInt64) throws(TilesError) -> Hash256 {
    var hashes: [Hash256] = []
    for (level, index) in Frontier.subtrees(ofSize: smaller) {
      hashes.append(try subtreeHash(level: level, index: index))
    }
    return Self.root(ofSize: smaller, hashes)
  }

  private static func root(ofSize size: UInt64, _ hashes: [Hash256]) -> Hash256 {
    guard let frontier = Frontier(size: size, hashes: hashes) else {
      preconditionFailure("a frontier has one hash for each bit of its size")
    }
    return frontier.root
  }
}

extension TileTree {
  /// Holds all tiles of hashes against the checkpoint's root, from the top down, so that the first one that is found to be
  /// wrong is the one that is wrong. O(n) hashes.
  mutating func verify() throws(TilesError) {
    _ = try vouchedEdge()
    for level in Tile.levels.dropLast().reversed() {
      let row = TileRow.added(to: size).first { $0.content == .hashes(level: level) }
      for index in row?.full ?? 0..<0 { _ = try hashes(Tile(.hashes(level: level), index: index), level: level) }
    }
  }

  /// Reads the partial tiles, whose hashes are all of the tree's frontier, and holds them against the root.
  private mutating func vouchedEdge() throws(TilesError) -> [Int: [Hash256]] {
    if let edge { return edge }
    var tiles: [(tile: Tile, level: Int, hashes: [Hash256])] = []
    var frontier: [Hash256] = []
    for row in TileRow.added(to: size).reversed() {
      guard let tile = row.partial, case .hashes(let level) = tile.content else { continue }
      let hashes = try directory.hashes(tile)
      tiles.append((tile, level, hashes))
      frontier += tile.subtrees(over: hashes).map(\.hash)
    }
    let computed = Self.root(ofSize: size, frontier)
    guard computed == checkpoint.root else {
      for (tile, level, hashes) in tiles { try requireAgreement(tile, level, hashes) }
      throw .otherRoot(checkpoint: checkpoint.root, tiles: computed)
    }
    let edge = Dictionary(uniqueKeysWithValues: tiles.map { ($0.level, $0.hashes) })
    self.edge = edge
    return edge
  }

  /// Throws if a tile contradicts the tiles or the entries below it. Of the tiles at the edge, which give another root
  /// together, that is the one at fault.
  private func requireAgreement(_ tile: Tile, _ level: Int, _ hashes: [Hash256]) throws(TilesError) {
    let first = tile.index * UInt64(Tile.fullWidth)
    let below: [Hash256]
    if level == 0 {
      below = try directory.entries(Tile(.entries, index: tile.index, width: tile.width)).map { MerkleHash.leaf($0) }
    } else {
      below = try (first..<first + UInt64(tile.width)).map { (index) throws(TilesError) in
        MerkleTree.root(ofLeaves: try directory.hashes(Tile(.hashes(level: level - 1), index: index)))
      }
    }
    if let place = hashes.indices.first(where: { hashes[$0] != below[$0] }) {
      throw .badFile(
        directory.file(of: tile), "hash \(place) is \(hashes[place]), what is below it gives \(below[place])")
    }
  }
}

extension Tile {
  /// The complete subtrees that a tile's hashes make together, largest first: the level is counted from the hashes' own, the
  /// index from the tree's left edge. As many node hashes as the tile has hashes.
  func subtrees(over hashes: [Hash256]) -> [Subtree] {
    Frontier.subtrees(ofSize: UInt64(width)).map { level, place in
      let first = Int(place) << level
      return Subtree(
        level: level, index: index * UInt64(Tile.fullWidth) >> UInt64(level) + place,
        hash: MerkleTree.root(ofLeaves: hashes[first..<first + 1 << level]))
    }
  }
}

extension TileDirectory {
  /// The bytes of a tile that must be there.
  func bytes(of tile: Tile) throws(TilesError) -> [UInt8] {
    guard let bytes = try read(tile) else { throw .missingFile(tile.path) }
    return bytes
  }

  /// The hashes of a tile that must be there, as they stand in it.
  func hashes(_ tile: Tile) throws(TilesError) -> [Hash256] {
    let bytes = try bytes(of: tile)
    do throws(TileError) { return try tile.hashes(bytes) } catch { throw .badFile(file(of: tile), "\(error)") }
  }

  /// The entries of a bundle that must be there.
  func entries(_ bundle: Tile) throws(TilesError) -> [[UInt8]] {
    let bytes = try bytes(of: bundle)
    do throws(TileError) { return try bundle.entries(bytes) } catch { throw .badFile(file(of: bundle), "\(error)") }
  }
}
