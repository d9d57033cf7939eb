import Hashing
package import Primitives
package import Rollup

/// A small chain of our own: 64 blocks from Frontier to Byzantium with signed transfers, uncles and empty blocks.
///
/// It is the same on every machine, needs no file and no network, and its hashes are known from another Ethereum
/// implementation, which builds it by the same recipe (`Tools/fixtures/demo_chain.py`). So whoever runs it sees our code
/// agree with somebody else's.
package struct DemoChain: Sendable {
  package let configuration: ChainConfiguration

  /// Blocks 1 to 64.
  package var blocks: [EthereumBlock]

  /// Builds the chain with this project's own state transition. Some milliseconds.
  package init() throws(DemoChainError) {
    do {
      var maker = try DemoChainMaker()
      for number in 1...DemoChain.length { try maker.mine(number) }
      configuration = maker.configuration
      blocks = maker.blocks
    } catch {
      throw .cannotBuild("\(error)")
    }
  }

  /// Holds the chain against what the independent implementation made of the recipe.
  package func check() throws(DemoChainError) {
    guard blocks.count == DemoChain.length else { throw .length(blocks.count) }
    let headers = [configuration.genesisHeader] + blocks.map(\.header)
    try require("genesis hash", headers[0].hash, DemoChain.expectedGenesisHash)
    for (number, header) in headers.enumerated() {
      try require("state root of block \(number)", header.stateRoot, DemoChain.expectedStateRoots[number])
    }
    try require("hash of all blocks", Keccak256.hash(blocksFile), DemoChain.expectedBlocksHash)
    try require("head hash", headers[headers.count - 1].hash, DemoChain.expectedHeadHash)
  }

  private func require(_ what: String, _ computed: Hash256, _ expected: Hash256) throws(DemoChainError) {
    guard computed == expected else { throw .differs(what: what, computed: computed, expected: expected) }
  }

  /// A constant of the generated file.
  static func hash(_ digits: String) -> Hash256 {
    guard let hash = Hash256(hex: digits) else { preconditionFailure("\(digits) is no hash") }
    return hash
  }
}

/// Why there is no demo chain.
package enum DemoChainError: Error, Equatable, Sendable {
  /// A rule refuses a block of our own recipe: a fault of this program.
  case cannotBuild(String)
  /// The chain has another number of blocks than the recipe.
  case length(Int)
  /// Our chain is not the independent implementation's.
  case differs(what: String, computed: Hash256, expected: Hash256)
}

extension DemoChainError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .cannotBuild(let reason): "the demo chain cannot be built: \(reason); this is a fault of the program"
    case .length(let count): "the demo chain has \(count) blocks instead of \(DemoChain.length)"
    case .differs(let what, let computed, let expected):
      "the demo chain's \(what) is \(computed), the independent implementation's is \(expected)"
    }
  }
}
