/// Why a precompile refuses its input; the call then fails and takes all its gas.
package enum CurveError: Error, Equatable, Sendable {
  /// The input's length is not one the precompile takes: `expected`, or a multiple of it above zero.
  case badLength(Int, expected: Int)
  /// A coordinate or scalar is not below its modulus, or the bytes above it are not zero.
  case numberOutOfRange
  /// The coordinates do not satisfy the curve's equation.
  case notOnCurve
  /// The point is on the curve, but not in the group of order r.
  case notInSubgroup
  /// The 48 bytes are no compressed point.
  case badCompression
  /// The versioned hash is not that of the commitment.
  case versionedHashMismatch
  /// The proof does not show what it claims.
  case proofRejected
}
