import ArgumentParser
import EventStore
import MerkleLog
import Rollup

/// `varve log prove`: a file that shows something about the log to whoever has its public key.
struct LogProve: VarveCommand {
  static let configuration = CommandConfiguration(
    commandName: "prove",
    abstract: "Print a proof that a record is in the log, or that the log has only grown.",
    discussion: """
      With a position: a proof file (C2SP tlog-proof) of that record, with the
      record's leaf as extra data. With --from: a proof that the log has grown from
      the size given, in the form in which witnesses are asked (C2SP tlog-witness).

      Both carry a checkpoint, signed as `varve log checkpoint` does, so that
      `varve log check-proof` needs the file and a public key, and nothing else.
      With --checkpoint it is the one in that file, which this log must have signed,
      and which may be of an earlier size: witnesses' signatures in it stay.

      EXAMPLES
        varve log prove 17
        varve log prove 17 --checkpoint cosigned.txt
        varve log prove --from 1000
      """)

  @OptionGroup var options: GlobalOptions

  @Argument(help: "The record's position.")
  var position: UInt64?

  @Option(help: ArgumentHelp("A size that the log had.", valueName: "size"))
  var from: UInt64?

  @Option(
    help: ArgumentHelp("A checkpoint of this log to prove under, with all its signatures.", valueName: "file"),
    completion: .file())
  var checkpoint: String?

  func validate() throws {
    guard (position == nil) != (from == nil) else {
      throw ValidationError("give a position, or --from with a size")
    }
  }

  func execute(_ console: Console) throws {
    let log = try options.openLog(.readOnly)
    let signer = try options.ledgerSigner()
    let note = try self.checkpoint.map { try given($0, signer.verifierKey, log) } ?? signer.checkpoint(of: log)
    let checkpoint = try Checkpoint(text: note.text)
    if let from {
      guard from <= checkpoint.size else { throw beyond(checkpoint, "growth from \(from) records") }
      let proof = try log.consistencyProof(from: from, to: checkpoint.size)
      console.report(ProofReport(GrowthFile(proof: proof, note: note).encoded, checkpoint))
    } else if let position {
      guard position < checkpoint.size else { throw beyond(checkpoint, "record \(position)") }
      let proof = try log.inclusionProof(of: Position(position), inSize: checkpoint.size)
      let leaf = try log.record(at: Position(position)).header.leafBytes
      let file = ProofFile(extra: (0..<leaf.count).map { leaf[$0] }, proof: proof, note: note)
      console.report(ProofReport(file.encoded, checkpoint))
    }
  }

  /// The note in a file, once it is found to be signed by the log, and true of it.
  private func given(_ path: String, _ key: VerifierKey, _ log: EventLog) throws -> SignedNote {
    let bytes = try BoundedFile.read(path, limit: SignedNote.byteLimit, as: "a checkpoint")
    let (note, checkpoint): (SignedNote, Checkpoint)
    do throws(NoteError) {
      note = try SignedNote(bytes)
      checkpoint = try note.checkpoint(signedByAll: [key])
    } catch { throw Failure(.disagreement, "\(path): \(error)") }
    let size = try log.head().size
    guard checkpoint.size <= size else {
      throw Failure(
        .disagreement, "\(path) is of \(checkpoint.size) records, and the log has \(size)",
        remedy: "the log was restored from an older copy; fetch the missing records again")
    }
    let root = try log.root(ofSize: checkpoint.size)
    guard root == checkpoint.root else {
      throw Failure(
        .disagreement,
        "\(path) has root \(checkpoint.root) at \(checkpoint.size) records, and the log has \(root): this log's key has "
          + "signed another log", remedy: "find out which of the two is right, and keep both")
    }
    return note
  }

  private func beyond(_ checkpoint: Checkpoint, _ what: String) -> Failure {
    Failure(
      .cannot, "the checkpoint is of \(checkpoint.size) records: it cannot show \(what)",
      remedy: "`varve log stats` tells how many the log has")
  }
}

/// What `varve log prove` prints.
struct ProofReport: Report {
  let origin: String
  let size: UInt64
  let root: String
  let file: String

  init(_ file: String, _ checkpoint: Checkpoint) {
    origin = checkpoint.origin
    size = checkpoint.size
    root = "\(checkpoint.root)"
    self.file = file
  }

  func render(on page: inout Page) {
    page.verbatim(file)
  }
}
