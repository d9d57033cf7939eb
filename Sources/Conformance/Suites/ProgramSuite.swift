import Hashing
import Primitives
import StateTransition

/// The programs of revmc, `data/NAME.json`: state tests without expectations. What the Python execution specifications make
/// of each stands in a file beside the folder, `expected-….json`, under NAME.json.
struct ProgramSuite: Suite {
  func files(among files: [FixtureFile]) -> [FixtureFile] {
    // An expectation that cannot be read fails by itself, and its programs with it.
    let named = files.filter(isExpectation).flatMap { file in
      ((try? file.json())?.members ?? []).map { "\(file.folder)data/\($0.key)" }
    }
    let programs = Set(named)
    return files.filter { $0.path.hasSuffix(".json") && !programs.contains($0.path) }
  }

  private func isExpectation(_ file: FixtureFile) -> Bool {
    file.name.hasPrefix("expected-") && file.name.hasSuffix(".json")
  }

  func cases(of file: FixtureFile) throws -> [SuiteCase] {
    guard isExpectation(file) else { return [] }
    return try file.json().members.map { name, expected in
      let fork = try expected.member("fork").string()
      return SuiteCase(name: name, fork: fork) { try run(file, name, fork: fork, expected) }
    }
  }

  private func run(_ file: FixtureFile, _ name: String, fork: String, _ expected: JSON) throws -> String? {
    guard let data = file.sibling("data/\(name)") else { throw FixtureError("data/\(name) is not there") }
    let programs = try TransactionProgram.programs(path: "\(data.directory)/\(data.path)", fork: fork)
    guard let program = programs.first, programs.count == 1 else {
      throw FixtureError("data/\(name) holds \(programs.count) transactions, and one is expected")
    }
    let (outcome, stateRoot) = try program.result()
    return try difference(outcome, stateRoot, expected)
  }

  private func difference(
    _ outcome: TransactionOutcome, _ stateRoot: Hash256, _ expected: JSON
  ) throws(FixtureError) -> String? {
    guard case .bool(let succeeds) = try expected.member("success") else { throw FixtureError("success is no word") }
    if outcome.succeeded != succeeds { return "it \(outcome.succeeded ? "succeeds" : "fails"), expected the other" }
    let gas = try expected.member("gasUsed").integer()
    if outcome.gasUsed != gas { return "gas used is \(outcome.gasUsed), expected \(gas)" }
    let output = Keccak256.hash(outcome.output)
    let wanted = try expected.member("returnDataKeccak").hash()
    if output != wanted { return "the output hashes to \(output), expected \(wanted)" }
    let logs = Log.hash(of: outcome.logs)
    let wantedLogs = try expected.member("logsHash").hash()
    if logs != wantedLogs { return "the logs hash to \(logs), expected \(wantedLogs)" }
    let root = try expected.member("stateRoot").hash()
    return stateRoot == root ? nil : "the root is \(stateRoot), expected \(root)"
  }
}
