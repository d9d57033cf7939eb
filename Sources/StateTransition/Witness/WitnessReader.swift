/// A witness being read: gives its pieces, and knows afterwards which were missing and which nobody asked for.
///
/// Belongs to one execution.
package final class WitnessReader: CommittedData {
  private let witness: Witness
  private var used: [[Bool]]

  /// The first piece that was asked for and is not there.
  package private(set) var missing: CommittedPiece?

  package init(_ witness: Witness) {
    self.witness = witness
    used = [witness.nodes, witness.codes, witness.headers].map { Array(repeating: false, count: $0.bytes.count) }
  }

  package func bytes(of piece: CommittedPiece) -> [UInt8]? {
    let (pieces, kind) =
      switch piece {
      case .node: (witness.nodes, 0)
      case .code: (witness.codes, 1)
      case .header: (witness.headers, 2)
      }
    guard let index = pieces.index(of: piece.hash) else {
      if missing == nil { missing = piece }
      return nil
    }
    used[kind][index] = true
    return pieces.bytes[index]
  }

  /// Whether everything was asked for and all that was asked for was there.
  package func finish() throws(WitnessError) {
    if let missing { throw .missing(missing) }
    let unused = used.reduce(0) { $0 + $1.count { !$0 } }
    if unused > 0 { throw .unused(unused) }
  }
}

/// Why a witness is not that of the execution it comes with.
package enum WitnessError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The execution reads this, and the witness does not have it.
  case missing(CommittedPiece)

  /// So many pieces have nothing to do with the execution.
  case unused(Int)

  package var description: String {
    switch self {
    case .missing(let piece): "the witness lacks \(piece)"
    case .unused(let count): "\(count) pieces of the witness are not read by the execution"
    }
  }
}
