import Hashing
import Primitives
import StateTransition
import StateTrie

/// The state as execution reads it.
struct StoredState: StateView {
  private let view: ProjectionView

  /// Of the accounts that were read together.
  private final class Trail {
    var accounts = EntryTrail<Hash256>()
  }

  private let trail = Trail()

  init(_ view: ProjectionView) { self.view = view }

  /// The entry of the batch that is an account's row, if it was read before; asked in the order of keys.
  func entry(of account: Hash256) -> Int? { trail.accounts.entry(of: account) }

  func account(_ address: Address) throws(StateReadError) -> Account? {
    try read(address.withBytes { Keccak256.hash($0) }).row
  }

  /// In the order of their keys, so that neighbours in the store are read one after the other.
  func accounts(_ addresses: [Address]) throws(StateReadError) -> [Account?]? {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(Address.byteCount * addresses.count)
    for address in addresses { address.withBytes { bytes.append(contentsOf: $0) } }
    let keys = Keccak256.hashEach(of: bytes, ends: addresses.indices.map { Address.byteCount * ($0 + 1) })
    var found = [Account?](repeating: nil, count: addresses.count)
    for (key, place) in zip(keys, addresses.indices).sorted(by: { $0.0 < $1.0 }) {
      let (account, entry) = try read(key)
      found[place] = account
      if let entry { trail.accounts.note(key, entry) }
    }
    return found
  }

  private func read(_ key: Hash256) throws(StateReadError) -> (row: Account?, entry: Int?) {
    do {
      return try key.withBytes { key throws(TableReadError) in
        try view.rowEntry(ProposerState.accounts, key) { row throws(RLPError) in try Account(row: row) }
      }
    } catch { throw StateReadError("\(error); rebuild the projection") }
  }

  func storage(_ address: Address, _ slot: UInt256) throws(StateReadError) -> UInt256 {
    let account = address.withBytes { Keccak256.hash($0) }
    let key = ProposerState.storageKey(account: account, slot: slot.withBigEndianBytes { Keccak256.hash($0) })
    do {
      return try view.row(ProposerState.storage, key.rawSpan) { row throws(RLPError) in
        try StateCommitment.decode(slotValue: row)
      } ?? .zero
    } catch { throw StateReadError("\(error); rebuild the projection") }
  }

  func code(_ hash: Hash256) throws(StateReadError) -> [UInt8] {
    let code: [UInt8]?
    do {
      code = try hash.withBytes { key throws(TableReadError) in try view.value(ProposerState.code, key) }
    } catch { throw StateReadError("\(error); rebuild the projection") }
    guard let code else { throw StateReadError("table 'code' has no row \(hash); rebuild the projection") }
    return code
  }

  func blockHash(_ number: UInt64) throws(StateReadError) -> Hash256 {
    let hash: Hash256?
    do { hash = try ProposerState.hash(of: number, in: view) } catch { throw StateReadError("\(error)") }
    guard let hash else { throw StateReadError("table 'hashes' has no row \(number); rebuild the projection") }
    return hash
  }
}
