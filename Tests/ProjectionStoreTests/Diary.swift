import EventStore
import Hashing
import LMDB
import Primitives
@testable import ProjectionStore
import Projections
import Rollup
import SystemPackage
import TestSupport

/// Writes down all that comes from both logs, each entry bound to all before it: no two orders have the same rows.
struct Diary: Projection {
  static let name = "diary"
  static let schemaVersion: UInt32 = 1
  static let readMode = ReadMode.physicalWithTestimony

  /// Number of the entry → hash of it and all before it.
  static let entries = ProjectionTable(index: 0, name: "entries")
  /// 0 → number and hash of the newest entry.
  static let newest = ProjectionTable(index: 1, name: "newest")
  /// Kind → number of its newest entry.
  static let kinds = ProjectionTable(index: 2, name: "kinds")

  static let tables = [entries, newest, kinds]

  /// Where a gap of this source is, the fold gives up.
  static let poison = Array("poison".utf8)

  init(configuration: ChainConfiguration) {}

  func fold(_ fact: Fact, into view: ProjectionView) throws(FoldError) -> Never? {
    if case .feedGap(let gap) = fact.event, gap.source == Self.poison { throw .configuration("no more of this") }
    let before: [UInt8]
    do { before = try view.value(Self.newest, [0].rawSpan) ?? [UInt8](repeating: 0, count: 40) } catch {
      throw .rows(error)
    }
    var number: [UInt8] = []
    number.append(bigEndian: before.rawSpan.bigEndian(at: 0, as: UInt64.self) + 1)
    var kind: [UInt8] = []
    kind.append(bigEndian: fact.event.kind.rawValue)
    var place: [UInt8] = []
    place.append(bigEndian: fact.coordinates.blockNumber)
    let hash = Keccak256.hash(before + kind + place + fact.event.encode())
    view.put(Self.entries, number, hash.bytes)
    view.put(Self.newest, [0], number + hash.bytes)
    view.put(Self.kinds, kind, number)
    return nil
  }
}

/// A ledger and what was heard beside it, in one data directory.
struct BothLogs {
  let scratch: Scratch
  let testimony: EventLog

  static func with<R>(_ body: (BothLogs) throws -> R) throws -> R {
    try Scratch.with { scratch in
      let testimony = try EventLog.open(scratch.dataDirectory.appending("testimony"), mode: .create)
      return try body(BothLogs(scratch: scratch, testimony: testimony))
    }
  }

  func projector(testimony other: EventLog? = nil) -> Projector<Diary> {
    Projector(
      dataDirectory: scratch.dataDirectory, log: scratch.log, testimony: other ?? testimony, storeID: Scratch.storeID)
  }

  /// Where the ledger stands.
  func now() throws -> Arrival { try arrival(at: scratch.log.head().size) }

  func arrival(at position: UInt64) throws -> Arrival {
    let leaf = position == 0 ? Hash256.zero : try scratch.log.leafHash(at: Position(position - 1))
    return Arrival(ledgerPosition: position, ledgerLeaf: leaf)
  }

  /// Somebody says something, which arrives now or did so before.
  func hear(_ number: UInt64, at arrival: Arrival? = nil, source: [UInt8] = [1]) throws {
    let arrival = try arrival ?? now()
    let gap = FeedGap(
      source: source, from: number, to: number, receivedAt: 0, ledgerPosition: arrival.ledgerPosition,
      ledgerLeaf: arrival.ledgerLeaf)
    try testimony.append([NewRecord(.feedGap(gap), at: .observed(at: number))])
  }

  /// Whether the next testimony to fold arrived before records that the live version has folded.
  func isOvertaken() throws -> Bool {
    let cursor = try projector().openLive(.readOnly).cursor() ?? .start
    let next = cursor.testimony ?? .start
    guard next.nextPosition < (try testimony.head().size),
      let arrival = try testimony.record(at: Position(next.nextPosition)).event().arrival
    else { return false }
    return max(arrival.ledgerPosition, next.ledgerPosition) < cursor.nextPosition
  }

  /// What folding both logs in the order of arrival gives.
  func fresh(_ configuration: ChainConfiguration) throws -> Hash256 {
    let size = try scratch.log.head().size
    var waiting: [(place: UInt64, fact: Fact)] = []
    for position in 0..<(try testimony.head().size) {
      let record = try testimony.record(at: Position(position))
      let event = try record.event()
      let place = max(waiting.last?.place ?? 0, event.arrival?.ledgerPosition ?? 0)
      waiting.append((place, Fact(coordinates: record.header.coordinates, event: event)))
    }
    let fold = LiveFold<Diary>(configuration: configuration)
    for position in 0...size {
      for next in waiting where next.place == position { try fold.apply(next.fact) }
      guard position < size else { break }
      let record = try scratch.log.record(at: Position(position))
      try fold.apply(Fact(coordinates: record.header.coordinates, event: try record.event()))
    }
    return fold.digest
  }
}
