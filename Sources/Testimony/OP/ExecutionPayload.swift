package import Primitives
package import Rollup
import StateTrie

/// A block as the OP Stack gossips it: SSZ's `ExecutionPayload`, and from V3 on the beacon block root before it
/// (rollup-node-p2p, "Block encoding"). All that the block's hash covers.
package struct ExecutionPayload: Hashable, Sendable {
  /// The topics `blocksv1` to `blocksv4`.
  package enum Version: Int, CaseIterable, Sendable {
    /// Bedrock.
    case v1 = 1
    /// Canyon: withdrawals, always none.
    case v2
    /// Ecotone: blob gas, and the parent beacon block root.
    case v3
    /// Isthmus: the root of the L2 withdrawals.
    case v4
  }

  package var version: Version

  /// The block's header, of which SSZ has all but what it computes from the body. Its hash is the block's.
  package var header: BlockHeader

  /// The hash that the payload states.
  package var blockHash: Hash256

  /// EIP-2718 bytes, in order.
  package var transactions: [[UInt8]]

  /// Whether the block's contents have the hash that it states: a payload for which they do can be read in one way only.
  package var hasItsHash: Bool { header.hash == blockHash }
}

extension ExecutionPayload {
  /// keccak-256 of the empty list of uncles.
  private static let noUncles = EthereumBlock.ommersHash(of: [])

  /// SHA-256 of nothing: EIP-7685's hash of no requests, which is what Isthmus has.
  private static let noRequests = Hash256(
    0xe3b0_c442_98fc_1c14, 0x9afb_f4c8_996f_b924, 0x27ae_41e4_649b_934c, 0xa495_991b_7852_b855)

  /// SSZ's offsets and lengths are in four bytes, the least significant first.
  private static let offsetSize = 4

  /// The payload of a block as its header has it; nil for a header of no OP Stack block.
  package init?(header: BlockHeader, transactions: [[UInt8]]) {
    let version: Version? =
      switch header.shape {
      case .london: .v1
      case .shanghai: .v2
      case .cancun: .v3
      case .prague: .v4
      default: nil
      }
    guard let version else { return nil }
    self.version = version
    self.header = header
    self.transactions = transactions
    blockHash = header.hash
  }

  /// Reads what follows the signature. Only SSZ's one encoding of a payload is accepted. O(bytes).
  package init(_ bytes: RawSpan, version: Version) throws(ExecutionPayloadError) {
    self.version = version
    let prefix = version >= .v3 ? Hash256.byteCount : 0
    guard bytes.byteCount >= prefix + version.fixedSize else { throw .truncated(version) }
    let root = version >= .v3 ? Hash256(bytes.extracting(0..<prefix)) : nil
    let ssz = bytes.extracting(prefix..<bytes.byteCount)
    var fields = SSZReader(ssz)
    let parentHash = fields.hash()
    let beneficiary = fields.address()
    let (stateRoot, receiptsRoot) = (fields.hash(), fields.hash())
    guard let bloom = LogsBloom(bytes: fields.bytes(LogsBloom.byteCount)) else { throw .truncated(version) }
    let randomness = fields.hash()
    let (number, gasLimit, gasUsed, timestamp) = (fields.uint64(), fields.uint64(), fields.uint64(), fields.uint64())
    let extraStart = fields.offset()
    let baseFee = fields.uint256()
    blockHash = fields.hash()
    let transactionsStart = fields.offset()
    let withdrawalsStart = version >= .v2 ? fields.offset() : ssz.byteCount
    guard extraStart == version.fixedSize, extraStart <= transactionsStart, transactionsStart <= withdrawalsStart,
      withdrawalsStart == ssz.byteCount
    else { throw .badOffsets(version) }
    let extraData = ssz.extracting(extraStart..<transactionsStart).bytes
    guard extraData.count <= 32 else { throw .extraDataTooLong(extraData.count) }
    transactions = try Self.transactions(ssz.extracting(transactionsStart..<withdrawalsStart))
    header = BlockHeader(
      parentHash: parentHash, ommersHash: Self.noUncles, beneficiary: beneficiary, stateRoot: stateRoot,
      transactionsRoot: Trie.orderedRoot(of: transactions), receiptsRoot: receiptsRoot, logsBloom: bloom,
      difficulty: .zero, number: number, gasLimit: gasLimit, gasUsed: gasUsed, timestamp: timestamp,
      extraData: extraData, mixHash: randomness, nonce: 0)
    header.baseFeePerGas = baseFee
    if version >= .v2 { header.withdrawalsRoot = Trie.emptyRoot }
    if version >= .v3 {
      header.blobGasUsed = fields.uint64()
      header.excessBlobGas = fields.uint64()
      header.parentBeaconBlockRoot = root
    }
    if version >= .v4 {
      header.withdrawalsRoot = fields.hash()
      header.requestsHash = Self.noRequests
    }
  }

