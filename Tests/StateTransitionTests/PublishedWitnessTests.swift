import Primitives
import Rollup
import StateTransition
import StateTrie
import TestSupport
import Testing

@Suite("Witnesses of a published chain")
struct PublishedWitnessTests {
  /// Blocks that are gone through: these, and those with a transaction of type 4.
  private static let interval: UInt64 = 17
  private static let lastBlock: UInt64 = 200

  @Test(
    "a block over its witness comes to the same bytes; with any piece left out, that piece is named",
    .enabled(if: Vectors.isExpected("chains")))
  func blocks() throws {
    var removed = 0
    try ArchivedChain.forEachBlock(every: Self.interval, upTo: Self.lastBlock) { chain, block in
      removed += try check("block \(block.header.number)", chain.archive) { data in
        try chain.run(block, over: data)
      }
    }
    #expect(removed > 200)
  }

  @Test(
    "a single transaction over its witness comes to what it does in its block; with any piece left out, that piece is named",
    .enabled(if: Vectors.isExpected("chains")))
  func transactions() throws {
    var removed = 0
    try ArchivedChain.forEachBlock(every: Self.interval, upTo: Self.lastBlock) { chain, block in
      var chain = chain
      var whole = BlockExecution(context: chain.context(of: block), over: chain.state(over: chain.archive))
      try whole.begin()
      try chain.take(whole.takeDiff())
      for transaction in block.transactions {
        let before = chain
        let (gas, blobGas) = (whole.gasUsed, whole.blobGasUsed)
        let expected = try whole.apply(transaction)
        try chain.take(whole.takeDiff())
        removed += try check("block \(block.header.number)", before.archive) { data in
          var single = BlockExecution(
            context: before.context(of: block), over: before.state(over: data), gasUsed: gas, blobGasUsed: blobGas)
          let outcome = try single.apply(transaction)
          let commitment = try before.commit(single.takeDiff(), over: data)
          #expect(outcome == expected && commitment.root == chain.root)
          return commitment
        }
      }
    }
    #expect(removed > 200)
  }

  /// Records what `run` reads, and runs it over that, and over all of that but one piece. Returns how many pieces there
  /// are.
  private func check<Result: Equatable>(
    _ what: String, _ archive: StateArchive, _ run: (any CommittedData) throws -> Result
  ) throws -> Int {
    let recorder = WitnessRecorder(over: archive)
    let expected = try run(recorder)
    let encoded = recorder.witness.encode()
    let witness = try Witness(rlp: encoded.rawSpan)
    let reader = WitnessReader(witness)
    #expect(try run(reader) == expected, "\(what)")
    try reader.finish()
    for (smaller, hash) in witness.withoutEachPiece {
      let reader = WitnessReader(smaller)
      let error = #expect(throws: (any Error).self, "\(what)") { try run(reader) }
      #expect(reader.missing?.hash == hash, "\(what)")
      if let error { #expect("\(error)".contains("\(hash)"), "\(what): \(error)") }
    }
    return witness.withoutEachPiece.count
  }
}

extension Witness {
  /// The witness without one piece, and the hash of that piece, for each piece.
  fileprivate var withoutEachPiece: [(Witness, Hash256)] {
    func without(_ index: Int, _ pieces: WitnessPieces) -> WitnessPieces {
      var bytes = pieces.bytes
      bytes.remove(at: index)
      return WitnessPieces(bytes)
    }
    return nodes.hashes.enumerated().map {
      (Witness(nodes: without($0.offset, nodes), codes: codes, headers: headers), $0.element)
    }
      + codes.hashes.enumerated().map {
        (Witness(nodes: nodes, codes: without($0.offset, codes), headers: headers), $0.element)
      }
      + headers.hashes.enumerated().map {
        (Witness(nodes: nodes, codes: codes, headers: without($0.offset, headers)), $0.element)
      }
  }
}

/// geth's test chain, and all its states by hash.
private struct ArchivedChain {
  private(set) var archive = StateArchive()
  private(set) var root: Hash256
  private(set) var parent: BlockID
  private let executor: BlockExecutor

  struct Run: Equatable {
    let outcome: BlockOutcome
    let commitment: BlockCommitment
  }

  private init(_ allocation: [GenesisAccount], parent: BlockID) throws {
    let genesis = GenesisState(of: allocation)
    archive.add(genesis)
    root = genesis.root
    self.parent = parent
    let activations: [ForkSchedule.Activation] =
      Fork.allCases.filter { $0 > .frontier && $0 < .paris }.map { .init($0, at: 0) }
      + [.init(.shanghai, at: 0), .init(.cancun, at: 60), .init(.prague, at: 120)]
    let forks = try ForkSchedule(
      activations: activations, terminalTotalDifficulty: 131_072,
      blobSchedule: [
        .init(fork: .cancun, target: 3, max: 6, baseFeeUpdateFraction: 3_338_477),
        .init(fork: .prague, target: 6, max: 9, baseFeeUpdateFraction: 5_007_716),
      ], depositContract: Address.zero)
    executor = BlockExecutor(chainID: 3_503_995_874_084_926, forks: forks)
  }

  /// Goes along the chain and calls `body` with some blocks and the chain before them.
  static func forEachBlock(
    every interval: UInt64, upTo last: UInt64, _ body: (ArchivedChain, EthereumBlock) throws -> Void
  ) throws {
    guard
      let published = try PublishedChain(
        suite: "chains", genesis: "geth-ethtest/genesis.json", blocks: "geth-ethtest/chain.rlp")
    else { return }
    var chain: ArchivedChain?
    try published.forEachBlock { block in
      let number = block.header.number
      var current =
        try chain ?? ArchivedChain(published.allocation, parent: BlockID(number: 0, hash: block.header.parentHash))
      if number.isMultiple(of: interval) || block.transactions.contains(where: { $0.first == 4 }) {
        try body(current, block)
      }
      try current.append(block)
      chain = current
      return number < last
    }
  }

  func context(of block: EthereumBlock) -> BlockContext {
    BlockContext(header: block.header, chainID: executor.chainID, forks: executor.forks)
  }

  func state<Data: CommittedData>(over data: Data) -> any StateView {
    CommittedState(root: root, parent: parent, data: data)
  }

  func run<Data: CommittedData>(_ block: EthereumBlock, over data: Data) throws -> Run {
    let outcome = try executor.apply(block, to: CommittedState(root: root, parent: parent, data: data))
    return Run(outcome: outcome, commitment: try outcome.commit(block, onto: root, reader: CommittedTries(data: data)))
  }

  func commit<Data: CommittedData>(_ diff: StateDiff, over data: Data) throws -> StateCommitment {
    try diff.commit(onto: root, reader: CommittedTries(data: data))
  }

  private mutating func append(_ block: EthereumBlock) throws {
    let commitment = try run(block, over: archive).commitment
    #expect(commitment.computed.differences(from: block.header) == [])
    archive.add(commitment.state)
    archive.add(header: block.header.encode())
    root = commitment.state.root
    parent = block.header.id
  }

  /// Becomes the state after a diff, in the middle of a block.
  mutating func take(_ diff: StateDiff) throws {
    let commitment = try commit(diff, over: archive)
    archive.add(commitment)
    root = commitment.root
  }
}
