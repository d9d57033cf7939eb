import Primitives
import Projections

/// The rows of several parts as those of one: in the order of tables and keys, and of each key the newest, which is that
/// of the last part that has one.
///
/// A tournament decides which part's row is next. Each part but the winner waits where it has lost; when the winner has
/// gone to its next row, that one plays against those that wait on its way up. O(log parts) for a row.
struct MergedRows {
  /// What settles most games.
  private struct Head {
    /// Beyond all tables when the part has come to its end.
    let table: Int
    let word: UInt64

    static let end = Head(table: .max, word: 0)
  }

  private var readers: [PartReader]
  private var heads: [Head] = []

  /// By inner node of the tree, whose root is 1 and whose leaves are the parts; at 0 the winner of all.
  private var losers: [Int]

  /// Of the row that was lent last.
  private var key: [UInt8] = []
  private var hasBegun = false

  init(_ file: RowFile, _ parts: ArraySlice<Range<Int>>) throws(ProjectionError) {
    readers = parts.map { PartReader(file, $0) }
    losers = Array(repeating: 0, count: max(readers.count, 1))
    heads = Array(repeating: .end, count: readers.count)
    for part in readers.indices { heads[part] = try nextHead(of: part) }
    playAll()
  }

  /// Whether the last row has been passed, or there is none.
  var isAtEnd: Bool { readers.isEmpty || heads[losers[0]].table == Head.end.table }

  /// Goes to the next row. False when there is none.
  mutating func advance() throws(ProjectionError) -> Bool {
    if isAtEnd { return false }
    if hasBegun {
      let last = heads[losers[0]]
      readers[losers[0]].copyKey(to: &key)
      try moveWinner()
      while isOlder(than: last) { try moveWinner() }
    }
    hasBegun = true
    return !isAtEnd
  }

  /// Lends the row, as a part has it.
  mutating func lendRow<Failure: Error>(_ body: (_ row: RawSpan) throws(Failure) -> Void) throws(Failure) {
    try readers[losers[0]].lendRow(body)
  }

  /// Lends the row: its value, or nil where it says that there is none any more.
  mutating func lend<Failure: Error>(
    _ body: (_ table: Int, _ key: RawSpan, _ value: RawSpan?) throws(Failure) -> Void
  ) throws(Failure) {
    try readers[losers[0]].lend(body)
  }

  /// Whether the winner's row has the key of the one that was lent last, whose head is given.
  private func isOlder(than last: Head) -> Bool {
    let winner = losers[0]
    guard heads[winner].word == last.word, heads[winner].table == last.table else { return false }
    return readers[winner].hasKey(key)
  }

  /// Takes the winner to its next row, and finds who wins then.
  private mutating func moveWinner() throws(ProjectionError) {
    var winner = losers[0]
    heads[winner] = try nextHead(of: winner)
    var node = (winner + readers.count) / 2
    while node > 0 {
      let other = losers[node]
      if wins(other, over: winner) {
        losers[node] = winner
        winner = other
      }
      node /= 2
    }
    losers[0] = winner
  }

  private mutating func nextHead(of part: Int) throws(ProjectionError) -> Head {
    guard try readers[part].advance(), let head = readers[part].head() else { return .end }
    return Head(table: head.table, word: head.word)
  }

  /// Plays all games, from the leaves up.
  private mutating func playAll() {
    let count = readers.count
    guard count > 1 else { return }
    var winners = [Int](repeating: 0, count: count) + readers.indices
    for node in (1..<count).reversed() {
      let (left, right) = (winners[2 * node], winners[2 * node + 1])
      let isLeft = wins(left, over: right)
      winners[node] = isLeft ? left : right
      losers[node] = isLeft ? right : left
    }
    losers[0] = winners[1]
  }

  /// Whether the row of one part comes before that of another one: of one key the newer.
  private func wins(_ one: Int, over other: Int) -> Bool {
    let (first, second) = (heads[one], heads[other])
    if first.table != second.table { return first.table < second.table }
    if first.word != second.word { return first.word < second.word }
    if first.table == Head.end.table { return false }
    if readers[one].precedes(readers[other]) { return true }
    return one > other && !readers[other].precedes(readers[one])
  }
}
