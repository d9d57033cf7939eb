package import Primitives

/// What a bond stands for.
package enum BondCause: Hashable, Sendable {
  /// What the sequencer of this key signs.
  case sequencer(Address)
  /// An output, by index.
  case output(UInt64)
  /// A claim of a dispute game.
  case claim(gameId: UInt64, claimIndex: UInt64)

  /// Numbers of the cases in RLP.
  private enum Kind: UInt64 {
    case sequencer = 0
    case output = 1
    case claim = 2
  }
}

extension BondCause {
  /// Reads the next item.
  package init(_ reader: inout RLPReader) throws(RLPError) {
    var fields = try reader.readList()
    let kind: Kind = try fields.readChoice("a bond's cause is a number from 0 to 2")
    self =
      switch kind {
      case .sequencer: .sequencer(try fields.readAddress())
      case .output: .output(try fields.readUInt64())
      case .claim: .claim(gameId: try fields.readUInt64(), claimIndex: try fields.readUInt64())
      }
    try fields.finish()
  }

  /// Appends one item, a list: the kind's number and what it has.
  package func append(to writer: inout RLPWriter) {
    writer.list { (fields) in
      switch self {
      case .sequencer(let key):
        fields.append(Kind.sequencer.rawValue)
        fields.append(key)
      case .output(let index):
        fields.append(Kind.output.rawValue)
        fields.append(index)
      case .claim(let gameId, let claimIndex):
        fields.append(Kind.claim.rawValue)
        fields.append(gameId)
        fields.append(claimIndex)
      }
    }
  }
}
