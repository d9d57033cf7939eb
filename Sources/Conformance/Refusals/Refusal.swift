import Primitives
import Rollup
import StateTransition

/// The rule by which a transaction or a block was refused, without the numbers: what a fixture's expectation is held
/// against.
enum Refusal: Sendable {
  // The bytes.
  case truncated, missingItem, trailingBytes, nonCanonicalLength, leadingZero, numberTooLarge, wrongLength
  case expectedBytes, expectedList, tooDeep, invalidValue

  // A transaction by itself.
  case recipientLength, unsupportedType, unknownV, wrongChainID, signatureOutOfRange, signatureNotLowS, noSuchSignature
  case nonceExhausted, gasBelowIntrinsic, costOverflows, priorityFeeAboveFee, initcodeTooLarge, gasAboveCap
  case noBlobs, blobVersion, noAuthorizations, creationNotAllowed

  // A transaction in its block and state.
  case nonceTooLow, nonceTooHigh, gasAboveBlock, priceBelowBaseFee, insufficientBalance, senderHasCode
  case tooManyBlobs, priceBelowBlobBaseFee

  // A header after its parent's.
  case unknownParent, parentHash, number, timestamp, extraData, fields, gasLimit, gasUsedAboveLimit, baseFeePerGas
  case difficulty, ommersHash, nonce, blobGasUsedAboveLimit, excessBlobGas, daoMark, merge

  // A header and what its block comes to.
  case transactionsRoot, uncles, withdrawalsRoot, stateRoot, receiptsRoot, logsBloom, gasUsed, blobGasUsed, requestsHash

  // A block.
  case blockTooLarge, malformedDeposit, systemContractMissing, systemContractFails, balanceOverflows
  case tooManyUncles, uncleDepth, uncleNamedBefore, uncleIsAncestor, uncleIsNoSibling

  // A call of the engine API.
  case blockHash, blobHashes, requests
}

extension Refusal {
  /// What an error says of a transaction or a block: one rule, or where a header makes several wrong claims, all of
  /// them. Nothing when the error is about something else, such as a state that cannot be read.
  static func rules(brokenBy error: any Error) -> [Refusal] {
    switch error {
    case let error as ForkChoiceError: error.rules
    case let error as RLPError: [Refusal(error.reason)]
    case let error as TransactionError: [Refusal(error)]
    case let error as HeaderError: [Refusal(error.violation)]
    case let error as BlockBodyError: [Refusal(error.part)]
    case let error as BlockError: Refusal(error).map { [$0] } ?? []
    default: []
    }
  }

  private init?(_ error: BlockError) {
    switch error {
    case .invalidTransaction(_, _, let reason): self.init(reason)
    case .invalidUncle(_, _, let reason): self.init(reason)
    case .tooLarge: self = .blockTooLarge
    case .malformedDeposit: self = .malformedDeposit
    case .systemContract(_, _, let fails): self = fails ? .systemContractFails : .systemContractMissing
    case .balanceOverflows: self = .balanceOverflows
    case .state: return nil
    }
  }

  private init(_ error: UncleError) {
    switch error {
    case .tooMany: self = .tooManyUncles
    case .depth: self = .uncleDepth
    case .namedBefore: self = .uncleNamedBefore
    case .isAncestor: self = .uncleIsAncestor
    case .noSibling: self = .uncleIsNoSibling
    case .header(let error): self.init(error.violation)
    }
  }

  private init(_ part: BlockBodyError.Part) {
    switch part {
    case .transactions: self = .transactionsRoot
    case .uncles: self = .uncles
    case .withdrawals: self = .withdrawalsRoot
    }
  }

  private init(_ reason: RLPError.Reason) {
    switch reason {
    case .truncated, .lengthTooLarge: self = .truncated
    case .endOfInput: self = .missingItem
    case .trailingBytes: self = .trailingBytes
    case .byteWithNeedlessHeader, .lengthWithLeadingZero, .shortLengthInLongForm: self = .nonCanonicalLength
    case .numberWithLeadingZero: self = .leadingZero
    case .numberTooLarge: self = .numberTooLarge
    case .wrongLength: self = .wrongLength
    case .expectedBytes: self = .expectedBytes
    case .expectedList: self = .expectedList
    case .tooDeep: self = .tooDeep
    case .invalidValue: self = .invalidValue
    }
  }

  private init(_ violation: HeaderError.Violation) {
    switch violation {
    case .parentHash: self = .parentHash
    case .number: self = .number
    case .timestamp: self = .timestamp
    case .extraData: self = .extraData
    case .fields: self = .fields
    case .gasLimit: self = .gasLimit
    case .gasUsed: self = .gasUsedAboveLimit
    case .baseFeePerGas: self = .baseFeePerGas
    case .difficulty: self = .difficulty
    case .ommersHash: self = .ommersHash
    case .nonce: self = .nonce
    case .blobGasUsed: self = .blobGasUsedAboveLimit
    case .excessBlobGas: self = .excessBlobGas
    case .daoMark: self = .daoMark
    case .merge: self = .merge
    }
  }

  private init(_ error: TransactionError) {
    switch error {
    case .malformed(let error): self.init(error.reason)
    case .recipientLength: self = .recipientLength
    case .unsupportedType: self = .unsupportedType
    case .unknownV: self = .unknownV
    case .wrongChainID: self = .wrongChainID
    case .signatureOutOfRange: self = .signatureOutOfRange
    case .signatureNotLowS: self = .signatureNotLowS
    case .noSuchSignature: self = .noSuchSignature
    case .nonceExhausted: self = .nonceExhausted
    case .wrongNonce(let expected, let found): self = found < expected ? .nonceTooLow : .nonceTooHigh
    case .gasBelowIntrinsic: self = .gasBelowIntrinsic
    case .gasAboveBlock: self = .gasAboveBlock
    case .priceBelowBaseFee: self = .priceBelowBaseFee
    case .costOverflows: self = .costOverflows
    case .insufficientBalance: self = .insufficientBalance
    case .senderHasCode: self = .senderHasCode
    case .priorityFeeAboveFee: self = .priorityFeeAboveFee
    case .initcodeTooLarge: self = .initcodeTooLarge
    case .gasAboveCap: self = .gasAboveCap
    case .noBlobs: self = .noBlobs
    case .blobVersion: self = .blobVersion
    case .tooManyBlobs: self = .tooManyBlobs
    case .priceBelowBlobBaseFee: self = .priceBelowBlobBaseFee
    case .noAuthorizations: self = .noAuthorizations
    case .creationNotAllowed: self = .creationNotAllowed
    }
  }

  /// The claim that is wrong; nil for a field that headers are not known to have.
  init?(_ difference: ClaimDifference) {
    switch difference.field {
    case "ommersHash": self = .uncles
    case "stateRoot": self = .stateRoot
    case "transactionsRoot": self = .transactionsRoot
    case "receiptsRoot": self = .receiptsRoot
    case "logsBloom": self = .logsBloom
    case "gasUsed": self = .gasUsed
    case "withdrawalsRoot": self = .withdrawalsRoot
    case "blobGasUsed": self = .blobGasUsed
    case "requestsHash": self = .requestsHash
    default: return nil
    }
  }
}
