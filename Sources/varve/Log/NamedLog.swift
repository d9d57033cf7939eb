import EventStore
import Primitives
import Rollup

/// One of two logs that are compared, with the name under which it was given: what goes wrong in it is told with that.
struct NamedLog {
  let log: EventLog
  let name: String

  /// Why a log could not be read, and which.
  struct Failure: TellsDisagreement, CustomStringConvertible {
    let name: String
    let cause: any Error

    var description: String { "in \(name): \(cause)" }
    var isDisagreement: Bool { false }
    var underlying: (any TellsDisagreement)? { cause as? any TellsDisagreement }
  }

  static func reading<R>(_ name: String, _ body: () throws -> R) throws(Failure) -> R {
    do { return try body() } catch { throw Failure(name: name, cause: error) }
  }

  func reading<R>(_ body: (EventLog) throws -> R) throws(Failure) -> R {
    try Self.reading(name) { try body(log) }
  }
}

extension NamedLog: ComparableLedger {
  func l1Blocks() throws(Failure) -> ClosedRange<UInt64>? { try reading { try $0.l1Blocks() } }

  func finalizedL1Block() throws(Failure) -> BlockID? { try reading { try $0.finalizedL1Block() } }

  func canonicalAcc(afterL1Block number: UInt64) throws(Failure) -> Hash256 {
    try reading { try $0.canonicalAcc(afterL1Block: number) }
  }

  func facts(ofL1Block number: UInt64) throws(Failure) -> (hash: Hash256, facts: [LedgerFact]) {
    try reading { try $0.facts(ofL1Block: number) }
  }

  func hasRevoked(_ id: BlockID) throws(Failure) -> Bool { try reading { try $0.hasRevoked(id) } }
}
