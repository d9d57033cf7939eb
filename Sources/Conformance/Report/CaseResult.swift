/// What became of one case of a suite.
package struct CaseResult: Sendable {
  package enum Outcome: Sendable {
    case passed
    /// What is not as it should be; the first difference.
    case failed(String)
    /// Why it was not run.
    case skipped(String)
    /// It is no fixture of the suite's kind, nor does it belong to one. Counts as failed: nothing is passed over.
    case foreign
  }

  /// The file, relative to the suite's directory.
  package let file: String

  /// The case in its file.
  package let name: String

  /// The fork, or what else cases are counted by.
  package let fork: String

  package let outcome: Outcome

  /// What stands for the fork where nothing says one: the file is not read, or is of another kind.
  static let noFork = "none"
}

/// What became of a suite.
package struct ConformanceReport: Sendable {
  package struct Counts: Sendable {
    package var passed = 0
    package var failed = 0
    package var skipped = 0
  }

  /// All that did not pass, in the order of files.
  package private(set) var notable: [CaseResult] = []

  package private(set) var total = Counts()

  private var byFork: [String: Counts] = [:]

  private var byReason: [String: Int] = [:]

  package init(_ results: [CaseResult]) {
    for result in results { add(result) }
  }

  /// Counts by fork, by name.
  package var forks: [(fork: String, counts: Counts)] {
    byFork.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  /// How many cases were skipped for each reason, by reason.
  package var skips: [(reason: String, count: Int)] {
    byReason.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  private mutating func add(_ result: CaseResult) {
    var counts = byFork[result.fork] ?? Counts()
    switch result.outcome {
    case .passed:
      counts.passed += 1
      total.passed += 1
    case .failed, .foreign:
      counts.failed += 1
      total.failed += 1
      notable.append(result)
    case .skipped(let reason):
      counts.skipped += 1
      byReason[reason, default: 0] += 1
      total.skipped += 1
      notable.append(result)
    }
    byFork[result.fork] = counts
  }
}
