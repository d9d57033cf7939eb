/// The table from the exceptions' names in published fixtures to the rules that may answer them.
///
/// Two engines that refuse the same block may each be right with another reason: the block breaks several rules, and they
/// look in another order. Where this engine looks in another order than the one that filled the fixtures, the rule that it
/// finds first stands here too, with the reason.
enum ExceptionNames {
  /// The rules that answer a name; nil when the table does not have it.
  static func rules(of name: String) -> [Refusal]? {
    let parts = name.split(separator: ".", maxSplits: 1).map(String.init)
    if parts.count == 2 {
      switch parts[0] {
      case "TransactionException": return transaction(parts[1]) ?? encoding(parts[1])
      case "BlockException": return header(parts[1]) ?? block(parts[1])
      default: return nil
      }
    }
    return olderTransaction(name) ?? olderBlock(name)
  }
}

// MARK: - EEST's names, which ethereum/tests took over

extension ExceptionNames {
  private static func transaction(_ name: String) -> [Refusal]? {
    switch name {
    case "TYPE_1_TX_PRE_FORK", "TYPE_2_TX_PRE_FORK", "TYPE_3_TX_PRE_FORK", "TYPE_3_TX_ZERO_BLOBS_PRE_FORK",
      "TYPE_4_TX_PRE_FORK":
      [.unsupportedType]
    // A transaction of any type is read before the fork is asked for the type, and may be malformed besides. A byte
    // string in place of a list is to geth an envelope of no type.
    case "TYPE_NOT_SUPPORTED": [.unsupportedType, .expectedList, .numberTooLarge]
    case "SENDER_NOT_EOA": [.senderHasCode]
    case "NONCE_MISMATCH_TOO_HIGH": [.nonceTooHigh]
    case "NONCE_MISMATCH_TOO_LOW": [.nonceTooLow]
    case "NONCE_TOO_BIG", "NONCE_IS_MAX": [.nonceExhausted]
    case "GASLIMIT_PRICE_PRODUCT_OVERFLOW": [.costOverflows]
    // Nobody owns 2²⁵⁶ wei, so who would need them has not enough.
    case "INSUFFICIENT_ACCOUNT_FUNDS": [.insufficientBalance, .costOverflows]
    // In one case there is too little gas besides, which is found here before the block is asked for its base fee.
    case "INSUFFICIENT_MAX_FEE_PER_GAS": [.priceBelowBaseFee, .gasBelowIntrinsic]
    case "PRIORITY_GREATER_THAN_MAX_FEE_PER_GAS", "PRIORITY_GREATER_THAN_MAX_FEE_PER_GAS_2": [.priorityFeeAboveFee]
    case "INSUFFICIENT_MAX_FEE_PER_BLOB_GAS": [.priceBelowBlobBaseFee]
    // Here the greater of both is one number, the least gas that a transaction can have.
    case "INTRINSIC_GAS_TOO_LOW", "INTRINSIC_GAS_BELOW_FLOOR_GAS_COST": [.gasBelowIntrinsic]
    case "INITCODE_SIZE_EXCEEDED": [.initcodeTooLarge]
    case "GAS_ALLOWANCE_EXCEEDED": [.gasAboveBlock]
    case "GAS_LIMIT_EXCEEDS_MAXIMUM": [.gasAboveCap]
    case "TYPE_3_TX_INVALID_BLOB_VERSIONED_HASH": [.blobVersion]
    // A header that admits to them is refused before its transactions are looked at.
    case "TYPE_3_TX_BLOB_COUNT_EXCEEDED", "TYPE_3_TX_MAX_BLOB_GAS_ALLOWANCE_EXCEEDED":
      [.tooManyBlobs, .blobGasUsedAboveLimit]
    case "TYPE_3_TX_ZERO_BLOBS": [.noBlobs]
    case "TYPE_3_TX_CONTRACT_CREATION", "TYPE_4_TX_CONTRACT_CREATION": [.creationNotAllowed]
    // A list of the transaction, its blobs, commitments and proofs, where the transaction's fields should stand.
    case "TYPE_3_TX_WITH_FULL_BLOBS": [.expectedBytes]
    case "TYPE_4_EMPTY_AUTHORIZATION_LIST": [.noAuthorizations]
    // A field of an authorization is left out, added, too long, too short, a list, or has a zero before it.
    case "TYPE_4_INVALID_AUTHORIZATION_FORMAT":
      [.missingItem, .trailingBytes, .numberTooLarge, .leadingZero, .wrongLength, .expectedBytes, .expectedList]
    // Whose v, r or s has too many bits. One that nobody can have made is no error of the transaction's.
    case "TYPE_4_INVALID_AUTHORITY_SIGNATURE", "TYPE_4_INVALID_AUTHORITY_SIGNATURE_S_TOO_HIGH":
      [.numberTooLarge, .invalidValue]
    // Before EIP-155 every v but 27 and 28 is unknown, whatever chain it names.
    case "INVALID_CHAINID": [.wrongChainID, .unknownV]
    // An r or s of more than 256 bits is out of range, and not even read here.
    case "INVALID_SIGNATURE_VRS": [.unknownV, .signatureOutOfRange, .signatureNotLowS, .numberTooLarge]
    case "EC_RECOVERY_FAIL": [.noSuchSignature]
    default: nil
    }
  }

