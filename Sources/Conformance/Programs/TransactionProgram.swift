package import EVM
import Foundation
import Hashing
import Primitives
import Rollup
import StateTransition

/// The transaction of a state test, to be carried out again and again over the same state: what benchmarks run.
package struct TransactionProgram {
  /// The file's name without its ending; with the number of the transaction's data where there are several.
  package let name: String

  package var revision: Revision { context.rules.revision }

  private let context: BlockContext
  private let state: ProgramState
  private let transaction: Transaction
  private let sender: Address

  /// All transactions of a file in the form of a state test, each value of `data` with the first gas limit and value.
  ///
  /// - Parameters:
  ///   - path: of the file.
  ///   - fork: as the suites name it; whatever `post` the file has is not looked at.
  package static func programs(path: String, fork: String) throws -> [TransactionProgram] {
    guard let bytes = FileManager.default.contents(atPath: path) else {
      throw ConformanceError("\(path) cannot be read")
    }
    do {
      return try JSON(parsing: [UInt8](bytes)).members.flatMap { name, fixture in
        try programs(name, fixture, fork: fork)
      }
    } catch {
      throw ConformanceError("\(path): \(error)")
    }
  }

  private static func programs(_ name: String, _ fixture: JSON, fork: String) throws -> [TransactionProgram] {
    let rules = try FixtureForks(network: fork, config: nil)
    let header = try StateSuite.header(fixture.member("env"), fork: FixtureForks.names[fork] ?? .frontier)
    let context = BlockContext(header: header, chainID: 1, forks: rules.schedule)
    let state = ProgramState(try FixtureState(fixture.member("pre")))
    // One transaction with lists of values, or a list of transactions.
    let written = try fixture.member("transaction")
    let fields = written.items.isEmpty ? [written] : written.items
    let cases = try fields.flatMap { fields in try all(fields.member("data")).map { (fields, $0) } }
    return try cases.enumerated().map { index, item in
      let (fields, data) = item
      let transaction = Transaction(
        nonce: try fields.member("nonce").integer(), gasPrice: try fields.member("gasPrice").number(),
        gasLimit: try first(fields.member("gasLimit")).integer(), to: try fields.member("to").address(),
        value: try first(fields.member("value")).number(), data: try data.bytes())
      return TransactionProgram(
        name: cases.count == 1 ? name : "\(name)/\(index)", context: context, state: state, transaction: transaction,
        sender: try fields.member("sender").address())
    }
  }

  private static func all(_ value: JSON) -> [JSON] { value.items.isEmpty ? [value] : value.items }

  private static func first(_ value: JSON) -> JSON { all(value)[0] }
}

extension TransactionProgram {
  /// The transaction at the start of its block.
  package struct Attempt {
    private var execution: BlockExecution
    private let program: TransactionProgram

    init(_ program: TransactionProgram, on machine: Machine) {
      self.program = program
      execution = BlockExecution(context: program.context, over: program.state, machine: machine)
    }

    /// Carries it out: validity, charges, code, refunds; the sender is known, and no root is computed.
    package mutating func run() throws -> (gasUsed: UInt64, succeeded: Bool) {
      do {
        let outcome = try execution.apply(program.transaction, from: program.sender)
        return (outcome.gasUsed, outcome.succeeded)
      } catch {
        throw ConformanceError("\(program.name): \(error)")
      }
    }
  }

  /// What comes of it, and the state root after it.
  func result() throws -> (outcome: TransactionOutcome, stateRoot: Hash256) {
    var execution = BlockExecution(context: context, over: state)
    let outcome = try execution.apply(transaction, from: sender)
    var after = state.contents
    after.apply(execution.takeDiff())
    return (outcome, after.root)
  }

  /// A new attempt over the untouched state. What the machine has prepared of the code stays prepared.
  package func attempt(on machine: Machine) -> Attempt { Attempt(self, on: machine) }
}

/// A fixture's state whose accounts' code is hashed once.
private struct ProgramState: StateView {
  let contents: FixtureState
  private let accounts: [Address: Account]

  init(_ contents: FixtureState) {
    self.contents = contents
    accounts = Dictionary(
      uniqueKeysWithValues: contents.accounts.keys.compactMap { address in
        contents.account(address).map { (address, $0) }
      })
  }

  func account(_ address: Address) -> Account? { accounts[address] }

  func storage(_ address: Address, _ slot: UInt256) -> UInt256 { contents.storage(address, slot) }

  func code(_ hash: Hash256) throws(StateReadError) -> [UInt8] { try contents.code(hash) }

  func blockHash(_ number: UInt64) -> Hash256 { contents.blockHash(number) }
}
