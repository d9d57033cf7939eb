import ArgumentParser
import Primitives
import ProjectionStore
import Projections
import Rollup

/// `varve state`: what L2 holds, at any block.
struct StateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "state",
    abstract: "Look at L2 state at any block, make proofs of it, and check them.",
    discussion: """
      The state is what executing the log gives (`varve replay`). Of the newest block
      it can always be read; of earlier ones where it was replayed with --archive:
      by number, or the one that was the newest as of an L1 block or a record.

      EXAMPLES
        varve state account 0x00000000000000000000000000000000000003e8
        varve state account 0x00000000000000000000000000000000000003e8 --block 7
        varve state account 0x00000000000000000000000000000000000003e8 --at-l1 17
        varve state storage 0x00000000000000000000000000000000000003e8 0x0
        varve state proof 0x00000000000000000000000000000000000003e8 0x0
        varve state diff --block 7
        varve state check-proof account.json
      """,
    subcommands: [StateAccount.self, StateStorage.self, StateProof.self, StateDiffCommand.self, StateCheckProof.self])
}

/// Which L2 block's state is looked at.
struct BlockOption: ParsableArguments {
  @Option(help: ArgumentHelp("The L2 block after which to look; without it, the newest.", valueName: "number"))
  var block: UInt64?

  @OptionGroup var past: PastChoice

  func validate() throws {
    guard block == nil || past.isNow else { throw ValidationError("give one of --block, --at-l1, --at-position") }
  }

  /// Its number; nil for the newest.
  func number(of projector: Projector<ProposerState>) throws(ProjectionError) -> UInt64? {
    guard let l1Block = try past.l1Block(of: projector) else { return block }
    return try projector.newestBlock(afterL1Block: l1Block)
  }
}

/// An account's address in hex.
struct AddressArgument: ExpressibleByArgument {
  let address: Address

  init?(argument: String) {
    guard let address = Address(hex: argument) else { return nil }
    self.address = address
  }
}

/// A number of up to 256 bits: decimal, or hex behind 0x.
struct WordArgument: ExpressibleByArgument {
  let word: UInt256

  init?(argument: String) {
    guard let word = UInt256(argument) else { return nil }
    self.word = word
  }
}

/// Where a state stands: part of every answer.
struct StatePlaceReport: Encodable {
  let number: UInt64
  let hash: String
  let stateRoot: String
  let l1Block: BlockReport

  /// Where the rows come from, if they were not folded here.
  let imported: ImportedRows?

  init(_ place: StatePlace, imported: ImportedRows?) {
    number = place.block.number
    hash = "\(place.block.hash)"
    stateRoot = "\(place.stateRoot)"
    l1Block = BlockReport(place.l1Block)
    self.imported = imported
  }

  var facts: [(name: String, value: String)] {
    [
      ("after block", "\(Quantity.count(number))  \(hash)"), ("state root", stateRoot),
      ("executed in", "L1 block \(l1Block.text)"),
    ] + (imported.map { [("rows", $0.text)] } ?? [])
  }
}
