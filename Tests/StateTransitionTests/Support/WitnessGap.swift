import Primitives
import StateTransition

/// A witness without one of its pieces.
struct WitnessGap {
  let witness: Witness
  private let isLeftOut: (CommittedPiece) -> Bool

  fileprivate init(_ witness: Witness, _ isLeftOut: @escaping (CommittedPiece) -> Bool) {
    self.witness = witness
    self.isLeftOut = isLeftOut
  }

  /// Whether a step over the witness ends because of the piece that was left out, and says so.
  func isNamed(_ step: () throws -> some Any) -> Bool {
    do {
      _ = try step()
      return false
    } catch StepError.witness(.missing(let piece)) {
      return isLeftOut(piece)
    } catch {
      return false
    }
  }
}

extension Witness {
  /// Without each piece in turn.
  var gaps: [WitnessGap] {
    nodes.hashes.enumerated().map { index, left in
      WitnessGap(Witness(nodes: nodes.leavingOut(index), codes: codes, headers: headers)) {
        if case .node(_, _, let hash) = $0 { hash == left } else { false }
      }
    }
      + codes.hashes.enumerated().map { index, left in
        WitnessGap(Witness(nodes: nodes, codes: codes.leavingOut(index), headers: headers)) { $0 == .code(left) }
      }
      + headers.hashes.enumerated().map { index, left in
        WitnessGap(Witness(nodes: nodes, codes: codes, headers: headers.leavingOut(index))) { $0 == .header(left) }
      }
  }
}

extension WitnessPieces {
  fileprivate func leavingOut(_ index: Int) -> WitnessPieces {
    var pieces = bytes
    pieces.remove(at: index)
    return WitnessPieces(pieces)
  }
}
