import Primitives
import StateTrie

/// Which entries of a batch hold the rows that were read on the way to writing them, so that these need not be looked for
/// again.
///
/// What is read in the order of keys is written in the order of keys: so the entries stand in a list, and whoever asks goes
/// through it once. Who asks in another order is told of none, and has to look in the batch. Holds as long as the batch
/// forgets nothing: for one fold.
struct EntryTrail<Key: Comparable> {
  private var found: [(key: Key, entry: Int)] = []
  private var next = 0

  mutating func note(_ key: Key, _ entry: Int) { found.append((key, entry)) }

  /// The entry of `key`, if it was read and nothing after it has been asked for.
  mutating func entry(of key: Key) -> Int? {
    while next < found.count, found[next].key < key { next += 1 }
    guard next < found.count, found[next].key == key else { return nil }
    return found[next].entry
  }
}

/// The entries of nodes of tries: those of one depth are read in their order, and written in it.
struct NodeTrail {
  private struct Place: Comparable {
    let owner: Hash256?
    let path: NibblePath

    static func < (left: Place, right: Place) -> Bool {
      if left.owner == right.owner { return left.path < right.path }
      guard let first = left.owner, let second = right.owner else { return left.owner == nil }
      return first < second
    }
  }

  /// By depth.
  private var trails: [EntryTrail<Place>] = []

  mutating func note(_ path: NibblePath, of owner: Hash256?, _ entry: Int) {
    while trails.count <= path.count { trails.append(EntryTrail()) }
    trails[path.count].note(Place(owner: owner, path: path), entry)
  }

  mutating func entry(of path: NibblePath, of owner: Hash256?) -> Int? {
    guard path.count < trails.count else { return nil }
    return trails[path.count].entry(of: Place(owner: owner, path: path))
  }
}
