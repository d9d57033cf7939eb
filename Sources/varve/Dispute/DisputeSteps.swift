import ArgumentParser
import EventStore
import Evidence
import Foundation
import Node
import Primitives
import Rollup

/// `varve dispute prove-step GAME CLAIM`: a one-step proof as a file.
struct DisputeProveStep: VarveCommand {
  static let configuration = CommandConfiguration(
    commandName: "prove-step",
    abstract: "Write the one-step proof that shows a claim of a dispute to be wrong.",
    discussion: """
      The claim has to stand at the game's full depth (`varve dispute show`). What
      the log gives is computed again, and the step that the claim is wrong about
      is proven by a witness of all that it reads.

      The printed statement hash is what the file says about the dispute; whoever
      checks the file compares it with one computed elsewhere.

      EXAMPLES
        varve dispute prove-step 0 7 --out step.proof
      """)

  @OptionGroup var options: GlobalOptions

  @Argument(help: "The game's number.")
  var game: UInt64

  @Argument(help: "The claim's number in the game.")
  var claim: UInt64

  @Option(help: ArgumentHelp("Where to write the proof.", valueName: "file"), completion: .file())
  var out: String

  func execute(_ console: Console) throws {
    let prover = try StepProver(ledger: try options.openLog(.readOnly))
    let file = try prover.refute(claim: claim, ofGame: game)
    let verdict = try file.verify()
    let bytes = file.encode()
    do { try Data(bytes).write(to: URL(fileURLWithPath: out), options: .atomic) } catch {
      throw Failure(.cannot, "\(out) cannot be written: \(error.localizedDescription)")
    }
    console.report(StepProofReport(file, verdict, byteCount: bytes.count, trust: nil))
  }
}

/// `varve dispute verify-step FILE`: checks a one-step proof with nothing but the file.
struct DisputeVerifyStep: VarveCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify-step",
    abstract: "Check a one-step proof: needs neither store nor network.",
    discussion: """
      Executes the step again from the file alone. Where the step leads is proven.
      What the game says before and after it, and for the opening step of a block
      what the contract knows of the order, is the file's word, unless --trust
      gives the statement hash that one has from elsewhere.

      Ends with 0 when the proof shows the claim to be wrong, and with 1 when it
      proves nothing, proves the claim right, or is about another dispute.

      EXAMPLES
        varve dispute verify-step step.proof
        varve dispute verify-step step.proof --json
      """)

  @OptionGroup var options: GlobalOptions

  @Argument(help: "The proof.", completion: .file())
  var file: String

  @Option(help: ArgumentHelp("The statement hash that the file must have.", valueName: "hash"))
  var trust: String?

  func validate() throws {
    if let trust, Hash256(hex: trust) == nil { throw ValidationError("--trust takes 0x and 64 hexadecimal digits") }
  }

  func execute(_ console: Console) throws {
    let bytes = try BoundedFile.read(file, limit: StepProofFile.greatestByteCount, as: "a step proof")
    let found: StepProofFile
    let verdict: StepProofFile.Verdict
    do throws(StepProofFileError) {
      found = try StepProofFile(rlp: bytes.rawSpan)
      verdict = try found.verify()
    } catch {
      throw Failure(.disagreement, "\(file) proves nothing: \(error)", remedy: "have it made again from the log")
    }
    let trusted = trust.flatMap { Hash256(hex: $0) }
    if let trusted, trusted != found.statement.hash {
      throw Failure(
        .disagreement, "\(file) is about something else: its statement has the hash \(found.statement.hash)",
        remedy: "`varve dispute prove-step` on a store that is trusted")
    }
    console.report(StepProofReport(found, verdict, byteCount: bytes.count, trust: trusted))
    guard verdict.isRefuted else {
      throw Failure(
        .disagreement, "the step is as claim \(found.statement.claimIndex) of game \(found.statement.gameId) says")
    }
  }
}

/// What is known of a one-step proof.
struct StepProofReport: Report {
  let game: UInt64
  let claim: UInt64
  let block: UInt64
  let step: UInt64
  let kind: String
  let rollupId: String
  let l1Head: UInt64
  let preState: String
  let postStateClaimed: String

  /// Whether the side of the disputed claim said so; otherwise the other one did.
  let isClaimedByOwnSide: Bool
  let postState: String
  let isRefuted: Bool
  let statementHash: String
  let basis: String
  let bytes: Int

  init(_ file: StepProofFile, _ verdict: StepProofFile.Verdict, byteCount: Int, trust: Hash256?) {
    let statement = file.statement
    game = statement.gameId
    claim = statement.claimIndex
    block = statement.blockNumber
    step = statement.stepIndex
    kind = file.stepKind
    rollupId = "\(statement.rollupId)"
    l1Head = statement.l1Head.number
    preState = "\(statement.preState)"
    postStateClaimed = "\(statement.postState)"
    isClaimedByOwnSide = statement.isOwnSide
    postState = "\(verdict.result)"
    isRefuted = verdict.isRefuted
    statementHash = "\(statement.hash)"
    basis =
      trust != nil
      ? "the statement is the trusted one"
      : statement.order == nil
        ? "what the game says is the file's word" : "what the game says, and the order, are the file's word"
    bytes = byteCount
  }

  func render(on page: inout Page) {
    page.line(
      isRefuted
        ? "refuted: claim \(Quantity.count(claim)) of game \(Quantity.count(game)) is wrong"
        : "not refuted: claim \(Quantity.count(claim)) of game \(Quantity.count(game)) is right about this step",
      isRefuted ? .good : .bad)
    page.facts([
      ("step", "\(Quantity.count(step)) of L2 block \(Quantity.count(block)) (\(kind))"),
      ("begins with", preState), ("leads to", postState),
      (isClaimedByOwnSide ? "its side says" : "the other says", postStateClaimed),
      ("statement", statementHash), ("trust", basis), ("size", Quantity.bytes(UInt64(bytes))),
    ])
  }
}
