/// One way of reading fixtures.
protocol Suite: Sendable {
  /// Whether a file holds cases, by its path below the suite's directory.
  func holdsCases(_ path: String) -> Bool

  /// The cases of such a file.
  func cases(of file: FixtureFile) throws -> [SuiteCase]
}

/// A suite whose files hold fixtures by name, each complete in itself.
protocol FixtureSuite: Suite {
  /// The cases of one entry of a file.
  static func cases(file: String, name: String, _ fixture: JSON) -> [SuiteCase]
}

extension FixtureSuite {
  func holdsCases(_ path: String) -> Bool { path.hasSuffix(".json") }

  func cases(of file: FixtureFile) throws -> [SuiteCase] { try Self.cases(of: file.json(), in: file.path) }

  static func cases(of document: JSON, in path: String) -> [SuiteCase] {
    // A list of cases without names is one fixture.
    if case .array = document { return cases(file: path, name: "", document) }
    return document.members.flatMap { name, fixture in cases(file: path, name: name, fixture) }
  }
}

/// A case that can be run.
struct SuiteCase {
  let name: String
  let fork: String

  private let body: () throws -> CaseResult.Outcome

  /// `difference` is nil for passed, else the first difference.
  init(name: String, fork: String, _ difference: @escaping () throws -> String?) {
    self.init(name: name, fork: fork) { try difference().map { .failed($0) } ?? .passed }
  }

  /// `outcome` says so itself where what the case holds decides that it cannot be run.
  init(name: String, fork: String, outcome: @escaping () throws -> CaseResult.Outcome) {
    self.name = name
    self.fork = fork
    body = outcome
  }

  /// Runs it.
  func outcome() -> CaseResult.Outcome {
    do { return try body() } catch { return .failed("\(error)") }
  }
}