  /// Transactions that cannot be read.
  private static func encoding(_ name: String) -> [Refusal]? {
    switch name {
    case "ADDRESS_TOO_SHORT", "ADDRESS_TOO_LONG": [.recipientLength]
    case "NONCE_OVERFLOW", "GASLIMIT_OVERFLOW", "VALUE_OVERFLOW", "GASPRICE_OVERFLOW", "PRIORITY_OVERFLOW":
      [.numberTooLarge]
    case "RLP_LEADING_ZEROS_GASLIMIT", "RLP_LEADING_ZEROS_GASPRICE", "RLP_LEADING_ZEROS_VALUE",
      "RLP_LEADING_ZEROS_NONCE", "RLP_LEADING_ZEROS_R", "RLP_LEADING_ZEROS_S", "RLP_LEADING_ZEROS_V",
      "RLP_LEADING_ZEROS_BASEFEE", "RLP_LEADING_ZEROS_PRIORITY_FEE":
      [.leadingZero]
    case "RLP_LEADING_ZEROS_DATA_SIZE", "RLP_LEADING_ZEROS_NONCE_SIZE", "RLP_ERROR_SIZE_LEADING_ZEROS":
      [.nonCanonicalLength]
    case "RLP_TOO_FEW_ELEMENTS": [.missingItem]
    case "RLP_TOO_MANY_ELEMENTS": [.trailingBytes]
    case "RLP_ERROR_EOF": [.truncated]
    // A list says another length than it has: of its bytes some are missing, or some are left.
    case "RLP_ERROR_SIZE": [.truncated, .trailingBytes]
    case "RLP_INVALID_SIGNATURE_R", "RLP_INVALID_SIGNATURE_S", "RLP_INVALID_DATA", "RLP_INVALID_GASLIMIT",
      "RLP_INVALID_NONCE", "RLP_INVALID_TO", "RLP_INVALID_VALUE":
      [.expectedBytes]
    case "RLP_INVALID_ACCESS_LIST_ADDRESS_TOO_LONG", "RLP_INVALID_ACCESS_LIST_ADDRESS_TOO_SHORT",
      "RLP_INVALID_ACCESS_LIST_STORAGE_TOO_LONG", "RLP_INVALID_ACCESS_LIST_STORAGE_TOO_SHORT":
      [.wrongLength]
    case "RLP_INVALID_HEADER": [.expectedList]
    default: nil
    }
  }

