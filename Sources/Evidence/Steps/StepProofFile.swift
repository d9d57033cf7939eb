package import Primitives
import Rollup
package import StateTransition

/// A one-step proof as a file that stands alone: what is disputed, and the proof.
package struct StepProofFile: Equatable, Sendable {
  package var statement: StepStatement
  package var proof: OneStepProof

  package init(_ statement: StepStatement, proof: OneStepProof) {
    self.statement = statement
    self.proof = proof
  }

  /// `opening`, `inside` or `rest`: before, in, or behind the messages and transactions of a block.
  package var stepKind: String {
    switch proof {
    case .opening: "opening"
    case .inside: "inside"
    case .rest: "rest"
    }
  }

  /// What the proof comes to.
  package struct Verdict: Equatable, Sendable {
    /// What a claim about the state after the step has to say.
    package let result: Hash256

    /// Whether the disputed claim is wrong.
    package let isRefuted: Bool
  }

  /// Executes the step again, knowing nothing but the file.
  ///
  /// The proof cannot lie about where the step leads from the state before. That the game says what the statement says,
  /// and the contract knows of the order what it says, is for the reader to know: by `StepStatement.hash`.
  ///
  /// - Throws: when the proof is none of this step, or has more in it, or less, than the step reads.
  /// - Complexity: as executing one transaction, over tries.
  package func verify() throws(StepProofFileError) -> Verdict {
    let result: Hash256
    if let order = statement.order {
      result = try execute(knowing: order)
    } else {
      do { result = try proof.execute(from: statement.preState, stepIndex: statement.stepIndex) } catch {
        throw .refused(error)
      }
    }
    return Verdict(result: result, isRefuted: statement.isRefuted(by: result))
  }

  private func execute(knowing order: OrderFacts) throws(StepProofFileError) -> Hash256 {
    guard statement.stepIndex == 0 else { throw .superfluousOrder }
    guard order.configuration.rollupId == statement.rollupId else {
      throw .otherRollup(stated: statement.rollupId, found: order.configuration.rollupId)
    }
    let reader = OrderFactsReader(order, l1Head: statement.l1Head)
    let result: Hash256
    do {
      result = try proof.execute(
        from: statement.preState, stepIndex: 0, order: reader, configuration: order.configuration)
    } catch { throw .refused(error) }
    guard reader.isExact else { throw .inexactOrder }
    return result
  }
}

extension StepProofFile {
  private static let version: UInt64 = 1

  /// No file is longer: a witness, and the configuration with its allocation.
  package static let greatestByteCount = 64 << 20

  /// The canonical encoding: a list of version, statement, and the proof's bytes.
  package func encode() -> [UInt8] {
    var writer = RLPWriter()
    writer.list { fields in
      fields.append(StepProofFile.version)
      statement.append(to: &fields)
      fields.append(bytes: proof.encode())
    }
    return writer.bytes
  }

  /// Inverse of `encode`: accepts nothing but what `encode` gives.
  package init(rlp bytes: RawSpan) throws(StepProofFileError) {
    guard bytes.byteCount <= StepProofFile.greatestByteCount else { throw .tooLong(bytes.byteCount) }
    let encoded: [UInt8]
    do throws(RLPError) {
      var reader = RLPReader(bytes)
      var fields = try reader.readList()
      let offset = fields.offset
      guard try fields.readUInt64() == StepProofFile.version else {
        throw RLPError(offset: offset, reason: .invalidValue("the version of a step proof file is 1"))
      }
      statement = try StepStatement(&fields)
      encoded = try fields.readBytes().bytes
      try fields.finish()
      try reader.finish()
    } catch { throw .malformed(error) }
    do { proof = try OneStepProof(rlp: encoded.rawSpan) } catch { throw .refused(error) }
  }
}

/// Why a step proof file proves nothing.
package enum StepProofFileError: Error, Equatable, Sendable {
  case tooLong(Int)
  case malformed(RLPError)
  /// The proof is none of this step.
  case refused(StepError)
  /// Only an opening step looks at the order.
  case superfluousOrder
  /// The step asks the contract for other things than the file has.
  case inexactOrder
  case otherRollup(stated: Hash256, found: Hash256)
}

extension StepProofFileError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .tooLong(let count):
      "it has \(count) bytes, a step proof file at most \(StepProofFile.greatestByteCount)"
    case .malformed(let error): "it is no step proof file: \(error)"
    case .refused(let error): "\(error)"
    case .superfluousOrder: "it states the order, which a step inside a block does not look at"
    case .inexactOrder: "it does not state exactly what the step asks of the order"
    case .otherRollup(let stated, let found): "it is about rollup \(stated), and states the configuration of \(found)"
    }
  }
}
