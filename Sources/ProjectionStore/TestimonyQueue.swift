import EventStore
import Primitives
import Rollup

/// The testimony in the order in which it arrived, each with its place among the ledger's records.
///
/// A place is a position of the ledger: the testimony stands behind all records before it. Each names the ledger's last
/// leaf at its arrival, and is given only where the ledger has that leaf. None stands before one that arrived earlier, even
/// if it says so.
struct TestimonyQueue {
  struct Testimony {
    let record: StoredRecord
    let event: Event
    let arrival: Arrival
    let place: ProjectionError.Place
  }

  private let testimony: EventLog
  private let ledger: EventLog

  /// Who folds it.
  private let projection: String

  /// How far it has been taken.
  private(set) var cursor: TestimonyCursor

  /// How many of the log there are to take.
  let end: UInt64

  /// Read ahead, from `cursor` on.
  private var buffer: ArraySlice<StoredRecord> = []

  /// The next one, decoded.
  private var head: Testimony?

  /// The leaf that was looked up last.
  private var known = Arrival(ledgerPosition: 0, ledgerLeaf: .zero)

  private static let bufferRecords = 256
  private static let bufferBytes = 1 << 20

  init(
    _ testimony: EventLog, beside ledger: EventLog, for projection: String, from cursor: TestimonyCursor,
    to end: UInt64
  ) {
    self.testimony = testimony
    self.ledger = ledger
    self.projection = projection
    self.cursor = cursor
    self.end = end
  }

  /// The place of the next one; nil when there is none. It may be beyond what the ledger has.
  mutating func nextPlace() throws(ProjectionError) -> UInt64? {
    guard let next = try peek() else { return nil }
    return max(next.arrival.ledgerPosition, cursor.ledgerPosition)
  }

  /// Takes the next one.
  ///
  /// - Precondition: there is one, and the ledger has come to its place.
  /// - Throws: `foreignTestimony` when the ledger has another leaf before it than it says.
  mutating func take() throws(ProjectionError) -> Testimony {
    guard let next = try peek() else { preconditionFailure("whoever takes one has seen that it is there") }
    try requireLeaf(next)
    cursor.nextPosition += 1
    cursor.lastLeafHash = next.record.header.leafHash
    cursor.ledgerPosition = max(next.arrival.ledgerPosition, cursor.ledgerPosition)
    head = nil
    return next
  }

  private mutating func peek() throws(ProjectionError) -> Testimony? {
    if let head { return head }
    guard cursor.nextPosition < end else { return nil }
    if buffer.isEmpty {
      do throws(ReadError) {
        let read = try testimony.batch(
          from: cursor.nextPosition, to: end, view: .physical, records: Self.bufferRecords, bytes: Self.bufferBytes)
        buffer = read.records[...]
      } catch { throw .log(error) }
    }
    guard let record = buffer.popFirst() else { return nil }
    let place = ProjectionError.Place(
      projection: projection, position: record.position, kind: record.kind, coordinates: record.header.coordinates)
    let event: Event
    do throws(EventError) { event = try Event(kind: record.kind, payload: record.payload) } catch {
      throw .undecodable(place, error)
    }
    guard let arrival = event.arrival else { throw .notTestimony(place) }
    head = Testimony(record: record, event: event, arrival: arrival, place: place)
    return head
  }

  private mutating func requireLeaf(_ next: Testimony) throws(ProjectionError) {
    let position = next.arrival.ledgerPosition
    if position != known.ledgerPosition {
      let leaf: Hash256
      do throws(ReadError) { leaf = position == 0 ? .zero : try ledger.leafHash(at: Position(position - 1)) } catch {
        throw .log(error)
      }
      known = Arrival(ledgerPosition: position, ledgerLeaf: leaf)
    }
    guard known.ledgerLeaf == next.arrival.ledgerLeaf else {
      throw .foreignTestimony(next.place, arrival: next.arrival, ledgerLeaf: known.ledgerLeaf)
    }
  }
}
