import ArgumentParser
import EventStore
import LMDB
import StoreFiles
import SystemPackage

/// `varve log backup DIR`: a verified copy of the log, while it is used.
struct LogBackup: VarveCommand {
  static let configuration = CommandConfiguration(
    commandName: "backup",
    abstract: "Copy the log into a new directory, while others append, and verify the copy.",
    discussion: """
      The copy is the log as of one commit. Each byte of it is checked, as
      `varve log verify` does, before its manifest is written; without one it is
      no store. What was signed last (`signer/`) is not copied, on purpose. A backup
      that was stopped is made when it is run again.

      What was heard off L1 is a log of its own, and copied by itself, into the same
      directory: --log testimony.

      EXAMPLES
        varve log backup /backups/2026-11-26
        varve log backup /backups/2026-11-26 --log testimony
      """)

  @OptionGroup var options: GlobalOptions

  @OptionGroup var which: LogChoice

  @Argument(help: "The directory to make.", completion: .directory)
  var directory: String

  func execute(_ console: Console) throws {
    let manifest = try DataDirectory(options.dataPath).manifest()
    let target = DataDirectory(FilePath(directory))
    let room = { try target.requireRoom(for: manifest, which, remedy: "name a new directory") }
    try room()
    let log = try options.openLog(which, .readOnly)
    let place = which.directory(in: target)
    let head = try VerifiedCopy.make(in: place, of: target, options) { check in
      try target.makeLog(in: place, copying: log, manifest, requiring: room, check: check)
    }
    console.report(CopyOutcome(verb: "backed up", head, directory: directory))
  }
}

/// `varve log restore DIR`: a backup in place of a lost log.
struct LogRestore: VarveCommand {
  static let configuration = CommandConfiguration(
    commandName: "restore",
    abstract: "Put a backup of the log in place of one that is gone.",
    discussion: """
      The data directory must have no log. The backup is verified first. If a
      checkpoint was signed here of more records than the backup has, or with
      another root, the backup is refused: a log that went on from it would
      contradict what was signed. Projections are rebuilt as they are needed. The
      log has its name only once the copy is verified; run it again if it was
      stopped.

      With --log testimony it is what was heard off L1, of which nothing is signed.

      EXAMPLES
        varve log restore /backups/2026-11-26
        varve log restore /backups/2026-11-26 --log testimony
      """)

  @OptionGroup var options: GlobalOptions

  @OptionGroup var which: LogChoice

  @Argument(help: "The directory of the backup.", completion: .directory)
  var directory: String

  func execute(_ console: Console) throws {
    let source = DataDirectory(FilePath(directory))
    let manifest = try manifest(of: source)
    let target = DataDirectory(options.dataPath)
    let remedy = "move it away first, as nothing is replaced, or name another directory with --data-dir"
    try target.requireRoom(for: manifest, which, remedy: remedy)
    _ = try VerifiedCopy.check(source, options, which)
    let backup = try EventLog.open(which.directory(in: source), mode: .readOnly)
    // Once it is said that there is no key, it need not be said again.
    var isNoted = false
    func signer() throws -> LogSigner? {
      guard which.log == .ledger else { return nil }
      defer { isNoted = true }
      return try target.ledgerSignerIfPresent(of: manifest, isNoted ? nil : console)
    }
    let place = which.directory(in: target)
    let head = try VerifiedCopy.make(in: place, of: target, options) { check in
      try target.restoreLog(
        in: place, from: backup, manifest, guardedBy: signer,
        requiring: { try target.requireRoom(for: manifest, which, remedy: remedy) }, check: check)
    }
    console.report(CopyOutcome(verb: "restored", head, directory: options.dataDirectory))
  }

  private func manifest(of source: DataDirectory) throws -> StoreManifest {
    let data = DataDirectory.data(of: which.directory(in: source))
    if let manifest = try source.manifestIfPresent(), try Files.status(data) != nil { return manifest }
    let isExport = try Files.status(source.path.appending("checkpoint")) != nil
    throw Failure(
      .cannot, "\(directory) is no backup: a backup has a file varve.json and a log in \(which.log.rawValue)/",
      remedy: isExport
        ? "it may be an export: `varve log mirror \(directory) --key VKEY`"
        : "check the path; a backup that was stopped is made when `varve log backup` is run again")
  }
}

