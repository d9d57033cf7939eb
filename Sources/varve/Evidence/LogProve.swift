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

      EXAMPLES
        varve log prove 17
        varve log prove --from 1000
      """)

  @OptionGroup var options: GlobalOptions

  @Argument(help: "The record's position.")
  var position: UInt64?

  @Option(help: ArgumentHelp("A size that the log had.", valueName: "size"))
  var from: UInt64?

  func validate() throws {
    guard (position == nil) != (from == nil) else {
      throw ValidationError("give a position, or --from with a size")
    }
  }

  func execute(_ console: Console) throws {
    let log = try options.openLog(.readOnly)
    let note = try options.ledgerSigner().checkpoint(of: log)
    let checkpoint = try Checkpoint(text: note.text)
    if let from {
      let proof = try log.consistencyProof(from: from, to: checkpoint.size)
      console.report(ProofReport(GrowthFile(proof: proof, note: note).encoded, checkpoint))
    } else if let position {
      let proof = try log.inclusionProof(of: Position(position), inSize: checkpoint.size)
      let leaf = try log.record(at: Position(position)).header.leafBytes
      let file = ProofFile(extra: (0..<leaf.count).map { leaf[$0] }, proof: proof, note: note)
      console.report(ProofReport(file.encoded, checkpoint))
    }
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
