import Hashing
package import Primitives
import Rollup

/// One step inside a block, to be executed again by somebody who knows nothing but the hash of the state before it: the
/// preimages of that hash, and a witness.
///
/// The transaction comes with the witness: it is read from the trie under the order commitment's `transactionsRoot`, and
/// so comes with its path. Where that trie has nothing more, the step closes the block.
package struct InsideProof: Hashable, Sendable {
  package var point: StepPoint
  package var witness: Witness

  package init(point: StepPoint, witness: Witness) {
    self.point = point
    self.witness = witness
  }

  /// Executes the step.
  ///
  /// - Parameter preState: what the disputed claim about the state before says.
  /// - Complexity: as executing one transaction, over tries; one hash for each piece of the witness.
  package func execute(from preState: Hash256) throws(StepError) -> StepResult {
    try check(preState)
    let reader = WitnessReader(witness)
    var step = BlockStep(point.context, data: reader)
    let result: StepResult
    do {
      result = try step.advance(point)
    } catch {
      // What is missing says more than what failed for want of it.
      if let missing = reader.missing { throw .witness(.missing(missing)) }
      throw error
    }
    do { try reader.finish() } catch { throw .witness(error) }
    return result
  }

  private func check(_ preState: Hash256) throws(StepError) {
    guard point.state.hash == preState else {
      throw .wrongPreState(expected: preState, found: point.state.hash)
    }
    let context = point.context.hash
    guard context == point.state.blockContextHash else {
      throw .wrongPreimage("block context", expected: point.state.blockContextHash, found: context)
    }
    let bloom = Keccak256.hash(point.bloom.bytes)
    guard bloom == point.state.bloomHash else {
      throw .wrongPreimage("bloom filter", expected: point.state.bloomHash, found: bloom)
    }
  }
}

extension InsideProof {
  /// Appends the fields: state, bloom filter, block context, witness.
  func append(to fields: inout RLPWriter) {
    point.state.append(to: &fields)
    fields.append(bytes: point.bloom.bytes)
    point.context.append(to: &fields)
    witness.append(to: &fields)
  }

  /// Reads the fields.
  init(_ fields: inout RLPReader) throws(RLPError) {
    let state = try StepState(&fields)
    let bytes = try fields.readExactly(LogsBloom.byteCount).bytes
    let bloom = LogsBloom(bytes: bytes) ?? .empty
    point = StepPoint(state: state, bloom: bloom, context: try RollupBlockContext(&fields))
    witness = try Witness(&fields)
  }
}

extension BlockTrace {
  /// The proof of the step from the point with this index; nil for none.
  ///
  /// - Complexity: as executing one transaction, over tries.
  package func prove(_ index: Int) throws(StepError) -> InsideProof? {
    guard points.indices.contains(index) else { return nil }
    let point = points[index]
    let witness = try record { (recorder) throws(StepError) in
      var step = BlockStep(context, data: recorder)
      _ = try step.advance(point)
    }
    return InsideProof(point: point, witness: witness)
  }
}
