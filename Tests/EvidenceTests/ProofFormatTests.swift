import Evidence
import Foundation
import Hashing
import Primitives
import Rollup
import StateTransition
import TestSupport
import Testimony
import Testing

/// Holds what `Docs/Events.md` says of proofs against the code.
@Suite("Formats of proofs")
struct ProofFormatTests {
  private let document: String

  init() throws {
    document = try String(contentsOfFile: "\(packageRoot)/Docs/Events.md", encoding: .utf8)
  }

  @Test("the example of each format is the sample's encoding, byte for byte", arguments: ProofSamples.examples.indices)
  func examples(index: Int) {
    let (title, bytes) = ProofSamples.examples[index]
    #expect(hexExample(title) == Hex.encode(bytes), "the example of '\(title)' should be \(Hex.encode(bytes))")
  }

  @Test("the document names as many fields of each format as there are", arguments: ProofSamples.examples.indices)
  func fields(index: Int) throws {
    let (title, bytes) = ProofSamples.examples[index]
    var reader = RLPReader(bytes.rawSpan)
    var items = try reader.readList()
    var count = 0
    while !items.isAtEnd {
      _ = try items.readRawItem()
      count += 1
    }
    #expect(table(under: title).count == count, "\(title)")
  }

  @Test("what is documented in hex is read again as what it was made from")
  func reading() throws {
    let witness = try Hex.decode(hexExample("Witness"))
    #expect(try Witness(rlp: witness.rawSpan) == ProofSamples.witness)
    for (title, proof) in [
      ("One-step proof, behind the end", ProofSamples.rest), ("One-step proof, inside a block", ProofSamples.inside),
      ("One-step proof, opening a block", ProofSamples.opening),
    ] {
      let bytes = try Hex.decode(hexExample(title))
      #expect(try OneStepProof(rlp: bytes.rawSpan) == proof, "\(title)")
    }
    let file = try Hex.decode(hexExample("Step proof file"))
    #expect(try StepProofFile(rlp: file.rawSpan) == ProofSamples.file)
    #expect(
      document.contains("`\(ProofSamples.statement.hash)`"), "the statement's hash is \(ProofSamples.statement.hash)")
    #expect(document.contains("`\(ProofSamples.context.hash)`"), "the context's hash is \(ProofSamples.context.hash)")
  }

  @Test("the documented evidence proves what the document says it does, and each value named beside it is in it")
  func equivocation() throws {
    let evidence = try EquivocationEvidence(try Hex.decode(hexExample("Equivocation evidence")))
    let finding = try evidence.verify(trusting: [])
    #expect(finding.judgement.verdict == .proven && finding.contradiction.kind == .doubleSign)
    let domain = try #require(evidence.domain)
    var values = finding.contradiction.statements.flatMap { ["\($0.order)", "\($0.digest)"] }
    values += ["\(finding.contradiction.signer)", "\(domain.separator)", "\(domain.rollupId)", "\(evidence.hash)"]
    values += ["\(try #require(evidence.l1).head.hash)", "\(try #require(evidence.log).root)"]
    let text = section("Equivocation evidence").joined()
    for value in values { #expect(text.contains(value), "\(value) is not in the document") }
    let receipt = try InclusionReceipt(try Hex.decode(hexExample("Inclusion receipt")))
    #expect(try receipt.verify(trusting: []).status == .notYet)
    #expect(
      receipt.signed.commitment.orderCommitment == finding.contradiction.statements[0].order
        || receipt.signed.commitment.orderCommitment == finding.contradiction.statements[1].order)
    for body in [evidence.encode(), receipt.encode()] {
      #expect(Keccak256.hash([UInt8](body.dropLast(32))).bytes == [UInt8](body.suffix(32)))
    }
  }

  @Test("a file with the order in it is read again as it was written, and nothing but what was written is read")
  func orderFacts() throws {
    let rollup = RollupLedger.configuration()
    let order = SampleOrder(configuration: rollup)
    let recorder = OrderFactsRecorder(over: order, configuration: rollup)
    for index in [3, 1, 2, 7] as [UInt64] {
      _ = recorder.disputedBatch(index)
      _ = recorder.disputedMessage(index)
      _ = recorder.messageCount(throughL1Block: index)
      _ = recorder.settings(atL1Block: index)
    }
    var file = ProofSamples.file
    file.statement.order = recorder.facts
    file.statement.rollupId = rollup.rollupId
    file.statement.stepIndex = 0
    let bytes = file.encode()
    #expect(try StepProofFile(rlp: bytes.rawSpan) == file)
    #expect(throws: StepProofFileError.self) { try StepProofFile(rlp: Array(bytes.dropLast()).rawSpan) }
    #expect(throws: StepProofFileError.self) { try StepProofFile(rlp: (bytes + [0]).rawSpan) }
    // Two answers to one question.
    var twice = file
    twice.statement.order?.batches.append(contentsOf: recorder.facts.batches)
    #expect(throws: StepProofFileError.self) { try StepProofFile(rlp: twice.encode().rawSpan) }
  }

  /// The lines of the section with this title.
  private func section(_ title: String) -> [String] {
    let lines = document.components(separatedBy: "\n")
    guard let start = lines.firstIndex(of: "## \(title)") else { return [] }
    return Array(lines[(start + 1)...].prefix { !$0.hasPrefix("## ") })
  }

  /// The rows of the section's first table, without its head.
  private func table(under title: String) -> [String] {
    section(title).drop { !$0.hasPrefix("|") }.prefix { $0.hasPrefix("|") }.dropFirst(2).map { $0 }
  }

  private func hexExample(_ title: String) -> String {
    section(title).drop { $0 != "```hex" }.dropFirst().prefix { $0 != "```" }.joined()
  }
}

/// Some answers, of every shape.
private struct SampleOrder: DisputedOrder {
  let configuration: ChainConfiguration
  let l1Head = BlockID(number: 20, hash: ProofSamples.hash(0x24))

  func disputedBatch(_ index: UInt64) -> DisputedBatch? {
    switch index {
    case 1: DisputedBatch(.blocks(count: 3, dataHash: ProofSamples.hash(1), hasData: true, dataDeadline: 9), l1Block: 4)
    case 2: DisputedBatch(.forced(lastMessage: 8), l1Block: 5)
    case 3:
      DisputedBatch(.blocks(count: 1, dataHash: ProofSamples.hash(2), hasData: false, dataDeadline: 11), l1Block: 6)
    default: nil
    }
  }

  func disputedMessage(_ index: UInt64) -> DisputedMessage? {
    index < 3 ? DisputedMessage(accumulator: ProofSamples.hash(3), deadlineBlock: 9, deadlineTime: index) : nil
  }

  func messageCount(throughL1Block number: UInt64) -> UInt64 { number * 2 }

  func settings(atL1Block number: UInt64) -> RollupSettings {
    guard var settings = RollupSettings(configuration) else { preconditionFailure("the sample is a rollup") }
    settings.gasLimit += number
    return settings
  }
}
