import ArgumentParser
import Evidence
import Foundation
import Hashing
import Primitives
import Projections
import ProjectionStore
import Rollup
import StateTransition
import StateTrie

/// `varve state proof ADDR SLOT…`: an EIP-1186 proof.
struct StateProof: VarveCommand {
  static let configuration = CommandConfiguration(
    commandName: "proof",
    abstract: "Print the proof of an account and of slots of its storage (EIP-1186).",
    discussion: """
      The proof is what `eth_getProof` gives: a JSON object, on standard output with
      or without --json. Block and state root are told on standard error. Whoever
      knows the root checks the proof with `varve state check-proof`, or with any
      other checker.

      EXAMPLES
        varve state proof 0x00000000000000000000000000000000000003e8
        varve state proof 0x00000000000000000000000000000000000003e8 0x0 0x1 --block 7
      """)

  @OptionGroup var options: GlobalOptions
  @OptionGroup var place: BlockOption

  @Argument(help: "The account's address.")
  var address: AddressArgument

  @Argument(help: "Numbers of storage slots.")
  var slots: [WordArgument] = []

  func execute(_ console: Console) throws {
    let (address, slots) = (address.address, slots.map(\.word))
    let projector = try options.openProjector(ProposerState.self)
    let (proof, place) = try projector.read(afterBlock: place.number(of: projector)) { view, place throws(FoldError) in
      do throws(StateTrieError) {
        return (
          try AccountProof(of: address, slots: slots, root: place.stateRoot, reader: ProposerState.nodes(in: view)),
          place
        )
      } catch { throw .trie(block: place.block.number, error) }
    }
    StandardStream.output.write(JSON.line(AccountProofObject(proof)) + "\n")
    console.note("after block \(place.block), state root \(place.stateRoot)")
  }
}

/// `varve state check-proof FILE --root R`: checks a proof without a store.
struct StateCheckProof: VarveCommand {
  static let configuration = CommandConfiguration(
    commandName: "check-proof",
    abstract: "Check a proof of an account against a state root, without a store.",
    discussion: """
      Takes what `varve state proof` prints, what `eth_getProof` answers, or a whole
      JSON-RPC response with it. Ends with 0 when the state with the root given by
      --root holds what the proof says, of the account and of every slot, and with 1
      when it proves anything else or nothing.

      Without --root the proof's own root is taken and printed: whoever reads it has
      to compare it with one that is known.

      EXAMPLES
        varve state check-proof account.json
      """)

  @OptionGroup var options: GlobalOptions

  @Argument(help: "The proof.", completion: .file())
  var file: String

  @Option(help: ArgumentHelp("The state root that is known to be right.", valueName: "hash"))
  var root: HashArgument?

  /// A proof of some hundred slots is a few hundred KB.
  private static var byteLimit: Int { 64 << 20 }

  func execute(_ console: Console) throws {
    let proof = try AccountProofObject.read(
      Data(try BoundedFile.read(file, limit: Self.byteLimit, as: "a proof")), file: file)
    let ownRoot = proof.nodes.first.map { Keccak256.hash($0) } ?? Trie.emptyRoot
    let checked = root?.hash ?? ownRoot
    do throws(AccountProofError) { try proof.verify(root: checked) } catch {
      throw Failure(
        .disagreement, "\(file) does not hold under root \(checked): \(error)",
        remedy: "make sure of the root, or have the proof made again")
    }
    console.report(CheckedAccountProof(proof, root: checked, isKnown: root != nil))
  }
}

/// What `varve state check-proof` prints.
struct CheckedAccountProof: Report {
  struct Slot: Encodable {
    let slot: String
    let value: String
  }

  let root: String

  /// Whether whoever asked gave the root: else it is the proof's own.
  let isRootKnown: Bool
  let address: String
  let nonce: UInt64
  let balance: String
  let codeHash: String
  let storageRoot: String
  let storage: [Slot]

  init(_ proof: AccountProof, root: Hash256, isKnown: Bool) {
    self.root = "\(root)"
    isRootKnown = isKnown
    address = "\(proof.address)"
    nonce = proof.account.nonce
    balance = "\(proof.account.balance)"
    codeHash = "\(proof.account.codeHash)"
    storageRoot = "\(proof.account.storageRoot)"
    storage = proof.slots.map { Slot(slot: $0.number.hex, value: $0.value.hex) }
  }

  func render(on page: inout Page) {
    page.line("proven: account \(address)", .good)
    page.facts(
      [
        ("under root", isRootKnown ? root : "\(root), which is the proof's word"), ("nonce", Quantity.count(nonce)),
        ("balance", "\(balance) wei"), ("code hash", codeHash),
        ("storage root", storageRoot),
      ] + storage.map { ("slot \($0.slot)", $0.value) })
  }
}
