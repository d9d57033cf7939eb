import Dispatch
import Foundation
import Synchronization

/// Runs a suite: every JSON file below a directory (and of precompiled contracts every YAML file), over all cores.
package struct ConformanceRun: Sendable {
  /// The kinds of suites; the raw value is what the command line calls them.
  package enum Kind: String, CaseIterable, Sendable {
    case state, blockchain, transaction, trie, rlp, opcode, precompile
  }

  package let kind: Kind
  package let directory: String

  /// Only cases with this in their file's path or name.
  package let filter: String?

  /// Only cases of this fork.
  package let fork: String?

  package init(kind: Kind, directory: String, filter: String? = nil, fork: String? = nil) {
    self.kind = kind
    self.directory = directory
    self.filter = filter
    self.fork = fork
  }

  /// Runs all cases. The result does not depend on the number of cores.
  package func run() throws -> ConformanceReport {
    let files = try files()
    let results = Mutex<[Int: [CaseResult]]>([:])
    DispatchQueue.concurrentPerform(iterations: files.count) { index in
      let cases = run(file: files[index])
      results.withLock { $0[index] = cases }
    }
    let byFile = results.withLock { $0 }
    return ConformanceReport(files.indices.flatMap { byFile[$0] ?? [] })
  }

  /// Paths of the suite's files below the directory, in order.
  private func files() throws -> [String] {
    guard let found = FileManager.default.enumerator(atPath: directory) else {
      throw ConformanceError("\(directory) is no directory")
    }
    let endings = kind == .precompile ? [".json", ".yaml"] : [".json"]
    let all = found.compactMap { $0 as? String }.filter { file in endings.contains { file.hasSuffix($0) } }.sorted()
    guard !all.isEmpty else { throw ConformanceError("\(directory) holds no file that ends in \(endings)") }
    return all
  }

  private func run(file: String) -> [CaseResult] {
    do {
      guard let data = FileManager.default.contents(atPath: "\(directory)/\(file)") else {
        throw FixtureError("the file cannot be read")
      }
      let bytes = [UInt8](data)
      let document = file.hasSuffix(".yaml") ? JSON(proofCase: bytes) : try JSON(parsing: bytes)
      // A list of cases without names is one fixture.
      if case .array = document { return run(file: file, name: "", document) }
      return document.members.flatMap { name, fixture in run(file: file, name: name, fixture) }
    } catch {
      return [CaseResult(file: file, name: "", fork: "", outcome: .failed("\(error)"))]
    }
  }

  private func run(file: String, name: String, _ fixture: JSON) -> [CaseResult] {
    let suite: any Suite.Type =
      switch kind {
      case .state: StateSuite.self
      case .blockchain: BlockchainSuite.self
      case .transaction: TransactionSuite.self
      case .trie: TrieSuite.self
      case .rlp: RLPSuite.self
      case .opcode: OpcodeSuite.self
      case .precompile: PrecompileSuite.self
      }
    return suite.cases(file: file, name: name, fixture).compactMap { item in
      if let fork, item.fork != fork { return nil }
      if let filter, !file.contains(filter), !item.name.contains(filter) { return nil }
      if let reason = SkipList.reason(file: file, name: item.name) {
        return CaseResult(file: file, name: item.name, fork: item.fork, outcome: .skipped(reason))
      }
      return CaseResult(file: file, name: item.name, fork: item.fork, outcome: item.outcome())
    }
  }
}

/// The suite cannot be run.
package struct ConformanceError: Error, CustomStringConvertible {
  package let description: String

  package init(_ description: String) {
    self.description = description
  }
}

/// One way of reading fixtures.
protocol Suite {
  /// The cases of one entry of a file.
  static func cases(file: String, name: String, _ fixture: JSON) -> [SuiteCase]
}

/// A case that can be run.
struct SuiteCase {
  let name: String
  let fork: String

  /// nil for passed, else the first difference.
  private let body: () throws -> String?

  init(name: String, fork: String, _ body: @escaping () throws -> String?) {
    self.name = name
    self.fork = fork
    self.body = body
  }

  /// Runs it.
  func outcome() -> CaseResult.Outcome {
    do { return try body().map { .failed($0) } ?? .passed } catch { return .failed("\(error)") }
  }
}
