import MerkleLog
import Primitives
import TestSupport
import Testing

struct TileTests {
  @Test("paths are those that the specification gives")
  func examples() {
    #expect(Tile(.hashes(level: 0), index: 1_234_067).path == "tile/0/x001/x234/067")
    #expect(Tile(.hashes(level: 3), index: 5, width: 17).path == "tile/3/005.p/17")
    #expect(Tile(.entries, index: 999).path == "tile/entries/999")
    #expect(Tile(.entries, index: 1000, width: 255).path == "tile/entries/x001/000.p/255")
    #expect(Tile(.hashes(level: 7), index: .max).path == "tile/7/x018/x446/x744/x073/x709/x551/615")
  }

  @Test("a tree of 70,000 leaves has the tiles that the specification lists")
  func seventyThousand() {
    let rows = TileRow.added(to: 70_000)
    #expect(rows.map(\.content) == [.entries] + (0...2).map { .hashes(level: $0) })
    #expect(rows.map(\.full.count) == [273, 273, 1, 0])
    #expect(rows.map { $0.partial?.width } == [112, 112, 17, 1])
    #expect(TileRow.added(to: 256).map { $0.partial?.width } == [nil, nil, 1])
    #expect(TileRow.added(to: 0).isEmpty)
  }

  @Test("every tile is found by its path, and by no other text")
  func paths() {
    var random = SeededGenerator()
    for _ in 0..<2000 {
      let index = random.next() >> (random.next() % 64)
      let level = Int(random.next() % 8)
      let width = random.next() % 2 == 0 ? 256 : Int(random.next() % 255) + 1
      let content: Tile.Content = random.next() % 4 == 0 ? .entries : .hashes(level: level)
      let tile = Tile(content, index: index, width: width)
      #expect(Tile(path: tile.path) == tile)
      var changed = [UInt8](tile.path.utf8)
      let place = Int(random.next() % UInt64(changed.count))
      changed[place] = [UInt8]("0123456789x/.p -+".utf8)[Int(random.next() % 17)]
      // Whatever is accepted is the name of a tile, and its only one.
      let text = String(decoding: changed, as: UTF8.self)
      if let other = Tile(path: text) { #expect(other.path == text) }
    }
  }

  @Test(
    "texts that name no tile are refused",
    arguments: [
      "", "tile", "tile/0", "tile/0/", "tile/8/000", "tile/00/000", "tile/-1/000", "tile/0/0", "tile/0/0000",
      "tile/0/x000/001", "tile/0/001/000", "tile/0/x001/x000", "tile/0/000.p", "tile/0/000.p/0", "tile/0/000.p/256",
      "tile/0/000.p/01", "tile/0/000.p/1/", "/tile/0/000", "tile/0/../000", "tile/0/x018/x446/x744/x073/x709/x551/616",
      "tile/0/x999/x999/x999/x999/x999/x999/999", "tile/0/x001/x001/x001/x001/x001/x001/x001/x001/001", "Tile/0/000",
      "tile/entries", "tile/entries/x00/000", "tile/data/000", "tile/0/０００",
    ])
  func refused(path: String) {
    #expect(Tile(path: path) == nil)
  }

  @Test("growing in any steps adds the tiles that the last size needs, each when it is new")
  func growth() {
    var random = SeededGenerator()
    for _ in 0..<30 {
      var size: UInt64 = 0
      var there: Set<Tile> = []
      for _ in 0..<6 {
        let next = size + random.next() % 9000
        for row in TileRow.added(from: size, to: next) { row.forEach { there.insert($0) } }
        size = next
        var needed: Set<Tile> = []
        for row in TileRow.added(to: size) { row.forEach { needed.insert($0) } }
        #expect(needed.isSubset(of: there), "at \(size)")
      }
    }
  }

  @Test("the tile that holds a hash or an entry covers its place")
  func holding() {
    var random = SeededGenerator()
    for _ in 0..<500 {
      let size = random.next() % 200_000 + 1
      for content in [Tile.Content.entries, .hashes(level: 0), .hashes(level: 1), .hashes(level: 2)] {
        let count = content.count(ofSize: size)
        guard count > 0 else { continue }
        let place = random.next() % count
        let tile = content.tile(holding: place, ofSize: size)
        #expect((tile.index * 256..<tile.index * 256 + UInt64(tile.width)).contains(place))
        #expect(
          TileRow.added(to: size).contains { row in
            row.content == content && (tile.isFull ? row.full.contains(tile.index) : row.partial == tile)
          })
      }
    }
  }

  @Test("hashes and entries come back from their bytes, and from no others")
  func contents() throws {
    var random = SeededGenerator()
    for width in [1, 2, 17, 255, 256] {
      let tile = Tile(.entries, index: 0, width: width)
      let entries = (0..<width).map { random.bytes(count: $0 % 70) }
      let bundle = Tile.encode(entries: entries)
      #expect(try tile.entries(bundle) == entries)
      #expect(throws: TileError.trailingBytes(1)) { try tile.entries(bundle + [0]) }
      for cut in 1...min(bundle.count, 40) {
        #expect(throws: TileError.self) { try tile.entries(bundle.dropLast(cut)) }
      }
      let hashes = entries.map { MerkleHash.leaf($0) }
      let bytes = Tile.encode(hashes: hashes)
      #expect(try tile.hashes(bytes) == hashes)
      #expect(throws: TileError.wrongLength(bytes: width * 32 - 1, expected: width * 32)) {
        try tile.hashes(bytes.dropLast())
      }
    }
    let longest = [[UInt8](repeating: 7, count: Tile.longestEntry)]
    #expect(try Tile(.entries, index: 0, width: 1).entries(Tile.encode(entries: longest)) == longest)
  }
}
