import ArgumentParser
import EventStore
import MerkleLog
import Primitives
import Rollup
import StoreFiles
import SystemPackage

/// `varve log mirror DIR`: a store from another log's static files.
struct LogMirror: VarveCommand {
  static let configuration = CommandConfiguration(
    commandName: "mirror",
    abstract: "Build a store from the static files of another log, or let it catch up.",
    discussion: """
      Takes what `varve log export` wrote. First all tiles are held against the
      signed checkpoint, then each leaf against its tile and each payload against
      its leaf; only what the checkpoint vouches for is recorded. At the end the
      log has the checkpoint's root. If a file is wrong or missing, it is named,
      and what was recorded before it stays. An export that has fewer records than
      the mirror is refused: a log only grows.

      EXAMPLES
        varve log mirror public/log --key log.vkey --data-dir mirror
      """)

  @OptionGroup var options: GlobalOptions

  @Argument(help: "The directory of the exported log.", completion: .directory)
  var directory: String

  @Option(
    help: ArgumentHelp(
      "Public key that must have signed, or a file with it; may be given several times.", valueName: "vkey"))
  var key: [VerifierKeyArgument]

  func validate() throws {
    guard !key.isEmpty else { throw ValidationError("give a public key with --key") }
  }

  func execute(_ console: Console) throws {
    let mirror = try TileMirror(of: FilePath(directory), signedByAll: key.map { try $0.key() })
    try mirror.verifyTiles()
    let chainHash = try chainHash(mirror)
    let store = DataDirectory(options.dataPath)
    let manifest = try store.manifestIfPresent()
    if let stored = manifest?.chainConfigurationHash, stored != chainHash {
      throw Failure(
        .disagreement, "\(options.dataDirectory) is the store of another chain (\(stored), the log is of \(chainHash))",
        remedy: "name another directory with --data-dir")
    }
    let log = try options.openLog(.create)
    if manifest == nil {
      try mirror.requireCommonPrefix(of: log)
      try store.makeStore(for: chainHash, of: log)
    }
    let bar = ProgressBar("records", console: console)
    defer { bar.clear() }
    let recorded = try mirror.record(into: log) { bar.update(done: $0, total: mirror.checkpoint.size) }
    bar.clear()
    console.report(try MirrorOutcome(mirror.checkpoint, log.head(), newRecords: recorded))
  }

  /// Which chain's log it is: its first record says so.
  private func chainHash(_ mirror: TileMirror) throws -> Hash256 {
    guard case .chainConfigured(let configured)? = try mirror.firstRecord()?.event() else {
      throw Failure(.cannot, "the log in \(directory) does not begin with the configuration of a chain")
    }
    return configured.configuration.hash
  }
}

/// What `varve log mirror` prints.
struct MirrorOutcome: Report {
  let origin: String
  let records: UInt64
  let root: String
  let newRecords: UInt64

  init(_ checkpoint: Checkpoint, _ head: Head, newRecords: UInt64) {
    origin = checkpoint.origin
    records = head.size
    root = "\(head.root)"
    self.newRecords = newRecords
  }

  func render(on page: inout Page) {
    page.line("mirrored: \(Quantity.count(newRecords)) new records", .good)
    page.facts([("log", origin), ("records", Quantity.count(records)), ("tree root", root)])
  }
}
