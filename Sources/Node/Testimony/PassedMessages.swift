import Primitives
import Rollup
import Testimony

/// Messages of known keys that a limit has kept out, the newest of them: what comes later may contradict one so that nothing
/// excuses it, and then both are kept.
///
/// In memory only: a feed that is imported again brings them again.
struct PassedMessages {
  struct Entry {
    var message: HeardMessage
    var statement: Statement
  }

  /// What nothing excuses has one origin.
  private struct Place: Hashable {
    var format: SequencerCommitmentObserved.Format
    var signer: Address
    var height: UInt64
    var origin: BlockID

    init?(_ statement: Statement) {
      guard let origin = statement.origin else { return nil }
      (format, signer, height, self.origin) = (statement.format, statement.signer, statement.height, origin)
    }
  }

  /// So many messages, and bytes of them, are held, and of one place so many.
  static let messageLimit = 4096
  private static let byteLimit = 16 << 20
  private static let placeLimit = 8

  private var entries: [Place: [Entry]] = [:]

  /// The places of all entries, the oldest first, from `first` on.
  private var queue: [Place] = []
  private var first = 0
  private var byteCount = 0

  /// Holds a message, and drops the oldest ones for it. Amortized O(1).
  mutating func insert(_ message: HeardMessage, _ statement: Statement) {
    guard let place = Place(statement) else { return }
    let own = entries[place] ?? []
    guard own.count < Self.placeLimit, !own.contains(where: { $0.statement.digest == statement.digest }) else { return }
    entries[place, default: []].append(Entry(message: message, statement: statement))
    queue.append(place)
    byteCount += message.byteCount
    while queue.count - first > Self.messageLimit || byteCount > Self.byteLimit, first < queue.count { dropOldest() }
  }

  private mutating func dropOldest() {
    let place = queue[first]
    first += 1
    if let oldest = entries[place]?.removeFirst() { byteCount -= oldest.message.byteCount }
    if entries[place]?.isEmpty == true { entries[place] = nil }
    guard first > Self.messageLimit else { return }
    queue.removeFirst(first)
    first = 0
  }

  /// What was said of a height by the same key, with the same origin.
  func entries(beside statement: Statement) -> [Entry] { Place(statement).flatMap { entries[$0] } ?? [] }
}

extension HeardMessage {
  /// What it takes in memory, about, in bytes.
  fileprivate var byteCount: Int {
    let transactions = block?.transactions ?? []
    return transactions.reduce(raw.count + source.utf8.count) { $0 + $1.count + MemoryLayout<[UInt8]>.stride }
  }
}
