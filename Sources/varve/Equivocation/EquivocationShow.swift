import ArgumentParser
import EventStore
import Evidence
import Foundation
import Node
import Primitives
import Projections
import Rollup
import Testimony

/// `varve equivocation show N`: one accusation, its history, and its evidence as a file; or all that a file says.
struct EquivocationShow: VarveCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Show an accusation and write its evidence, or show all that is in a file.",
    discussion: """
      The evidence is one file that stands alone: what was signed, byte for byte,
      headers of L1, and records of this ledger with their paths to its root. The
      hashes that a reader has to trust are printed beside it.

      A file that alone would call a key guilty, while the logs do not, is not
      written: it cannot show what excuses the key.

      Of a file, evidence or receipt, every field is shown as it stands there, true
      or not; with --json as in Docs/Events.md. That needs no store.

      EXAMPLES
        varve equivocation show 0
        varve equivocation show 0 --out 0.evidence
        varve equivocation show 0.evidence --json
      """)

  @OptionGroup var options: GlobalOptions

  @Argument(
    help: ArgumentHelp(
      "Number of an accusation, as `varve equivocation scan` has it, or a file.", valueName: "number|file"),
    completion: .file())
  var subject: String

  @Option(help: ArgumentHelp("Where to write the evidence.", valueName: "file"), completion: .file())
  var out: String?

  func execute(_ console: Console) throws {
    guard let number = UInt64(subject) else {
      let bytes = try EvidenceBytes.read(subject)
      do throws(EvidenceError) { console.report(EvidenceDocument(try EvidenceFile(bytes), bytes)) } catch {
        throw Failure(.disagreement, "\(subject) is no evidence and no receipt: \(error)")
      }
      return
    }
    let store = try options.openEquivocation()
    let (details, bytes) = try store.ledger.ofOneBranch { try accusation(number, store) }
    if let out {
      guard !details.isFileGraver else {
        throw Failure(
          .cannot,
          "the file alone would say \(details.fileVerdict), and the logs say \(details.accusation.verdict), as "
            + details.accusation.explanation)
      }
      try EvidenceBytes.write(bytes, to: out)
    }
    console.report(details)
  }

  private func accusation(
    _ number: UInt64, _ store: EquivocationStore
  ) throws(NodeError) -> (AccusationDetails, [UInt8]) {
    try store.read { view, _ throws(NodeError) -> (AccusationDetails, [UInt8]) in
      let answers = EquivocationAnswers(view)
      let found: (row: AccusationRow, history: [AccusationEntry])?
      do throws(FoldError) {
        let row = try answers.accusation(number)
        let history = try answers.history(of: number)
        found = row.map { ($0, history) }
      } catch { throw .rows(error) }
      guard let found else { throw .evidence("there is no accusation \(number); see `varve equivocation scan`") }
      let evidence = try store.evidenceMaker(view).evidence(of: found.row)
      let bytes = evidence.encode()
      let details = AccusationDetails(
        AccusationReport(number, found.row), found.history, evidence, bytes.count)
      return (details, bytes)
    }
  }
}

/// `varve equivocation receipt HEIGHT INDEX`: a promise about one transaction.
struct EquivocationReceipt: VarveCommand {
  static let configuration = CommandConfiguration(
    commandName: "receipt",
    abstract: "Write the receipt of a transaction in a block that the sequencer signed.",
    discussion: """
      The receipt holds the signed commitment and the transaction's path to it, and
      what L1 has stored since, as far as this store knows. Whoever has the file
      checks it with `varve equivocation verify`.

      EXAMPLES
        varve equivocation receipt 12 0 --out 12-0.receipt
      """)

  @OptionGroup var options: GlobalOptions

  @Argument(help: "Number of the L2 block.")
  var height: UInt64

  @Argument(help: "The transaction's place in the block, from 0.")
  var index: Int

  @Option(help: ArgumentHelp("Where to write the receipt.", valueName: "file"), completion: .file())
  var out: String

