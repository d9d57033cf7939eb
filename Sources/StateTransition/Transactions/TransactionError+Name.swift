extension TransactionError {
  /// A name for rows and programs, which stays as it is whatever the text says.
  package var name: String {
    switch self {
    case .malformed: "malformed"
    case .recipientLength: "recipientLength"
    case .unsupportedType: "unsupportedType"
    case .unknownV: "unknownV"
    case .wrongChainID: "wrongChainID"
    case .signatureOutOfRange: "signatureOutOfRange"
    case .signatureNotLowS: "signatureNotLowS"
    case .noSuchSignature: "noSuchSignature"
    case .nonceExhausted: "nonceExhausted"
    case .wrongNonce: "wrongNonce"
    case .gasBelowIntrinsic: "gasBelowIntrinsic"
    case .gasAboveBlock: "gasAboveBlock"
    case .priceBelowBaseFee: "priceBelowBaseFee"
    case .costOverflows: "costOverflows"
    case .insufficientBalance: "insufficientBalance"
    case .senderHasCode: "senderHasCode"
    case .priorityFeeAboveFee: "priorityFeeAboveFee"
    case .initcodeTooLarge: "initcodeTooLarge"
    case .gasAboveCap: "gasAboveCap"
    case .noBlobs: "noBlobs"
    case .blobVersion: "blobVersion"
    case .tooManyBlobs: "tooManyBlobs"
    case .priceBelowBlobBaseFee: "priceBelowBlobBaseFee"
    case .noAuthorizations: "noAuthorizations"
    case .creationNotAllowed: "creationNotAllowed"
    }
  }
}
