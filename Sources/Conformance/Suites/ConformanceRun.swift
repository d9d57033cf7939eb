import Dispatch
package import EVM
import Hashing
import Synchronization

/// Runs a suite: every file below a directory that holds cases of it, over all cores.
package struct ConformanceRun: Sendable {
  /// The kinds of suites; the raw value is what the command line calls them.
  package enum Kind: String, CaseIterable, Sendable {
    case state, blockchain, transaction, trie, rlp, opcode, precompile, genesis, mainnet, witness, program
  }

  /// A fixed part of a suite's cases: by a checksum of each case's file and name, so that it is the same on every machine.
  package struct Share: Sendable {
    /// From one to `count`.
    package let part: UInt32
    package let count: UInt32

    /// nil unless `1 ≤ part ≤ count`.
    package init?(part: UInt32, of count: UInt32) {
      guard part >= 1, part <= count else { return nil }
      self.part = part
      self.count = count
    }

    func contains(file: String, name: String) -> Bool {
      CRC32C.checksum([UInt8]("\(file)\n\(name)".utf8)) % count == part - 1
    }
  }

  package let kind: Kind
  package let directory: String

  /// Only cases with this in their file's path or name.
  package let filter: String?

  /// Only cases of this fork.
  package let fork: String?

  /// Only cases of this share.
  package let share: Share?

  package init(kind: Kind, directory: String, filter: String? = nil, fork: String? = nil, share: Share? = nil) {
    self.kind = kind
    self.directory = directory
    self.filter = filter
    self.fork = fork
    self.share = share
  }

  /// Runs all cases. The result does not depend on the number of cores.
  ///
  /// Throws when nothing was run: no file is of the suite's kind, or no case is chosen.
  package func run() throws -> ConformanceReport {
    let suite = try suite()
    let files = try files(of: suite)
    let results = Mutex<[Int: [CaseResult]]>([:])
    DispatchQueue.concurrentPerform(iterations: files.count) { index in
      let cases = run(suite, files[index])
      results.withLock { $0[index] = cases }
    }
    let byFile = results.withLock { $0 }
    let all = files.indices.flatMap { byFile[$0] ?? [] }
    if all.isEmpty { throw nothingChosen }
    let areForeign = all.allSatisfy { if case .foreign = $0.outcome { true } else { false } }
    if areForeign { throw ConformanceError("\(directory) holds no fixture of the suite '\(kind.rawValue)'") }
    return ConformanceReport(all)
  }

  private var nothingChosen: ConformanceError {
    let choice = [
      filter.map { "filter '\($0)'" }, fork.map { "fork '\($0)'" }, share.map { "share \($0.part)/\($0.count)" },
    ].compactMap { $0 }.joined(separator: ", ")
    return ConformanceError("no case of the suite '\(kind.rawValue)' in \(directory) is chosen: \(choice)")
  }

  private func suite() throws -> any Suite {
    switch kind {
    case .state: StateSuite()
    case .blockchain: BlockchainSuite()
    case .transaction: TransactionSuite()
    case .trie: TrieSuite()
    case .rlp: RLPSuite()
    case .opcode: OpcodeSuite()
    case .precompile: PrecompileSuite()
    case .genesis: GenesisSuite()
    case .mainnet: try MainnetSuite(directory: directory)
    case .witness: WitnessSuite()
    case .program: ProgramSuite()
    }
  }

  /// The suite's files below the directory, by path.
  private func files(of suite: any Suite) throws -> [FixtureFile] {
    let all = try FixtureFile.all(in: directory).sorted { $0.path < $1.path }
    let files = suite.files(among: all)
    guard !files.isEmpty else { throw ConformanceError("\(directory) holds no file of the suite '\(kind.rawValue)'") }
    return files
  }

  private func run(_ suite: any Suite, _ file: FixtureFile) -> [CaseResult] {
    do {
      let cases = try suite.cases(of: file)
      return (cases.isEmpty ? [.foreign("")] : cases).compactMap { run($0, of: file.path) }
    } catch {
      return [CaseResult(file: file.path, name: "", fork: CaseResult.noFork, outcome: .failed("\(error)"))]
    }
  }

  private func run(_ item: SuiteCase, of file: String) -> CaseResult? {
    guard chooses(item, of: file) else { return nil }
    if let reason = SkipList.reason(file: file, name: item.name) {
      return CaseResult(file: file, name: item.name, fork: item.fork, outcome: .skipped(reason))
    }
    return CaseResult(file: file, name: item.name, fork: item.fork, outcome: item.outcome())
  }

  private func chooses(_ item: SuiteCase, of file: String) -> Bool {
    if let fork, item.fork != fork { return false }
    if let filter, !file.contains(filter), !item.name.contains(filter) { return false }
    return share?.contains(file: file, name: item.name) ?? true
  }
}

// MARK: - One case, step by step

extension ConformanceRun {
  /// Runs the one case that is chosen, and tells of each instruction when it is over; a plain transfer has none.
  ///
  /// Throws when no case is chosen, or more than one, or one that does not come to instructions in this way; also when none
  /// is chosen and a file could not be read.
  package func trace(_ tell: @escaping (StructLogTracer.Entry) -> Void) throws -> ConformanceReport {
    let suite = try suite()
    // Each case keeps its fixture, so no more are kept than are named.
    var chosen: [(file: String, item: SuiteCase)] = []
    var (count, unread) = (0, ConformanceError?.none)
    for file in try files(of: suite) {
      do {
        for item in try suite.cases(of: file) where chooses(item, of: file.path) {
          count += 1
          if count <= 2 { chosen.append((file.path, item)) }
        }
      } catch {
        if unread == nil { unread = ConformanceError("\(file.path): \(error)") }
      }
    }
    guard let (file, item) = chosen.first else { throw unread ?? nothingChosen }
    guard count == 1 else {
      let others = "'\(item.name)' and '\(chosen[1].item.name)'"
      throw ConformanceError("a trace is of one case, and \(count) are chosen: \(others) first")
    }
    guard let outcome = item.outcome(tell) else {
      throw ConformanceError(
        "'\(item.name)' cannot be traced: what a 'state' or 'blockchain' test or a 'mainnet' block carries out can")
    }
    return ConformanceReport([CaseResult(file: file, name: item.name, fork: item.fork, outcome: outcome)])
  }
}

/// The suite cannot be run.
package struct ConformanceError: Error, CustomStringConvertible {
  package let description: String

  package init(_ description: String) {
    self.description = description
  }
}
