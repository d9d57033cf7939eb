extension BlockHeader {
  /// Which of the optional fields a header has: a fork adds some and never drops one.
  package enum Shape: Int, Comparable, CaseIterable, Sendable {
    /// Before London.
    case frontier
    /// With `baseFeePerGas`.
    case london
    /// With `withdrawalsRoot`.
    case shanghai
    /// With `blobGasUsed`, `excessBlobGas` and `parentBeaconBlockRoot`.
    case cancun
    /// With `requestsHash`.
    case prague

    /// The shape that headers of `fork` have.
    package init(of fork: Fork) {
      self =
        switch fork {
        case _ where fork >= .prague: .prague
        case _ where fork >= .cancun: .cancun
        case _ where fork >= .shanghai: .shanghai
        case _ where fork >= .london: .london
        default: .frontier
        }
    }

    package static func < (left: Shape, right: Shape) -> Bool { left.rawValue < right.rawValue }
  }

  /// The header's shape; nil when it has a field without those before it.
  package var shape: Shape? {
    let present = [
      baseFeePerGas != nil, withdrawalsRoot != nil, blobGasUsed != nil, excessBlobGas != nil,
      parentBeaconBlockRoot != nil, requestsHash != nil,
    ]
    let count = present.prefix { $0 }.count
    guard !present.dropFirst(count).contains(true) else { return nil }
    return switch count {
    case 0: .frontier
    case 1: .london
    case 2: .shanghai
    case 5: .cancun
    case 6: .prague
    default: nil
    }
  }
}
