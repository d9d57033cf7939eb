import LMDB
import MerkleLog
import Primitives

/// The tree that a directory's tiles hold, of the size that its checkpoint has.
struct TileTree {
  private let directory: TileDirectory
  let size: UInt64

  /// The tile of each level that was looked at last.
  private var recent: [Int: (tile: Tile, hashes: [Hash256])] = [:]

  init(_ directory: TileDirectory, size: UInt64) {
    self.directory = directory
    self.size = size
  }

  /// The hashes of a tile.
  mutating func hashes(_ tile: Tile, level: Int) throws(TilesError) -> [Hash256] {
    if let recent = recent[level], recent.tile == tile { return recent.hashes }
    let bytes = try directory.bytes(of: tile)
    let hashes: [Hash256]
    do throws(TileError) { hashes = try tile.hashes(bytes) } catch { throw .badFile(tile.path, "\(error)") }
    recent[level] = (tile, hashes)
    return hashes
  }

  /// The `place`-th hash of a level of tiles.
  mutating func hash(_ place: UInt64, level: Int) throws(TilesError) -> Hash256 {
    let tile = Tile.Content.hashes(level: level).tile(holding: place, ofSize: size)
    return try hashes(tile, level: level)[Int(place % UInt64(Tile.fullWidth))]
  }

  /// The root over the first `smaller` leaves. O(log n) tiles.
  mutating func root(ofSize smaller: UInt64) throws(TilesError) -> Hash256 {
    var hashes: [Hash256] = []
    for (level, index) in Frontier.subtrees(ofSize: smaller) {
      hashes.append(try subtreeHash(level: level, index: index))
    }
    guard let frontier = Frontier(size: smaller, hashes: hashes) else {
      preconditionFailure("a frontier has one hash for each bit of its size")
    }
    return frontier.root
  }
}

extension TileTree {
  /// Holds all tiles of hashes against the checkpoint's root, from the top down, so that the first one that is found to be
  /// wrong is the one that is wrong.
  mutating func verify(root: Hash256) throws(TilesError) {
    let computed = try self.root(ofSize: size)
    guard computed == root else { throw try edgeFault(checkpoint: root, computed: computed) }
    for level in Tile.levels.dropLast().reversed() {
      let row = TileRow.added(to: size).first { $0.content == .hashes(level: level) }
      for index in row?.full ?? 0..<0 {
        let tile = Tile(.hashes(level: level), index: index)
        let above = try hash(index, level: level + 1)
        let below = MerkleTree.root(ofLeaves: try hashes(tile, level: level))
        guard below == above else {
          throw .badFile(tile.path, "its hashes give \(below), the tile above has \(above)")
        }
      }
    }
  }

  /// Which of the tiles at the right edge is at fault when together they give another root: one that contradicts the tiles
  /// or the entries below it.
  private mutating func edgeFault(checkpoint: Hash256, computed: Hash256) throws(TilesError) -> TilesError {
    for row in TileRow.added(to: size).reversed() {
      guard let tile = row.partial, case .hashes(let level) = tile.content else { continue }
      let first = tile.index * UInt64(Tile.fullWidth)
      let hashes = try hashes(tile, level: level)
      let below: [Hash256]
      if level == 0 {
        below = try directory.entries(Tile(.entries, index: tile.index, width: tile.width)).map { MerkleHash.leaf($0) }
      } else {
        below = try (first..<first + UInt64(tile.width)).map { (index) throws(TilesError) in
          let child = Tile(.hashes(level: level - 1), index: index)
          return MerkleTree.root(ofLeaves: try self.hashes(child, level: level - 1))
        }
      }
      if let place = hashes.indices.first(where: { hashes[$0] != below[$0] }) {
        return .badFile(tile.path, "hash \(place) is \(hashes[place]), what is below it gives \(below[place])")
      }
    }
    return .otherRoot(checkpoint: checkpoint, tiles: computed)
  }
}

extension TileDirectory {
  /// The bytes of a tile that must be there.
  func bytes(of tile: Tile) throws(TilesError) -> [UInt8] {
    let bytes: [UInt8]?
    do throws(LMDB.OpenError) { bytes = try read(tile) } catch { throw .files(error) }
    guard let bytes else { throw .missingFile(tile.path) }
    return bytes
  }

  /// The entries of a bundle that must be there.
  func entries(_ bundle: Tile) throws(TilesError) -> [[UInt8]] {
    let bytes = try bytes(of: bundle)
    do throws(TileError) { return try bundle.entries(bytes) } catch { throw .badFile(bundle.path, "\(error)") }
  }
}
