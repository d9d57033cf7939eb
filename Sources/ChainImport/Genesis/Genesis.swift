import Foundation
import MerkleLog
import Primitives
package import Rollup
import StateTransition
import StateTrie

/// Genesis files as geth and besu write them.
package enum Genesis {
  /// Longest genesis file that is read: far above any that exists, and still no danger to memory.
  static let byteLimit = 512 << 20

  /// Reads the file at `path`. O(allocation): computes the genesis state root.
  package static func configuration(path: String) throws(GenesisError) -> ChainConfiguration {
    let data: Data
    do {
      let url = URL(fileURLWithPath: path)
      let size = try url.resourceValues(forKeys: [.fileSizeKey]).fileSize ?? 0
      guard size <= byteLimit else {
        throw GenesisError.unreadable(path: path, cause: "\(size) bytes, more than \(byteLimit)")
      }
      data = try Data(contentsOf: url)
    } catch let error as GenesisError {
      throw error
    } catch {
      throw .unreadable(path: path, cause: error.localizedDescription)
    }
    return try configuration(json: data)
  }

  /// Reads the text of a genesis file.
  package static func configuration(json: [UInt8]) throws(GenesisError) -> ChainConfiguration {
    try configuration(json: Data(json))
  }

  private static func configuration(json: Data) throws(GenesisError) -> ChainConfiguration {
    let file = try object(json: json)
    let config = try file.required("config", try file.object("config"))
    let forks = try forkSchedule(config)
    let allocation = try allocation(try file.required("alloc", try file.object("alloc")))
    return ChainConfiguration(
      chainID: try config.required("chainId", try config.integer("chainId")),
      forks: forks,
      genesisHeader: try header(file, forks.activations, stateRoot: GenesisState.root(of: allocation)),
      allocation: allocation)
  }

  /// Reads block 0 alone: the header, with its state root, of a chain whose rules after it may be any. A file without
  /// `config` tells by the fields that it has which fields its header has. O(allocation).
  package static func header(json: [UInt8]) throws(GenesisError) -> BlockHeader {
    let file = try object(json: Data(json))
    let allocation = try allocation(try file.required("alloc", try file.object("alloc")))
    return try header(file, try file.object("config").map(activations), stateRoot: GenesisState.root(of: allocation))
  }

  private static func object(json: Data) throws(GenesisError) -> JSONObject {
    do {
      return JSONObject(try JSONDecoder().decode([String: JSONValue].self, from: json))
    } catch let error as DecodingError {
      throw .notJSON(error.cause)
    } catch {
      throw .notJSON(error.localizedDescription)
    }
  }
}

extension DecodingError {
  /// Where in the document, and what the parser says.
  fileprivate var cause: String {
    let context: Context
    switch self {
    case .dataCorrupted(let found), .keyNotFound(_, let found), .typeMismatch(_, let found),
      .valueNotFound(_, let found):
      context = found
    @unknown default: return localizedDescription
    }
    let place = context.codingPath.map(\.stringValue).joined(separator: ".")
    let parser = context.underlyingError.map { ": \(($0 as NSError).userInfo[NSDebugDescriptionErrorKey] ?? $0)" } ?? ""
    return (place.isEmpty ? "" : "\(place): ") + context.debugDescription + parser
  }
}

extension Genesis {
  /// Block 0's header. Which fields it has, the forks say that are active at block 0, a fork by time too, as geth and besu
  /// have it.
  private static func header(
    _ file: JSONObject, _ activations: [ForkSchedule.Activation]?, stateRoot: Hash256
  ) throws(GenesisError) -> BlockHeader {
    guard try (file.integer("number") ?? 0) == 0 else { throw file.invalid("number", "0: a chain begins there") }
    var header = BlockHeader(
      parentHash: try file.hash("parentHash") ?? .zero,
      ommersHash: EthereumBlock.ommersHash(of: []),
      beneficiary: try file.address("coinbase") ?? .zero,
      stateRoot: stateRoot,
      transactionsRoot: Trie.emptyRoot,
      receiptsRoot: Trie.emptyRoot,
      logsBloom: .empty,
      difficulty: try file.required("difficulty", try file.number("difficulty")),
      number: 0,
      gasLimit: try file.required("gasLimit", try file.integer("gasLimit")),
      gasUsed: try file.integer("gasUsed") ?? 0,
      timestamp: try file.integer("timestamp") ?? 0,
      extraData: try file.bytes("extraData") ?? [],
      mixHash: try file.hash(file.value("mixHash") == nil ? "mixhash" : "mixHash") ?? .zero,
      nonce: try file.integer("nonce") ?? 0)
    try addForkFields(to: &header, shape: shape(of: header, file, activations), from: file)
    return header
  }

  private static func shape(
    of header: BlockHeader, _ file: JSONObject, _ activations: [ForkSchedule.Activation]?
  ) -> BlockHeader.Shape {
    guard let activations else {
      if file.value("excessBlobGas") != nil { return .cancun }
      return file.value("baseFeePerGas") != nil ? .london : .frontier
    }
    // Of difficulty geth and besu take no notice here: forks by time give block 0 its fields even before the merge.
    let fork = activations.last { (activation) in
      activation.start <= (activation.fork.trigger == .timestamp ? header.timestamp : 0)
    }?.fork
    return BlockHeader.Shape(of: fork ?? .frontier)
  }

  private static func addForkFields(
    to header: inout BlockHeader, shape: BlockHeader.Shape, from file: JSONObject
  ) throws(GenesisError) {
    if shape >= .london {
      header.baseFeePerGas = try file.number("baseFeePerGas") ?? HeaderRules.initialBaseFee
    }
    if shape >= .shanghai {
      header.withdrawalsRoot = Trie.emptyRoot
    }
    if shape >= .cancun {
      header.blobGasUsed = try file.integer("blobGasUsed") ?? 0
      header.excessBlobGas = try file.integer("excessBlobGas") ?? 0
      header.parentBeaconBlockRoot = try file.hash("parentBeaconBlockRoot") ?? .zero
    }
    if shape >= .prague {
      // EIP-7685: SHA-256 over no requests, which is also the root of an empty RFC 6962 tree.
      header.requestsHash = MerkleHash.emptyRoot
    }
  }
}
