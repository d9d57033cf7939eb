/// Ethereum's rule changes in order, each with everything before it. The numbers are part of the format.
package enum Fork: UInt64, CaseIterable, Sendable {
  case frontier = 0
  case homestead = 1
  /// EIP-150.
  case tangerineWhistle = 2
  /// EIP-155, 158, 160, 161, 170.
  case spuriousDragon = 3
  case byzantium = 4
  case constantinople = 5
  /// Constantinople without EIP-1283.
  case petersburg = 6
  case istanbul = 7
  case muirGlacier = 8
  case berlin = 9
  case london = 10
  case arrowGlacier = 11
  case grayGlacier = 12
  /// The merge: proof of stake.
  case paris = 13
  case shanghai = 14
  case cancun = 15
  case prague = 16
  case osaka = 17
  // Blob parameters only (EIP-7892).
  case bpo1 = 18
  case bpo2 = 19
  case bpo3 = 20
  case bpo4 = 21
  case bpo5 = 22

  /// How it is decided whether a fork is active at a block.
  package enum Trigger: Sendable {
    /// From a block number on.
    case blockNumber
    /// From the block after the one that reached the terminal total difficulty.
    case totalDifficulty
    /// From a block time on, after the merge.
    case timestamp
  }

  package var trigger: Trigger {
    switch self {
    case _ where self < .paris: .blockNumber
    case .paris: .totalDifficulty
    default: .timestamp
    }
  }

  /// The name as people know it.
  package var name: String {
    switch self {
    case .frontier: "Frontier"
    case .homestead: "Homestead"
    case .tangerineWhistle: "Tangerine Whistle"
    case .spuriousDragon: "Spurious Dragon"
    case .byzantium: "Byzantium"
    case .constantinople: "Constantinople"
    case .petersburg: "Petersburg"
    case .istanbul: "Istanbul"
    case .muirGlacier: "Muir Glacier"
    case .berlin: "Berlin"
    case .london: "London"
    case .arrowGlacier: "Arrow Glacier"
    case .grayGlacier: "Gray Glacier"
    case .paris: "Paris"
    case .shanghai: "Shanghai"
    case .cancun: "Cancun"
    case .prague: "Prague"
    case .osaka: "Osaka"
    case .bpo1, .bpo2, .bpo3, .bpo4, .bpo5: "BPO\(rawValue - Fork.osaka.rawValue)"
    }
  }
}

extension Fork: Comparable {
  package static func < (left: Fork, right: Fork) -> Bool { left.rawValue < right.rawValue }
}

extension Fork: CustomStringConvertible {
  package var description: String { name }
}