  private static func header(_ name: String) -> [Refusal]? {
    switch name {
    case "UNKNOWN_PARENT", "UNKNOWN_PARENT_ZERO": [.unknownParent]
    case "EXTRA_DATA_TOO_BIG": [.extraData]
    case "EXTRA_DATA_INVALID_DAO": [.daoMark]
    case "GASLIMIT_TOO_BIG": [.gasLimit]
    // Among them is a block of London a block too early, whose limit is twice what is allowed: its fields are looked at
    // first here.
    case "INVALID_GASLIMIT": [.gasLimit, .fields]
    case "INVALID_BLOCK_NUMBER": [.number]
    case "INVALID_BLOCK_TIMESTAMP_OLDER_THAN_PARENT": [.timestamp]
    case "INVALID_DIFFICULTY": [.difficulty]
    case "INVALID_BASEFEE_PER_GAS": [.baseFeePerGas]
    case "INVALID_GAS_USED_ABOVE_LIMIT": [.gasUsedAboveLimit]
    case "BLOB_GAS_USED_ABOVE_LIMIT": [.blobGasUsedAboveLimit]
    case "INCORRECT_EXCESS_BLOB_GAS": [.excessBlobGas]
    case "IMPORT_IMPOSSIBLE_LEGACY", "IMPORT_IMPOSSIBLE_LEGACY_WRONG_PARENT",
      "IMPORT_IMPOSSIBLE_LONDON_WRONG_PARENT", "IMPORT_IMPOSSIBLE_SHANGHAI":
      [.fields]
    // Where a header lacks a field the next is read in its place, a root for an amount of gas.
    case "INCORRECT_BLOCK_FORMAT": [.fields, .leadingZero, .numberTooLarge, .invalidValue]
    // Its body has withdrawals, for which its header has no root.
    case "IMPORT_IMPOSSIBLE_PARIS_OVER_SHANGHAI": [.fields, .invalidValue]
    case "IMPORT_IMPOSSIBLE_PARIS_WRONG_POW", "IMPORT_IMPOSSIBLE_PARIS_WRONG_POS",
      "IMPORT_IMPOSSIBLE_LONDON_OVER_PARIS":
      [.merge]
    // With difficulty it is of a fork before the merge, which has not the fields that it has.
    case "IMPORT_IMPOSSIBLE_DIFFICULTY_OVER_PARIS": [.difficulty, .merge, .fields]
    case "IMPORT_IMPOSSIBLE_UNCLES_OVER_PARIS": [.ommersHash]
    default: nil
    }
  }

  private static func block(_ name: String) -> [Refusal]? {
    switch name {
    case "TOO_MANY_UNCLES": [.tooManyUncles]
    case "UNCLE_IN_CHAIN": [.uncleNamedBefore]
    case "UNCLE_IS_ANCESTOR": [.uncleIsAncestor]
    case "UNCLE_IS_BROTHER": [.uncleNamedBefore]
    case "UNCLE_PARENT_INCORRECT", "UNCLE_UNKNOWN_PARENT": [.uncleIsNoSibling]
    case "INVALID_LOG_BLOOM": [.logsBloom]
    case "INVALID_STATE_ROOT": [.stateRoot]
    case "INVALID_RECEIPTS_ROOT": [.receiptsRoot]
    case "INVALID_TRANSACTIONS_ROOT": [.transactionsRoot]
    case "INVALID_UNCLES_HASH": [.uncles]
    case "INVALID_GAS_USED": [.gasUsed]
    // A transaction that may use more than what is left is not begun; a header that admits to it is refused before.
    case "GAS_USED_OVERFLOW": [.gasAboveBlock, .gasUsedAboveLimit]
    case "INVALID_WITHDRAWALS_ROOT": [.withdrawalsRoot]
    // More than may be is wrong before anything is carried out.
    case "INCORRECT_BLOB_GAS_USED": [.blobGasUsed, .blobGasUsedAboveLimit]
    case "INVALID_REQUESTS": [.requestsHash, .requests]
    case "INVALID_DEPOSIT_EVENT_LAYOUT": [.malformedDeposit]
    case "SYSTEM_CONTRACT_EMPTY": [.systemContractMissing]
    case "SYSTEM_CONTRACT_CALL_FAILED": [.systemContractFails]
    case "RLP_BLOCK_LIMIT_EXCEEDED": [.blockTooLarge]
    // A number of too many bits, or one kind of item for the other: blobs beside a transaction, for one.
    case "RLP_STRUCTURES_ENCODING": [.numberTooLarge, .expectedBytes, .expectedList]
    case "RLP_WITHDRAWALS_NOT_READ": [.missingItem, .invalidValue]
    case "RLP_INVALID_FIELD_OVERFLOW_64": [.numberTooLarge]
    case "RLP_INVALID_ADDRESS": [.wrongLength]
    case "INVALID_BLOCK_HASH": [.blockHash]
    case "INVALID_VERSIONED_HASHES": [.blobHashes]
    default: nil
    }
  }
}

