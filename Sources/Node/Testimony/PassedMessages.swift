import Primitives
import Rollup
import Testimony

/// Messages of known keys that a limit has kept out, the newest of them: what comes later may contradict one so that nothing
/// excuses it, and then both are kept.
///
/// Keys have one room, and where it ends whoever takes most of it gives way: no key pushes out what is held of another
/// one that has less. In memory only: a feed that is imported again brings them again.
struct PassedMessages {
  struct Entry {
    var message: HeardMessage
    var statement: Statement
  }

  /// What is held of one key.
  private struct Share {
    var entries: [Statement.Ground: [Entry]] = [:]

    /// The grounds of all entries, the oldest first, from `first` on.
    var queue: [Statement.Ground] = []
    var first = 0
    var byteCount = 0

    var count: Int { queue.count - first }

    /// Takes the oldest one away, and returns its size. Amortized O(1).
    mutating func dropOldest() -> Int {
      let ground = queue[first]
      first += 1
      let size = entries[ground]?.removeFirst().message.byteCount ?? 0
      if entries[ground]?.isEmpty == true { entries[ground] = nil }
      byteCount -= size
      if first > queue.count / 2 {
        queue.removeFirst(first)
        first = 0
      }
      return size
    }
  }

  /// So many messages, and bytes of them, are held.
  static let messageLimit = 4096
  private static let byteLimit = 16 << 20

  /// Of one ground two orders are enough: whatever comes is another one than one of them.
  private static let ordersPerGround = 2

  private var shares: [Address: Share] = [:]
  private var count = 0
  private var byteCount = 0

  /// Holds a message, and drops others for it where there is no room. Amortized O(1); O(keys) for each that is dropped.
  mutating func insert(_ message: HeardMessage, _ statement: Statement) {
    guard let ground = statement.ground else { return }
    var share = shares.removeValue(forKey: statement.signer) ?? Share()
    defer { makeRoom() }
    defer { shares[statement.signer] = share }
    let own = share.entries[ground] ?? []
    guard own.count < Self.ordersPerGround, !own.contains(where: { $0.statement.order == statement.order }) else {
      return
    }
    share.entries[ground, default: []].append(Entry(message: message, statement: statement))
    share.queue.append(ground)
    share.byteCount += message.byteCount
    count += 1
    byteCount += message.byteCount
  }

  private mutating func makeRoom() {
    while count > Self.messageLimit { drop { $0.count } }
    while byteCount > Self.byteLimit { drop { $0.byteCount } }
  }

  /// Drops the oldest message of the key that has most; of two that have as much, of that with the lower address.
  private mutating func drop(_ measure: (Share) -> Int) {
    let most = shares.max { one, other in
      (measure(one.value), other.key) < (measure(other.value), one.key)
    }
    guard let signer = most?.key, var share = shares.removeValue(forKey: signer) else { return }
    byteCount -= share.dropOldest()
    count -= 1
    if share.count > 0 { shares[signer] = share }
  }

  /// What was said by the same key on the same ground: another order, if there is one.
  func order(beside statement: Statement) -> Entry? {
    guard let ground = statement.ground else { return nil }
    return shares[statement.signer]?.entries[ground]?.first { $0.statement.order != statement.order }
  }
}

extension HeardMessage {
  /// What it takes in memory, about, in bytes.
  fileprivate var byteCount: Int {
    let transactions = block?.transactions ?? []
    return transactions.reduce(raw.count + source.utf8.count) { $0 + $1.count + MemoryLayout<[UInt8]>.stride }
  }
}
