import Primitives
import Rollup
import StateTransition

/// TransactionTests: whether bytes are a valid transaction at each fork, whose, and what its intrinsic gas is.
struct TransactionSuite: FixtureSuite {
  static func cases(file: String, name: String, _ fixture: JSON) -> [SuiteCase] {
    (fixture["result"]?.members ?? []).map { fork, expected in
      SuiteCase(name: name, fork: fork) { try run(fixture, fork: fork, expected) }
    }
  }

  private static func run(_ fixture: JSON, fork: String, _ expected: JSON) throws -> String? {
    guard let number = FixtureForks.names[fork] else { throw FixtureError("the fork \(fork) is unknown") }
    let rules = ForkRules.rules(of: number)
    let bytes = try fixture.member("txbytes").bytes()
    let refusal = try expected.optional("exception").map { (json) throws(FixtureError) in
      ExpectedRefusal(try json.string())
    }
    do {
      let transaction = try Transaction(encoded: bytes.rawSpan)
      let sender = try transaction.sender(chainID: 1, rules: rules)
      let gas = try transaction.checkStateless(rules: rules).intrinsic
      if let refusal { return "accepted, expected is \(refusal)" }
      if transaction.encode() != bytes { return "the encoding is another one" }
      return try difference(transaction.hash, sender, gas, expected)
    } catch let error as TransactionError {
      guard let refusal else { return "refused: \(error)" }
      return refusal.difference(from: error)
    }
  }

  private static func difference(
    _ hash: Hash256, _ sender: Address, _ gas: UInt64, _ expected: JSON
  ) throws(FixtureError) -> String? {
    if hash != (try expected.member("hash").hash()) { return "the hash is \(hash)" }
    if sender != (try expected.member("sender").address()) { return "the sender is \(sender)" }
    return gas == (try expected.member("intrinsicGas").integer()) ? nil : "the intrinsic gas is \(gas)"
  }
}