  /// SSZ's list of lists of bytes: where each begins, and then all of them.
  private static func transactions(_ list: RawSpan) throws(ExecutionPayloadError) -> [[UInt8]] {
    guard list.byteCount > 0 else { return [] }
    var offsets = SSZReader(list)
    guard list.byteCount >= offsetSize else { throw .badTransactions }
    let first = offsets.offset()
    guard first > 0, first.isMultiple(of: offsetSize), first <= list.byteCount else { throw .badTransactions }
    var starts = [first]
    for _ in 1..<first / offsetSize {
      let start = offsets.offset()
      guard start >= starts[starts.count - 1], start <= list.byteCount else { throw .badTransactions }
      starts.append(start)
    }
    starts.append(list.byteCount)
    var transactions: [[UInt8]] = []
    for (start, end) in zip(starts, starts.dropFirst()) {
      // No transaction is empty, and a trie holds no empty value.
      guard start < end else { throw .badTransactions }
      transactions.append(list.extracting(start..<end).bytes)
    }
    return transactions
  }

  /// SSZ of the payload, after the beacon block root where there is one: what a signature is over. O(bytes).
  package func encode() -> [UInt8] {
    var bytes = header.parentBeaconBlockRoot?.bytes ?? []
    bytes += header.parentHash.bytes + header.beneficiary.bytes + header.stateRoot.bytes + header.receiptsRoot.bytes
    bytes += header.logsBloom.bytes + header.mixHash.bytes
    for number in [header.number, header.gasLimit, header.gasUsed, header.timestamp] {
      bytes.append(littleEndian: number)
    }
    let extraStart = version.fixedSize
    let transactionsStart = extraStart + header.extraData.count
    bytes.append(littleEndian: UInt32(extraStart))
    bytes += (header.baseFeePerGas ?? .zero).bigEndianBytes.reversed()
    bytes += blockHash.bytes
    bytes.append(littleEndian: UInt32(transactionsStart))
    let listSize = transactions.reduce(0) { $0 + Self.offsetSize + $1.count }
    if version >= .v2 { bytes.append(littleEndian: UInt32(transactionsStart + listSize)) }
    if version >= .v3 {
      bytes.append(littleEndian: header.blobGasUsed ?? 0)
      bytes.append(littleEndian: header.excessBlobGas ?? 0)
    }
    if version >= .v4 { bytes += (header.withdrawalsRoot ?? .zero).bytes }
    bytes += header.extraData
    var start = transactions.count * Self.offsetSize
    for transaction in transactions {
      bytes.append(littleEndian: UInt32(start))
      start += transaction.count
    }
    for transaction in transactions { bytes += transaction }
    return bytes
  }
}

extension ExecutionPayload.Version: Comparable {
  package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

  /// Bytes of the fields whose size SSZ knows.
  var fixedSize: Int {
    switch self {
    case .v1: 508
    case .v2: 512
    case .v3: 528
    case .v4: 560
    }
  }
}

/// Why bytes are no execution payload.
package enum ExecutionPayloadError: Error, Equatable, Sendable {
  case truncated(ExecutionPayload.Version)
  case badOffsets(ExecutionPayload.Version)
  case extraDataTooLong(Int)
  case badTransactions
  /// There is no reading of the bytes in which the block has the hash that it states.
  case wrongBlockHash
  /// The first transaction does not tell the L1 block that the block was made from.
  case noL1Origin
}

extension ExecutionPayloadError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .truncated(let version): "it is shorter than a payload of version \(version.rawValue)"
    case .badOffsets(let version): "its parts do not lie as in a payload of version \(version.rawValue)"
    case .extraDataTooLong(let count): "its extra data has \(count) bytes instead of 32 at most"
    case .badTransactions: "its list of transactions is no list"
    case .wrongBlockHash: "its contents do not have the block hash that it states"
    case .noL1Origin: "its first transaction is no deposit of L1 attributes"
    }
  }
}
