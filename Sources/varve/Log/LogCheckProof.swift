import ArgumentParser
import Hashing
import MerkleLog
import Primitives
import Rollup

/// `varve log check-proof FILE --key VKEY`: checks a proof without the log.
struct LogCheckProof: VarveCommand {
  static let configuration = CommandConfiguration(
    commandName: "check-proof",
    abstract: "Check a proof file with a public key, without the log.",
    discussion: """
      Takes what `varve log prove` prints. Every key that is given must have signed
      the checkpoint: the log's, and those of witnesses if wanted. Signatures of
      other keys are passed over.

      Of a record, the leaf is shown: what was recorded, and the hash of its
      payload, against which --payload holds a file. That a log has grown is shown
      against the checkpoint that it had: --old, which one of the keys must have
      signed. Who knows the root alone gives that: --root.

      EXAMPLES
        varve log check-proof record-17.tlog-proof --key log.vkey
        varve log check-proof growth.txt --old checkpoint.txt --key log.vkey
        varve log check-proof record-17.tlog-proof --key log.vkey --key witness.vkey
      """)

  @OptionGroup var options: GlobalOptions

  @Argument(help: "The proof.", completion: .file())
  var file: String

  @Option(
    help: ArgumentHelp(
      "Public key that must have signed, or a file with it; may be given several times.", valueName: "vkey"))
  var key: [VerifierKeyArgument]

  @Option(help: ArgumentHelp("Root that the log had at the size from which it has grown.", valueName: "hash"))
  var root: HashArgument?

  @Option(
    help: ArgumentHelp("Checkpoint that the log had at the size from which it has grown.", valueName: "file"),
    completion: .file())
  var old: String?

  @Option(help: ArgumentHelp("File that must be the record's payload.", valueName: "file"), completion: .file())
  var payload: String?

  func validate() throws {
    guard !key.isEmpty else { throw ValidationError("give a public key with --key") }
    guard root == nil || old == nil else { throw ValidationError("--old says the root; leave out --root") }
  }

  func execute(_ console: Console) throws {
    let bytes = try BoundedFile.read(file, limit: SignedNote.byteLimit, as: "a proof")
    let keys = try key.map { try $0.key() }
    do {
      console.report(bytes.starts(with: "old ".utf8) ? try growth(bytes, keys) : try inclusion(bytes, keys))
    } catch let error as NoteError {
      throw Failure(.disagreement, "\(file): \(error)")
    }
  }

  private func growth(_ bytes: [UInt8], _ keys: [VerifierKey]) throws -> CheckedProof {
    guard payload == nil else { throw Failure(.wrongUsage, "--payload is for the proof of a record") }
    let proof = try GrowthFile(bytes)
    let earlier = try old.map { try earlierCheckpoint($0, keys) }
    guard let oldRoot = earlier?.root ?? root?.hash else {
      throw Failure(
        .wrongUsage, "\(file) shows that a log has grown from \(proof.oldSize) records",
        remedy: "name the checkpoint that it had then with --old, or its root with --root")
    }
    if let earlier, let old, earlier.size != proof.oldSize {
      throw Failure(
        .disagreement, "\(old) is of \(earlier.size) records, and \(file) shows growth from \(proof.oldSize)",
        remedy: "`varve log prove --from \(earlier.size)` makes the proof that belongs to it")
    }
    let checkpoint = try proof.verify(oldRoot: oldRoot, signedByAll: keys)
    if let earlier, let old, !earlier.origin.utf8.elementsEqual(checkpoint.origin.utf8) {
      throw Failure(.disagreement, "\(old) is of the log \(earlier.origin), and \(file) of \(checkpoint.origin)")
    }
    return CheckedProof(checkpoint, try proof.note.verify(by: keys), oldSize: proof.oldSize)
  }