// MARK: - The older names of ethereum/tests

extension ExceptionNames {
  private static func olderTransaction(_ name: String) -> [Refusal]? {
    switch name {
    case "IntrinsicGas", "TR_IntrinsicGas": [.gasBelowIntrinsic]
    case "SenderNotEOA": [.senderHasCode]
    case "SenderNotEOAorNoCASH": [.senderHasCode, .insufficientBalance]
    case "TR_BLOBCREATE": [.creationNotAllowed]
    case "TR_FeeCapLessThanBlocks": [.priceBelowBaseFee]
    case "TR_FeeCapLessThanBlocksORGasLimitReached": [.priceBelowBaseFee, .gasAboveBlock]
    // As INSUFFICIENT_MAX_FEE_PER_GAS.
    case "TR_FeeCapLessThanBlocksORNoFunds": [.priceBelowBaseFee, .insufficientBalance, .gasBelowIntrinsic]
    case "TR_GasLimitReached": [.gasAboveBlock]
    case "TR_InitCodeLimitExceeded": [.initcodeTooLarge]
    case "TR_NoFunds", "TR_NoFundsX": [.insufficientBalance, .costOverflows]
    case "TR_NoFundsOrGas": [.insufficientBalance, .gasBelowIntrinsic]
    case "TR_NonceHasMaxValue": [.nonceExhausted]
    case "TR_NonceTooHigh": [.nonceTooHigh]
    case "TR_NonceTooLow": [.nonceTooLow]
    case "TR_RLP_WRONGVALUE": [.numberTooLarge]
    case "TR_TipGtFeeCap": [.priorityFeeAboveFee]
    case "TR_TypeNotSupported": [.unsupportedType]
    case "InvalidVRS": [.unknownV, .signatureOutOfRange, .signatureNotLowS]
    default: nil
    }
  }

  private static func olderBlock(_ name: String) -> [Refusal]? {
    switch name {
    case "UnknownParent", "UnknownParent2": [.unknownParent]
    case "ExtraDataTooBig": [.extraData]
    case "ExtraDataIncorrectDAO": [.daoMark]
    case "InvalidGasLimit": [.gasLimit]
    // As INVALID_GASLIMIT.
    case "InvalidGasLimit2": [.gasLimit, .fields]
    case "InvalidNumber": [.number]
    case "InvalidTimestampOlderParent": [.timestamp]
    case "InvalidDifficulty": [.difficulty]
    case "1559BlockImportImpossible_BaseFeeWrong": [.baseFeePerGas]
    case "1559BlockImportImpossible_HeaderIsLegacy", "LegacyBlockImportImpossible", "LegacyBlockImportImpossible2",
      "ShanghaiBlockImportImpossible":
      [.fields]
    // As IMPORT_IMPOSSIBLE_PARIS_OVER_SHANGHAI.
    case "ParisBlockImportImpossible": [.fields, .invalidValue]
    case "3675PoSBlockRejected", "3675PoWBlockRejected": [.merge]
    // Proof of work after the merge: uncles, in one case difficulty.
    case "3675PreParis1559BlockRejected": [.ommersHash, .difficulty]
    // As IMPORT_IMPOSSIBLE_DIFFICULTY_OVER_PARIS.
    case "PostParisDifficultyIsNot0": [.difficulty, .merge, .fields]
    case "PostParisUncleHashIsNotEmpty": [.ommersHash]
    case "TooMuchGasUsed": [.gasUsedAboveLimit]
    case "InvalidGasUsed": [.gasUsed]
    case "InvalidLogBloom": [.logsBloom]
    case "InvalidStateRoot": [.stateRoot]
    case "InvalidTransactionsRoot": [.transactionsRoot]
    case "InvalidUnclesHash": [.uncles]
    case "InvalidUncleParentHash", "UncleParentIsNotAncestor": [.uncleIsNoSibling]
    case "TooManyUncles": [.tooManyUncles]
    case "UncleInChain": [.uncleNamedBefore]
    case "UncleIsAncestor": [.uncleIsAncestor]
    case "UncleIsBrother": [.uncleNamedBefore]
    // A withdrawal's.
    case "INPUT_UNMARSHAL_ERROR": [.numberTooLarge]
    default: nil
    }
  }
}
