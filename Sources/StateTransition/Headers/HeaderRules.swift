package import Primitives
package import Rollup

/// What a header must say because of its parent's header alone (yellow paper, section 4.4.4, and the EIPs named below).
///
/// Not checked here: the seal (`mixHash`, and before the merge `nonce`), whatever depends on the body or the state, and
/// what takes more than the parent to tell: where the chain merges (`validateMerge`), and whether a block may name an
/// uncle (`UncleRules`), whose own header obeys the same rules against its parent.
package struct HeaderRules: Sendable {
  package let forks: ForkSchedule

  package init(forks: ForkSchedule) {
    self.forks = forks
  }

  /// Holds `header` against the rules of its fork.
  ///
  /// - Parameters:
  ///   - parent: a header that passed, or the genesis header.
  ///   - parentHash: its hash, which whoever follows a chain has at hand.
  /// - Complexity: O(1), no hashing.
  package func validate(
    _ header: BlockHeader, parent: BlockHeader, parentHash: Hash256
  ) throws(HeaderError) {
    let fork = forks.fork(of: header)
    try require(header.parentHash == parentHash, header, .parentHash(claimed: header.parentHash, expected: parentHash))
    try validateNumbers(header, parent)
    try require(
      header.shape == BlockHeader.Shape(of: fork), header, .fields(claimed: header.shape, fork: fork))
    try validateGas(header, parent)
    try validateBlobs(header, parent, fork)
    try validateDAO(header)
    try validateDifficulty(header, parent, fork)
    if fork >= .paris { try validateProofOfStake(header) }
  }

  private func validateNumbers(_ header: BlockHeader, _ parent: BlockHeader) throws(HeaderError) {
    let expected = parent.number &+ 1
    try require(
      header.number == expected && expected > 0, header, .number(claimed: header.number, expected: expected))
    try require(
      header.timestamp > parent.timestamp, header, .timestamp(claimed: header.timestamp, parent: parent.timestamp))
    try require(
      header.extraData.count <= HeaderRules.greatestExtraDataLength, header,
      .extraData(byteCount: header.extraData.count))
  }

  private func validateGas(_ header: BlockHeader, _ parent: BlockHeader) throws(HeaderError) {
    let allowed = HeaderRules.allowedGasLimits(of: header, parent)
    try require(
      allowed?.contains(header.gasLimit) == true, header, .gasLimit(claimed: header.gasLimit, allowed: allowed))
    try require(
      header.gasUsed <= header.gasLimit, header, .gasUsed(claimed: header.gasUsed, gasLimit: header.gasLimit))
    guard let claimed = header.baseFeePerGas else { return }
    let expected = HeaderRules.baseFeePerGas(after: parent)
    try require(claimed == expected, header, .baseFeePerGas(claimed: claimed, expected: expected))
  }

  private func validateDifficulty(
    _ header: BlockHeader, _ parent: BlockHeader, _ fork: Fork
  ) throws(HeaderError) {
    // There is no way back from the merge, so a parent without difficulty has no child with any.
    let isAfterMerge = fork >= .paris || forks.fork(of: parent) >= .paris
    let rule = DifficultyRule(of: isAfterMerge ? .paris : fork)
    let expected = rule.difficulty(number: header.number, timestamp: header.timestamp, parent: parent)
    try require(
      header.difficulty == expected, header, .difficulty(claimed: header.difficulty, expected: expected))
  }

  /// EIP-4844: whole blobs, no more than may be, and the excess that follows from the parent.
  private func validateBlobs(_ header: BlockHeader, _ parent: BlockHeader, _ fork: Fork) throws(HeaderError) {
    guard let used = header.blobGasUsed, let claimed = header.excessBlobGas,
      let parameters = forks.blobParameters(at: fork)
    else { return }
    let most = parameters.max * Transaction.gasPerBlob
    try require(
      used <= most && used.isMultiple(of: Transaction.gasPerBlob), header, .blobGasUsed(claimed: used, most: most))
    let expected = BlobGas.excess(after: parent, parameters: parameters, rules: ForkRules.rules(of: fork))
    try require(claimed == expected, header, .excessBlobGas(claimed: claimed, expected: expected))
  }

  /// EIP-779: ten blocks from the DAO's fork on carry its mark.
  private func validateDAO(_ header: BlockHeader) throws(HeaderError) {
    guard let start = forks.daoFork, header.number >= start, header.number - start < 10 else { return }
    try require(header.extraData == HeaderRules.daoMark, header, .daoMark(claimed: header.extraData))
  }

  /// EIP-3675: no uncles and no nonce after the merge.
  private func validateProofOfStake(_ header: BlockHeader) throws(HeaderError) {
    try require(
      header.ommersHash == HeaderRules.noOmmersHash, header,
      .ommersHash(claimed: header.ommersHash, expected: HeaderRules.noOmmersHash))
    try require(header.nonce == 0, header, .nonce(claimed: header.nonce))
  }

  private func require(
    _ condition: Bool, _ header: BlockHeader, _ violation: @autoclosure () -> HeaderError.Violation
  ) throws(HeaderError) {
    if !condition { throw HeaderError(block: header.number, violation: violation()) }
  }
}

extension HeaderRules {
  /// Holds a header against the total difficulty at which the chain merges: proof of work ends with the block that reaches
  /// it (EIP-3675). Says nothing where the first fork by time is the merge.
  ///
  /// - Parameter totalDifficulty: the sum of difficulties up to and with the parent.
  package func validateMerge(_ header: BlockHeader, totalDifficulty: UInt256) throws(HeaderError) {
    guard let terminal = forks.terminalTotalDifficulty else { return }
    try require(
      header.difficulty.isZero == (totalDifficulty >= terminal), header,
      .merge(difficulty: header.difficulty, totalDifficulty: totalDifficulty, terminal: terminal))
  }
}

extension HeaderRules {
  /// In bytes.
  package static let greatestExtraDataLength = 32

  /// Extra data of the first blocks after the DAO's fork (EIP-779).
  package static let daoMark = [UInt8]("dao-hard-fork".utf8)

  /// Keccak-256 of the RLP of the empty list.
  package static let noOmmersHash = Hash256(
    0x1dcc_4de8_dec7_5d7a, 0xab85_b567_b6cc_d41a, 0xd312_451b_948a_7413, 0xf0a1_42fd_40d4_9347)
}