  /// A checkpoint that one of the keys has signed; witnesses may not have seen it.
  private func earlierCheckpoint(_ path: String, _ keys: [VerifierKey]) throws -> Checkpoint {
    let bytes = try BoundedFile.read(path, limit: SignedNote.byteLimit, as: "a checkpoint")
    do throws(NoteError) {
      let note = try SignedNote(bytes)
      try note.verify(by: keys)
      return try Checkpoint(text: note.text)
    } catch { throw Failure(.disagreement, "\(path): \(error)") }
  }

  private func inclusion(_ bytes: [UInt8], _ keys: [VerifierKey]) throws -> CheckedProof {
    guard root == nil, old == nil else {
      throw Failure(.wrongUsage, "--old and --root are for a proof that the log has grown")
    }
    let proof = try ProofFile(bytes)
    guard let leaf = proof.extra else {
      throw Failure(.disagreement, "\(file) has no leaf as extra data, so it does not say what was recorded")
    }
    let checkpoint = try proof.verify(leafHash: MerkleHash.leaf(leaf), signedByAll: keys)
    let header: RecordHeader
    do throws(RecordError) { header = try RecordHeader(leaf: leaf.rawSpan) } catch {
      throw Failure(.disagreement, "\(file): \(error)")
    }
    guard header.position.rawValue == proof.index else {
      throw Failure(
        .disagreement, "\(file): the leaf is that of record \(header.position), and stands at \(proof.index)")
    }
    try checkPayload(header)
    return CheckedProof(
      checkpoint, try proof.note.verify(by: keys), record: header, hasCheckedPayload: payload != nil)
  }

  private func checkPayload(_ header: RecordHeader) throws {
    guard let payload else { return }
    let bytes = try BoundedFile.read(
      payload, limit: Int(header.payloadLength), as: "the payload of record \(header.position)")
    guard bytes.count == Int(header.payloadLength), Keccak256.hash(bytes) == header.payloadHash else {
      throw Failure(.disagreement, "\(payload) is not the payload of record \(header.position)")
    }
  }
}

/// What `varve log check-proof` prints.
struct CheckedProof: Report {
  struct Record: Encodable {
    let position: UInt64
    let kind: String
    let l1Block: UInt64
    let payloadLength: UInt32
    let payloadHash: String
    let isPayloadChecked: Bool
  }

  struct Signer: Encodable {
    let key: String
    let time: UInt64?
  }

  let origin: String
  let size: UInt64
  let root: String
  let oldSize: UInt64?
  let record: Record?
  let signers: [Signer]

  init(
    _ checkpoint: Checkpoint, _ signers: [VerifiedSignature], oldSize: UInt64? = nil, record: RecordHeader? = nil,
    hasCheckedPayload: Bool = false
  ) {
    origin = checkpoint.origin
    size = checkpoint.size
    root = "\(checkpoint.root)"
    self.oldSize = oldSize
    self.record = record.map { header in
      Record(
        position: header.position.rawValue, kind: header.kind.name, l1Block: header.coordinates.blockNumber,
        payloadLength: header.payloadLength, payloadHash: "\(header.payloadHash)",
        isPayloadChecked: hasCheckedPayload)
    }
    self.signers = signers.map { Signer(key: $0.key.label, time: $0.timestamp) }
  }

  func render(on page: inout Page) {
    var facts = [("log", origin), ("records", Quantity.count(size)), ("tree root", root)]
    if let record {
      page.line("proven: record \(Quantity.count(record.position)) is in the log", .good)
      facts += [
        ("kind", record.kind), ("L1 block", Quantity.count(record.l1Block)),
        (
          "payload", "\(Quantity.count(record.payloadLength)) bytes\(record.isPayloadChecked ? ", as in the file" : "")"
        ),
        ("payload hash", record.payloadHash),
      ]
    } else {
      page.line("proven: the log has grown from \(Quantity.count(oldSize ?? 0)) records, unchanged", .good)
    }
    facts += signers.map { ("signed by", $0.key + ($0.time.map { ", \($0) s after 1970" } ?? "")) }
    page.facts(facts)
  }
}
