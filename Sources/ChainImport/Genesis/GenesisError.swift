/// Why a genesis file cannot be used.
package enum GenesisError: Error, Equatable, Sendable {
  /// The file cannot be read.
  case unreadable(path: String, cause: String)
  /// The file is no JSON object.
  case notJSON(String)
  case missing(field: String)
  case invalid(field: String, value: String, expected: String)
  /// The field changes the rules of the chain in a way that this program does not know.
  case unsupported(field: String, reason: String)
}

extension GenesisError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .unreadable(let path, let cause):
      "the genesis file \(path) cannot be read: \(cause); give the path of a geth- or besu-style genesis file"
    case .notJSON(let cause):
      "the genesis file is not the JSON object that it should be: \(cause); give a geth- or besu-style genesis file"
    case .missing(let field):
      "the genesis file has no \(field); add it as geth or besu write it"
    case .invalid(let field, let value, let expected):
      "the genesis file has \(field) = \(value), expected \(expected)"
    case .unsupported(let field, let reason):
      "the genesis file has \(field): \(reason); a chain with other rules cannot be imported"
    }
  }
}