  func execute(_ console: Console) throws {
    let store = try options.openEquivocation()
    let made = try store.ledger.ofOneBranch {
      try store.read { view, _ throws(NodeError) in
        try store.evidenceMaker(view).receipt(height: height, index: index)
      }
    }
    guard let receipt = made else {
      throw Failure(
        .cannot, "no signed block \(height) with a transaction \(index) was heard",
        remedy: "`varve import feed` with a capture that holds the block's body")
    }
    let bytes = receipt.encode()
    try EvidenceBytes.write(bytes, to: out)
    let log = receipt.fate?.log?.root
    let finding = try receipt.verify(trusting: Set([receipt.fate?.l1?.head.hash, log].compactMap(\.self)))
    console.report(ReceiptReport(receipt, finding, byteCount: bytes.count))
  }
}

/// Files of evidence, on disk.
enum EvidenceBytes {
  static func write(_ bytes: [UInt8], to path: String) throws {
    do { try Data(bytes).write(to: URL(fileURLWithPath: path), options: .atomic) } catch {
      throw Failure(.cannot, "\(path) cannot be written: \(error.localizedDescription)")
    }
  }

  /// The bytes of a file; of one that is too long, no more than it takes to see that.
  static func read(_ path: String) throws -> [UInt8] {
    do {
      let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
      defer { try? handle.close() }
      return [UInt8](try handle.read(upToCount: EquivocationEvidence.greatestByteCount + 1) ?? Data())
    } catch { throw Failure(.cannot, "\(path) cannot be read: \(error.localizedDescription)") }
  }
}

/// What `varve equivocation show` prints.
struct AccusationDetails: Report {
  struct Entry: Encodable {
    let l1Head: UInt64
    let verdict: String
    let explanation: String
  }

  let accusation: AccusationReport
  let history: [Entry]
  /// What the file says to somebody who trusts both hashes: it cannot always show what the logs do.
  let fileVerdict: String
  let fileExplanation: String
  let evidenceHash: String
  let bytes: Int
  let trustL1: String?
  let trustLog: String?

  init(
    _ accusation: AccusationReport, _ history: [AccusationEntry], _ evidence: EquivocationEvidence, _ bytes: Int
  ) {
    self.accusation = accusation
    self.history = history.map {
      Entry(
        l1Head: $0.l1Head, verdict: $0.judgement.verdict.name, explanation: $0.judgement.reason.description)
    }
    let trusted = evidence.hashes
    do throws(EvidenceError) {
      let finding = try evidence.verify(trusting: trusted)
      fileVerdict = finding.judgement.verdict.name
      fileExplanation = finding.judgement.reason.description
    } catch {
      fileVerdict = "none"
      fileExplanation = "\(error)"
    }
    evidenceHash = "\(evidence.hash)"
    self.bytes = bytes
    trustL1 = evidence.l1.map { "\($0.head.hash)" }
    trustLog = evidence.log.map { "\($0.root)" }
  }

  /// Whether the file calls a key guilty that the logs do not.
  var isFileGraver: Bool {
    let guilt = Verdict.allCases.filter(\.isGuilt).map(\.name)
    return guilt.contains(fileVerdict) && !guilt.contains(accusation.verdict)
  }

  func render(on page: inout Page) {
    let style: Page.Style = accusation.verdict == Verdict.proven.name ? .bad : .strong
    page.line("\(accusation.verdict): \(accusation.kind) of \(accusation.signer)", style)
    page.facts([
      ("heights", accusation.heights.map { Quantity.count($0) }.joined(separator: ", ")),
      ("because", accusation.explanation), ("format", accusation.format),
      ("the file alone", fileVerdict == accusation.verdict ? fileVerdict : "\(fileVerdict), as \(fileExplanation)"),
      ("evidence", "\(evidenceHash), \(Quantity.bytes(UInt64(bytes)))"),
      ("trust, L1 block", trustL1 ?? "none in it"), ("trust, log root", trustLog ?? "none in it"),
    ])
    page.line()
    for entry in history {
      page.line("at L1 block \(Quantity.count(entry.l1Head)): \(entry.verdict), as \(entry.explanation)")
    }
  }
}
