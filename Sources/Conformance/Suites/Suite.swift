import EVM

/// One way of reading fixtures.
protocol Suite: Sendable {
  /// Which files are read for cases, of all below the suite's directory: every one that could hold a fixture, but for those
  /// that belong to the cases of others. What turns out to hold none is of another kind.
  func files(among files: [FixtureFile]) -> [FixtureFile]

  /// The cases of such a file; none when it is of another kind.
  func cases(of file: FixtureFile) throws -> [SuiteCase]
}

extension Suite {
  /// All files of JSON.
  func files(among files: [FixtureFile]) -> [FixtureFile] { files.filter { $0.path.hasSuffix(".json") } }
}

/// A suite whose files hold fixtures by name, each complete in itself.
protocol FixtureSuite: Suite {
  /// The cases of one entry of a file; none when it is no fixture of this kind.
  static func cases(file: String, name: String, _ fixture: JSON) -> [SuiteCase]
}

extension FixtureSuite {
  func cases(of file: FixtureFile) throws -> [SuiteCase] { try Self.cases(of: file.json(), in: file.path) }

  static func cases(of document: JSON, in path: String) -> [SuiteCase] {
    // A list of cases without names is one fixture.
    if case .array = document { return cases(file: path, name: "", document) }
    return document.members.flatMap { name, fixture in
      let cases = cases(file: path, name: name, fixture)
      return cases.isEmpty ? [.foreign(name)] : cases
    }
  }
}

/// A case that can be run.
struct SuiteCase {
  let name: String
  let fork: String

  private let body: () throws -> CaseResult.Outcome

  /// The same, telling of each instruction; nil where no instructions are followed.
  private let traced: ((@escaping (StructLogTracer.Entry) -> Void) throws -> CaseResult.Outcome)?

  /// Both closures give nil for passed, else the first difference; the second tells of each instruction.
  init(
    name: String, fork: String, _ difference: @escaping () throws -> String?,
    traced: ((@escaping (StructLogTracer.Entry) -> Void) throws -> String?)? = nil
  ) {
    self.init(
      name: name, fork: fork, outcome: { Self.outcome(of: try difference()) },
      traced: traced.map { run in { tell in Self.outcome(of: try run(tell)) } })
  }

  /// The closures say so themselves where what the case holds decides that it cannot be run.
  init(
    name: String, fork: String, outcome: @escaping () throws -> CaseResult.Outcome,
    traced: ((@escaping (StructLogTracer.Entry) -> Void) throws -> CaseResult.Outcome)? = nil
  ) {
    self.name = name
    self.fork = fork
    body = outcome
    self.traced = traced
  }

  private static func outcome(of difference: String?) -> CaseResult.Outcome {
    difference.map { .failed($0) } ?? .passed
  }

  /// What stands in a file of fixtures, and is none of the suite's kind.
  static func foreign(_ name: String) -> SuiteCase {
    SuiteCase(name: name, fork: CaseResult.noFork, outcome: { .foreign })
  }

  /// Runs it.
  func outcome() -> CaseResult.Outcome {
    do { return try body() } catch { return .failed("\(error)") }
  }

  /// Runs it and tells of each instruction; nil where that cannot be.
  func outcome(_ tell: @escaping (StructLogTracer.Entry) -> Void) -> CaseResult.Outcome? {
    guard let traced else { return nil }
    do { return try traced(tell) } catch { return .failed("\(error)") }
  }
}
