package import Primitives
import Rollup

// One list: verdict, whether the key's authority is known, and a list of the reason's number and what it names.
extension Judgement {
  fileprivate enum ReasonNumber: UInt64 {
    case equalOrigins = 1
    case bothCanonical, contradictsItself, originOrphaned, supersededByRule, originUnknown, ruleNotExcluded
    case reorgNotExcluded, ancestorNotExcluded, noAuthority, keyChanged, keyChangeNotExcluded
    case equalParents
  }

  package func append(to writer: inout RLPWriter) {
    writer.list { fields in
      fields.append(verdict.rawValue)
      fields.append(flag: isAuthorityKnown)
      fields.list { item in appendReason(to: &item) }
    }
  }

  private func appendReason(to item: inout RLPWriter) {
    item.append(reason.number.rawValue)
    switch reason {
    case .originOrphaned(let origin), .originUnknown(let origin): origin.append(to: &item)
    case .supersededByRule(let block): item.append(block)
    case .ruleNotExcluded(let first, let last):
      item.append(first)
      item.append(last)
    case .noAuthority(let origin, let key):
      item.append(origin)
      item.append(key)
    case .equalOrigins, .bothCanonical, .contradictsItself, .reorgNotExcluded, .ancestorNotExcluded, .keyChanged,
      .keyChangeNotExcluded, .equalParents:
      break
    }
  }

  package init(_ reader: inout RLPReader) throws(RLPError) {
    var fields = try reader.readList()
    verdict = try fields.readChoice("a verdict is a number from 1 to 5")
    isAuthorityKnown = try fields.readFlag()
    var item = try fields.readList()
    try fields.finish()
    let number: ReasonNumber = try item.readChoice("a reason is a number from 1 to 13")
    reason =
      switch number {
      case .equalOrigins: .equalOrigins
      case .bothCanonical: .bothCanonical
      case .contradictsItself: .contradictsItself
      case .originOrphaned: .originOrphaned(try BlockID(&item))
      case .supersededByRule: .supersededByRule(l1Block: try item.readUInt64())
      case .originUnknown: .originUnknown(try BlockID(&item))
      case .ruleNotExcluded: .ruleNotExcluded(from: try item.readUInt64(), through: try item.readUInt64())
      case .reorgNotExcluded: .reorgNotExcluded
      case .ancestorNotExcluded: .ancestorNotExcluded
      case .keyChanged: .keyChanged
      case .keyChangeNotExcluded: .keyChangeNotExcluded
      case .equalParents: .equalParents
      case .noAuthority: .noAuthority(origin: try item.readUInt64(), key: try item.readAddress())
      }
    try item.finish()
  }
}

extension Judgement.Reason {
  fileprivate var number: Judgement.ReasonNumber {
    switch self {
    case .equalOrigins: .equalOrigins
    case .bothCanonical: .bothCanonical
    case .contradictsItself: .contradictsItself
    case .originOrphaned: .originOrphaned
    case .supersededByRule: .supersededByRule
    case .originUnknown: .originUnknown
    case .ruleNotExcluded: .ruleNotExcluded
    case .reorgNotExcluded: .reorgNotExcluded
    case .ancestorNotExcluded: .ancestorNotExcluded
    case .noAuthority: .noAuthority
    case .keyChanged: .keyChanged
    case .keyChangeNotExcluded: .keyChangeNotExcluded
    case .equalParents: .equalParents
    }
  }

  /// The case's name, as programs are told.
  package var name: String { "\(number)" }
}
