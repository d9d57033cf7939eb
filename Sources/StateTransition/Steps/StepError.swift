package import Primitives

/// Why a step cannot be executed, or a proof of one proves nothing. Never a judgement on the claim it is about.
package enum StepError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The bytes are no proof.
  case malformed(RLPError)

  /// The proof is about another state than the one that is disputed.
  case wrongPreState(expected: Hash256, found: Hash256)

  /// A preimage in the proof has another hash than the state before names.
  case wrongPreimage(String, expected: Hash256, found: Hash256)

  /// A piece is missing, or not what its hash says; or the rules for this block are unknown.
  case notExecutable(String)

  /// The witness has more, or less, than the step reads.
  case witness(WitnessError)

  /// The proof is about another kind of step than the one at this place.
  case wrongStep(String)

  package var description: String {
    switch self {
    case .malformed(let error): "it is not the canonical encoding of a proof: \(error)"
    case .wrongPreState(let expected, let found): "it begins with the state \(found), disputed is \(expected)"
    case .wrongPreimage(let what, let expected, let found):
      "its \(what) has the hash \(found), the state before names \(expected)"
    case .notExecutable(let reason): "the step cannot be executed: \(reason)"
    case .witness(let error): "\(error)"
    case .wrongStep(let reason): reason
    }
  }
}
