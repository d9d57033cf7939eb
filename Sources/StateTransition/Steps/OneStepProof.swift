import Hashing
package import Primitives
package import Rollup

/// A proof of one step of a block: what a dispute ends with, and a file that anybody can check.
package enum OneStepProof: Equatable, Sendable {
  /// From the claim about the block before, and the order, to the beginning of the block.
  case opening(OpeningProof)

  /// A message, a transaction, or the closing of the block.
  case inside(InsideProof)

  /// Behind the end of a block, or of the data: nothing is executed, and what stands there repeats.
  case rest(OutputClaim)

  private enum Kind: UInt64 {
    case opening = 0
    case inside = 1
    case rest = 2
  }

  private static let version: UInt64 = 1

  /// What a claim about the state after the step says: a function of the proof and of what the contract knows.
  ///
  /// - Parameters:
  ///   - preState: the claim about the state before the step.
  ///   - stepIndex: 0 for the opening step.
  ///   - order: as the contract has it.
  ///   - configuration: a rollup's.
  /// - Throws: when the proof proves nothing: too little or too much in it, or another step.
  package func execute(
    from preState: Hash256, stepIndex: UInt64, order: some DisputedOrder, configuration: ChainConfiguration
  ) throws(StepError) -> Hash256 {
    guard case .opening(let proof) = self else { return try execute(from: preState, stepIndex: stepIndex) }
    guard stepIndex == 0 else { throw .wrongStep("an opening step is step 0, and disputed is step \(stepIndex)") }
    return try proof.execute(from: preState, order: order, configuration: configuration)
  }

  /// As above for any step but the opening one: it depends on nothing but the state before it.
  package func execute(from preState: Hash256, stepIndex: UInt64) throws(StepError) -> Hash256 {
    switch self {
    case .opening: throw .wrongStep("an opening step cannot be executed without the order")
    case .inside(let proof):
      guard stepIndex > 0 else { throw .wrongStep("step 0 opens the block; the proof is of a step inside") }
      return try proof.execute(from: preState).hash
    case .rest(let claim):
      guard stepIndex > 0 else { throw .wrongStep("step 0 opens the block; nothing rests there") }
      guard claim.hash == preState else { throw .wrongPreState(expected: preState, found: claim.hash) }
      return preState
    }
  }

  /// The canonical encoding: a list of version, kind and the kind's fields.
  package func encode() -> [UInt8] {
    var writer = RLPWriter()
    writer.list { fields in
      fields.append(OneStepProof.version)
      switch self {
      case .opening(let proof):
        fields.append(Kind.opening.rawValue)
        proof.append(to: &fields)
      case .inside(let proof):
        fields.append(Kind.inside.rawValue)
        proof.append(to: &fields)
      case .rest(let claim):
        fields.append(Kind.rest.rawValue)
        claim.append(to: &fields)
      }
    }
    return writer.bytes
  }

  /// Inverse of `encode`: accepts nothing but what `encode` gives.
  package init(rlp bytes: RawSpan) throws(StepError) {
    do {
      var reader = RLPReader(bytes)
      try self.init(&reader)
      try reader.finish()
    } catch { throw .malformed(error) }
  }

  private init(_ reader: inout RLPReader) throws(RLPError) {
    let offset = reader.offset
    var fields = try reader.readList()
    guard try fields.readUInt64() == OneStepProof.version, let kind = Kind(rawValue: try fields.readUInt64()) else {
      throw RLPError(offset: offset, reason: .invalidValue("version 1 and a kind from 0 to 2"))
    }
    self =
      switch kind {
      case .opening: .opening(try OpeningProof(&fields))
      case .inside: .inside(try InsideProof(&fields))
      case .rest: .rest(try OutputClaim(&fields))
      }
    try fields.finish()
  }
}