/// A copy of a log, verified in a child process.
enum VerifiedCopy {
  /// The head of the copy that `copy` makes in a data directory, by the check that it is given.
  static func make(
    in place: FilePath, of target: DataDirectory, _ options: GlobalOptions,
    _ copy: (_ check: (DataDirectory) throws -> Head) throws -> Head
  ) throws -> Head {
    do {
      return try copy { draft in
        do { return try check(draft, options) } catch let failure as Failure where failure.kind == .disagreement {
          throw Failure(
            .disagreement, "the copy in \(place) was not sound, and was removed",
            remedy: "`varve log verify` of what was copied; if that is sound, see to the disk of \(target.path)")
        }
      }
    } catch let error as UnsettledCopy {
      throw Failure(
        .cannot,
        "the copy in \(place) is whole and has its name, and may lose that in a power cut: \(error.cause)",
        remedy:
          "see to the disk of \(target.path); the copy is good if the log is there after a restart of the machine")
    }
  }

  /// The head of a log in a data directory, of the ledger if nothing else is said, once all of it is found to be sound.
  static func check(
    _ directory: DataDirectory, _ options: GlobalOptions, _ which: LogChoice? = nil
  ) throws -> Head {
    let place = which?.directory(in: directory) ?? directory.ledger
    guard try LogCheck(of: options, in: directory, which).isSound() else {
      let choice = which?.log == .testimony ? " --log testimony" : ""
      throw Failure(
        .disagreement, "the log in \(place) is not sound",
        remedy: "`varve log verify --data-dir \(directory.path)\(choice)` tells what is wrong")
    }
    return try EventLog.open(place, mode: .readOnly).head()
  }
}

extension DataDirectory {
  /// The key of the ledger; nil, which is told, where there is none.
  func ledgerSignerIfPresent(of manifest: StoreManifest, _ console: Console?) throws -> LogSigner? {
    do throws(SignerError) { return try ledgerSigner(of: manifest) } catch {
      guard case .missing = error else { throw error }
      console?.note("\(signer) has no key of this log, so what it has signed elsewhere is not known here")
      return nil
    }
  }

  /// Throws if there is a log, or a manifest of another store. That of the same store alone is what a copy leaves that was
  /// stopped before its last step.
  fileprivate func requireRoom(for manifest: StoreManifest, _ which: LogChoice, remedy: String) throws {
    if let present = try manifestIfPresent(), present != manifest {
      throw Failure(
        .disagreement, "\(path) is another store (\(present.storeID)) than what is to be copied (\(manifest.storeID))",
        remedy: remedy)
    }
    let place = which.directory(in: self)
    guard try Files.status(Self.data(of: place)) == nil else {
      throw Failure(.cannot, "there is a log in \(place)", remedy: remedy)
    }
  }
}

/// What `varve log backup` and `varve log restore` print.
struct CopyOutcome: Report {
  let directory: String
  let records: UInt64
  let root: String

  /// Of a repair: whether the damaged log's head row said that there were no more records.
  let isConfirmed: Bool?

  private let verb: String

  private enum CodingKeys: CodingKey {
    case directory, records, root, isConfirmed
  }

  init(verb: String, _ head: Head, directory: String, isConfirmed: Bool? = nil) {
    self.verb = verb
    self.isConfirmed = isConfirmed
    self.directory = directory
    records = head.size
    root = "\(head.root)"
  }

  func render(on page: inout Page) {
    page.line("\(verb): \(Quantity.count(records)) records, every byte verified", .good)
    var facts = [("in", directory), ("tree root", root)]
    if let isConfirmed {
      facts.append(
        ("confirmed", isConfirmed ? "by the damaged log's head row" : "no: there may have been more records"))
    }
    page.facts(facts)
  }
}
