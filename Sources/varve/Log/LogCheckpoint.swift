import ArgumentParser
import EventStore
import MerkleLog
import StoreFiles

/// `varve log checkpoint`: a signed statement of what the log holds.
struct LogCheckpoint: VarveCommand {
  static let configuration = CommandConfiguration(
    commandName: "checkpoint",
    abstract: "Sign what the log holds now, and print it.",
    discussion: """
      Prints a signed note (C2SP tlog-checkpoint): the log's name, how many records
      it has, and the root of the tree over them. Whoever has the public key, which
      `varve log stats` prints, can check proofs against it.

      What was signed last is kept in `signer/`. A log that does not extend it is
      not signed for: there is never a second root for one size. With nothing new
      in the log the last checkpoint is printed again.

      --cosigned takes the checkpoint back from witnesses, and keeps the signatures
      of those that --witness names. If the log has signed another one meanwhile,
      the one that comes back is printed with its signatures and not kept: save it,
      and prove under it with `varve log prove N --checkpoint FILE`.

      EXAMPLES
        varve log checkpoint
        varve log checkpoint --json
        varve log checkpoint --cosigned answer.txt --witness witness.vkey
      """)

  @OptionGroup var options: GlobalOptions

  @Flag(help: "Make a key, if the store has none.")
  var makeKey = false

  @Option(
    help: ArgumentHelp("The last checkpoint with signatures of witnesses.", valueName: "file"), completion: .file())
  var cosigned: String?

  @Option(
    help: ArgumentHelp("Public key of a witness, or a file with it; may be given several times.", valueName: "vkey"))
  var witness: [VerifierKeyArgument] = []

  func validate() throws {
    guard (cosigned == nil) == witness.isEmpty else {
      throw ValidationError("--cosigned and --witness belong together")
    }
  }

  func execute(_ console: Console) throws {
    let signer = try signer(console)
    let note = try note(signer, console)
    console.report(try CheckpointReport(note, key: signer.verifierKey))
  }

  private func note(_ signer: LogSigner, _ console: Console) throws -> SignedNote {
    let log = try options.openLog(.readOnly)
    guard let cosigned else { return try signer.checkpoint(of: log) }
    let witnesses = try witness.map { try $0.key() }
    let given = try SignedNote(BoundedFile.read(cosigned, limit: SignedNote.byteLimit, as: "a checkpoint"))
    let taken = try signer.keep(given, of: witnesses, over: log)
    if !taken.isKept {
      console.note(
        "the log has signed another checkpoint since, so this one is not kept in the store: save it, and prove under it "
          + "with `varve log prove N --checkpoint FILE`")
    }
    return taken.note
  }

  private func signer(_ console: Console) throws -> LogSigner {
    let directory = DataDirectory(options.dataPath)
    let manifest = try directory.manifest()
    do throws(SignerError) {
      return try directory.ledgerSigner(of: manifest)
    } catch {
      guard case .missing = error, makeKey else { throw error }
      let signer = try directory.makeLedgerSigner(of: manifest)
      console.note("a new key was made: \(signer.verifierKey)")
      return signer
    }
  }
}

/// What `varve log checkpoint` prints.
struct CheckpointReport: Report {
  let origin: String
  let size: UInt64
  let root: String
  let vkey: String
  let signatures: Int
  let note: String

  init(_ note: SignedNote, key: VerifierKey) throws {
    let checkpoint = try Checkpoint(text: note.text)
    origin = checkpoint.origin
    size = checkpoint.size
    root = "\(checkpoint.root)"
    vkey = "\(key)"
    signatures = note.signatures.count
    self.note = note.encoded
  }

  func render(on page: inout Page) {
    page.verbatim(note)
  }
}
