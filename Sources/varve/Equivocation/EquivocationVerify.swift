import ArgumentParser
import Evidence
import Foundation
import Primitives
import Rollup
import Testimony

/// `varve equivocation verify FILE`: judges a file by itself.
struct EquivocationVerify: VarveCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Check evidence or a receipt: needs neither store nor network.",
    discussion: """
      What was signed needs nobody's word. What L1 says follows from the hash of a
      final L1 block, whose word counted from L1 too, or from the root of a log
      whose operator one believes: --trust takes either, several times if need be.
      Without it, only what the signatures show by themselves is said.

      Anybody's key can contradict itself. That it is the sequencer's follows from
      the headers of L1 since the rollup began, if all are in the file and tell of
      no change; where they do not say it, the reader has to: with --signer.

      Of evidence: ends with 0 when it proves that the sequencer's key contradicted
      itself, and with 1 when it does not, when nothing says whose key it is, or
      when it is no evidence. Of a receipt: with 0 when the promise was kept, or
      when there is nothing yet; with 1 when it was broken, is nobody's whose word
      counts, or the file is no receipt.

      EXAMPLES
        varve equivocation verify 0.evidence
        varve equivocation verify 12-0.receipt --json
      """)

  @OptionGroup var options: GlobalOptions

  @Argument(help: "The file.", completion: .file())
  var file: String

  @Option(help: ArgumentHelp("Hash of an L1 block, or root of a log, that you trust.", valueName: "hash"))
  var trust: [HashArgument] = []

  @Option(help: "A key that signs for the chain, as you know; may be given several times.")
  var signer: [AddressArgument] = []

  func execute(_ console: Console) throws {
    let bytes = try EvidenceBytes.read(file)
    let trusted = Set(trust.map(\.hash))
    let signers = Set(signer.map(\.address))
    let isSuccess: Bool
    do throws(EvidenceError) {
      switch try EvidenceFile(bytes) {
      case .equivocation(let evidence):
        let finding = try evidence.verify(trusting: trusted)
        let report = FindingReport(evidence, finding, signers, byteCount: bytes.count)
        console.report(report)
        isSuccess = report.isProof
      case .receipt(let receipt):
        let finding = try receipt.verify(trusting: trusted, signers: signers)
        console.report(ReceiptReport(receipt, finding, byteCount: bytes.count))
        isSuccess = ![.broken, .refused].contains(finding.status)
      }
    } catch { throw Failure(.disagreement, "\(file) proves nothing: \(error)") }
    if !isSuccess { throw Stop(exitCode: Failure.Kind.disagreement.rawValue) }
  }
}

/// What `varve equivocation verify` prints of evidence.
struct FindingReport: Report {
  struct Part: Encodable {
    let claim: String
    let basis: String
  }

  let summary: String
  let kind: String
  let verdict: String
  let reason: String
  let explanation: String
  let signer: String
  /// Whether headers under a trusted L1 block show whose word counts, or the reader knows the key.
  let isAuthorityKnown: Bool
  let heights: [UInt64]
  let orders: [String]
  let format: String
  let parts: [Part]
  let refutedBy: [String]
  let limits: [String]
  let l1Head: String?
  let logRoot: String?
  let evidenceHash: String
  let bytes: Int

  /// Whether the sequencer contradicted itself.
  var isProof: Bool {
    isAuthorityKnown && [Verdict.proven, .historical].contains { $0.name == verdict }
  }

  /// - Parameter signers: keys that the reader knows.
  init(_ evidence: EquivocationEvidence, _ finding: EquivocationFinding, _ signers: Set<Address>, byteCount: Int) {
    let contradiction = finding.contradiction
    let isGuilt = finding.judgement.verdict.isGuilt
    isAuthorityKnown = finding.judgement.isAuthorityKnown || signers.contains(contradiction.signer)
    summary =
      finding.summary
      + (isAuthorityKnown || !isGuilt
        ? "" : "; whether that is the sequencer's key, nothing here says\(signers.isEmpty ? ": --signer" : "")")
    kind = "\(contradiction.kind)"
    verdict = finding.judgement.verdict.name
    reason = finding.judgement.reason.name
    explanation = finding.judgement.reason.description
    signer = "\(contradiction.signer)"
    heights = contradiction.statements.map(\.height)
    orders = contradiction.statements.map { "\($0.order)" }
    format = "\(contradiction.format)"
    parts = finding.parts.map { Part(claim: $0.claim, basis: $0.basis.rawValue) }
    refutedBy = finding.refutations
    limits = EquivocationEvidence.limits(of: contradiction.format)
    l1Head = evidence.l1.map { "\($0.head.hash)" }
    logRoot = evidence.log.map { "\($0.root)" }
    evidenceHash = "\(evidence.hash)"
    bytes = byteCount
  }

  func render(on page: inout Page) {
    page.line(summary, isProof ? .bad : .strong)
    page.line("because \(explanation)")
    page.line()
    for part in parts {
      page.line(part.claim)
      page.line("  on whose word: \(part.basis)", .dim)
    }
    page.line()
    for refutation in refutedBy { page.line("would be refuted by: \(refutation)") }
    for limit in limits { page.line("limit: \(limit)") }
    page.facts([
      ("L1 block", l1Head ?? "none"), ("log root", logRoot ?? "none"), ("evidence", evidenceHash),
      ("size", Quantity.bytes(UInt64(bytes))),
    ])
  }
}

/// What is printed of a receipt.
struct ReceiptReport: Report {
  let status: String
  let height: UInt64
  let index: UInt64
  let transaction: String
  let orderCommitment: String
  let signer: String
  let batch: UInt64?
  let explanation: String
  let refutedBy: [String]
  let equivocation: String?
  let l1Head: String?
  let logRoot: String?
  let bytes: Int

  init(_ receipt: InclusionReceipt, _ finding: InclusionReceipt.Finding, byteCount: Int) {
    status = finding.status.rawValue
    height = receipt.order.number
    index = receipt.index
    transaction = Hex.encode(receipt.transaction)
    orderCommitment = "\(receipt.signed.commitment.orderCommitment)"
    signer = "\(finding.signer)"
    batch = finding.batch
    explanation = finding.explanation
    refutedBy = finding.refutations
    equivocation = finding.equivocation.map { "\($0.summary); \($0.judgement.reason)" }
    l1Head = receipt.fate?.l1.map { "\($0.head.hash)" }
    logRoot = receipt.fate?.log.map { "\($0.root)" }
    bytes = byteCount
  }

  func render(on page: inout Page) {
    let words = [
      "kept": "kept: L1 has the batch that stores it",
      "broken": "BROKEN: the sequencer has signed what this cannot stand beside, and nothing excuses it",
      "excused": "excused: L1 has stored another block, for which it gave a reason",
      "refused": "no promise of the sequencer's: its key's word does not count there",
      "notYet": "not yet: nothing that is trusted shows what L1 has stored",
    ]
    page.line(words[status] ?? status, status == "broken" ? .bad : .good)
    page.facts([
      ("promise", "transaction \(Quantity.count(index)) of block \(Quantity.count(height))"), ("signed by", signer),
      ("order", orderCommitment), ("batch", batch.map { Quantity.count($0) } ?? "none"),
      ("L1 block", l1Head ?? "none"), ("log root", logRoot ?? "none"), ("size", Quantity.bytes(UInt64(bytes))),
    ])
    page.line("because \(explanation)")
    for refutation in refutedBy { page.line("would be refuted by: \(refutation)") }
  }
}
