import Primitives

/// Passes pieces on and remembers them: what an execution over it has read is its witness.
///
/// Belongs to one execution.
package final class WitnessRecorder<Data: CommittedData>: CommittedData {
  private let data: Data
  private var nodes: [Hash256: [UInt8]] = [:]
  private var codes: [Hash256: [UInt8]] = [:]
  private var headers: [Hash256: [UInt8]] = [:]

  package init(over data: Data) {
    self.data = data
  }

  package func bytes(of piece: CommittedPiece) throws(StateReadError) -> [UInt8]? {
    guard let bytes = try data.bytes(of: piece) else { return nil }
    switch piece {
    case .node(_, _, let hash): nodes[hash] = bytes
    case .code(let hash): codes[hash] = bytes
    case .header(let hash): headers[hash] = bytes
    }
    return bytes
  }

  /// Everything that was read until now. O(n log n).
  package var witness: Witness {
    Witness(
      nodes: WitnessPieces(Array(nodes.values)), codes: WitnessPieces(Array(codes.values)),
      headers: WitnessPieces(Array(headers.values)))
  }
}
