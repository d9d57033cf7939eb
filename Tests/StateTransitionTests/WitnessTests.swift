import Hashing
import Primitives
import Rollup
import StateTransition
import StateTrie
import TestSupport
import Testing

@Suite("Witness")
struct WitnessTests {
  /// A state with accounts, storage and code, and a few ancestors.
  private struct Sample {
    var archive = StateArchive()
    let genesis: GenesisState
    let allocation: [GenesisAccount]
    var ancestors: [BlockHeader] = []

    init(seed: UInt64, accountCount: Int) {
      var random = SeededGenerator(seed: seed)
      allocation = (0..<accountCount).map { index in
        GenesisAccount(
          address: MiniChain.address(random.next()), balance: UInt256(random.next()), nonce: random.next(),
          code: index % 3 == 0 ? random.bytes(count: 1 + index * 7) : [],
          storage: index % 2 == 0
            ? (0..<index).map { .init(key: UInt256(UInt64($0)), value: UInt256(random.next() | 1)) } : [])
      }
      genesis = GenesisState(of: allocation)
      archive.add(genesis)
      for number in 0..<6 as Range<UInt64> {
        var header = BlockHeader(
          parentHash: ancestors.last?.hash ?? .zero, ommersHash: .zero, beneficiary: .zero, stateRoot: .zero,
          transactionsRoot: .zero, receiptsRoot: .zero, logsBloom: .empty, difficulty: .zero, number: number,
          gasLimit: 0, gasUsed: 0, timestamp: number, extraData: [], mixHash: .zero, nonce: 0)
        header.extraData = [UInt8(number)]
        ancestors.append(header)
        archive.add(header: header.encode())
      }
    }

    func state<Data: CommittedData>(over data: Data) -> CommittedState<Data> {
      CommittedState(root: genesis.root, parent: ancestors[ancestors.count - 1].id, data: data)
    }
  }

  @Test("a state read from its tries says what the flat state says", arguments: [1, 2, 17, 40])
  func agreesWithFlatState(accountCount: Int) throws {
    let sample = Sample(seed: 5, accountCount: accountCount)
    let state = sample.state(over: sample.archive)
    for account in sample.allocation {
      let read = try #require(try state.account(account.address))
      #expect(read.nonce == account.nonce && read.balance == account.balance)
      #expect(read.codeHash == Keccak256.hash(account.code))
      if !account.code.isEmpty { #expect(try state.code(read.codeHash) == account.code) }
      for slot in account.storage { #expect(try state.storage(account.address, slot.key) == slot.value) }
      #expect(try state.storage(account.address, 1 << 200) == .zero)
    }
    #expect(try state.account(MiniChain.address(0)) == nil)
    #expect(try state.storage(MiniChain.address(0), 0) == .zero)
    for ancestor in sample.ancestors { #expect(try state.blockHash(ancestor.number) == ancestor.hash) }
    #expect(throws: StateReadError.self) { try state.blockHash(6) }
  }

  /// Reads a bit of everything.
  private func look(at state: CommittedState<some CommittedData>, _ sample: Sample) throws -> [String] {
    var seen: [String] = []
    for account in sample.allocation.prefix(5) {
      let read = try #require(try state.account(account.address))
      seen.append("\(read)")
      if read.hasCode { seen.append("\(try state.code(read.codeHash))") }
      for slot in account.storage.prefix(2) { seen.append("\(try state.storage(account.address, slot.key))") }
    }
    seen.append("\(try state.account(MiniChain.address(0)) as Account?)")
    seen.append("\(try state.blockHash(3))")
    return seen
  }

  @Test("what an execution has read is a witness of it: the same answers, nothing missing, nothing unused")
  func recordedReadsAreEnough() throws {
    let sample = Sample(seed: 8, accountCount: 30)
    let recorder = WitnessRecorder(over: sample.archive)
    let seen = try look(at: sample.state(over: recorder), sample)
    let witness = recorder.witness
    #expect(witness.nodes.bytes.count < sample.archive.nodeCount)
    #expect(witness.headers.bytes.count == 2)
    let encoded = witness.encode()
    let decoded = try Witness(rlp: encoded.rawSpan)
    #expect(decoded == witness && decoded.encode() == encoded)
    let reader = WitnessReader(decoded)
    #expect(try look(at: sample.state(over: reader), sample) == seen)
    try reader.finish()
  }

  @Test("a witness with any byte changed is refused")
  func everyByteCounts() throws {
    let sample = Sample(seed: 9, accountCount: 8)
    let recorder = WitnessRecorder(over: sample.archive)
    _ = try look(at: sample.state(over: recorder), sample)
    let encoded = recorder.witness.encode()
    for index in encoded.indices {
      var changed = encoded
      changed[index] ^= UInt8(1 << (index % 8))
      #expect(throws: (any Error).self, "byte \(index)") {
        let reader = WitnessReader(try Witness(rlp: changed.rawSpan))
        _ = try look(at: sample.state(over: reader), sample)
        try reader.finish()
      }
    }
  }

  @Test("each piece left out is named, each piece too much is counted")
  func gapsAreNamed() throws {
    let sample = Sample(seed: 10, accountCount: 12)
    let recorder = WitnessRecorder(over: sample.archive)
    _ = try look(at: sample.state(over: recorder), sample)
    let witness = recorder.witness
    for (index, hash) in witness.nodes.hashes.enumerated() {
      var nodes = witness.nodes.bytes
      nodes.remove(at: index)
      let reader = WitnessReader(
        Witness(nodes: WitnessPieces(nodes), codes: witness.codes, headers: witness.headers))
      #expect(throws: (any Error).self) { try look(at: sample.state(over: reader), sample) }
      #expect(reader.missing?.hash == hash)
    }
    let more = WitnessReader(
      Witness(
        nodes: WitnessPieces(witness.nodes.bytes + [[UInt8](repeating: 7, count: 40)]), codes: witness.codes,
        headers: witness.headers))
    _ = try look(at: sample.state(over: more), sample)
    #expect(throws: WitnessError.unused(1)) { try more.finish() }
  }

  @Test("pieces out of order, twice, or too many bytes are no witness")
  func canonicalFormOnly() throws {
    let pieces = WitnessPieces([[1], [2], [3]])
    func encode(_ nodes: [[UInt8]], version: UInt64 = 1) -> [UInt8] {
      var writer = RLPWriter()
      writer.list { list in
        list.append(version)
        list.list { for node in nodes { $0.append(bytes: node) } }
        list.list { _ in }
        list.list { _ in }
      }
      return writer.bytes
    }
    #expect(try Witness(rlp: encode(pieces.bytes).rawSpan).nodes == pieces)
    let refused = [
      encode(pieces.bytes.reversed()), encode([pieces.bytes[0], pieces.bytes[0]]), encode([], version: 2),
      encode([[UInt8](repeating: 0, count: Witness.greatestByteCount)]), encode([]) + [0],
    ]
    for bytes in refused { #expect(throws: RLPError.self) { try Witness(rlp: bytes.rawSpan) } }
  }
}
