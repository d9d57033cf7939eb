import Foundation
import Primitives
import Rollup
import StateTransition
import TestSupport
import Testing

/// TransactionTests of ethereum/tests: for each fork, whether the bytes are a valid transaction, and whose.
@Suite struct TransactionVectorTests {
  private static let forks: [String: Fork] = [
    "Frontier": .frontier, "Homestead": .homestead, "EIP150": .tangerineWhistle, "EIP158": .spuriousDragon,
    "Byzantium": .byzantium, "Constantinople": .constantinople, "ConstantinopleFix": .petersburg,
    "Istanbul": .istanbul, "Berlin": .berlin, "London": .london, "Paris": .paris,
    "Shanghai": .shanghai, "Cancun": .cancun,
  ]

  @Test(
    "published transactions are accepted and refused as each fork has it, for the published reason",
    .enabled(if: Vectors.isExpected("ethereum-tests-misc")))
  func published() throws {
    guard let folder = try Vectors.directory("ethereum-tests-misc") else { return }
    var counts = (valid: 0, invalid: 0)
    let root = "\(folder)/TransactionTests"
    for file in try FileManager.default.subpathsOfDirectory(atPath: root).sorted() where file.hasSuffix(".json") {
      let data = try Data(contentsOf: URL(fileURLWithPath: "\(root)/\(file)"))
      for (name, test) in try JSONDecoder().decode([String: TransactionVector].self, from: data) {
        for (forkName, expected) in test.result.sorted(by: { $0.key < $1.key }) {
          let fork = try #require(Self.forks[forkName], "unknown fork \(forkName) in \(file)")
          let rules = ForkRules.rules(of: fork)
          check(name: "\(name), \(forkName)", test, against: expected, rules: rules)
          if expected.exception == nil { counts.valid += 1 } else { counts.invalid += 1 }
        }
      }
    }
    #expect(counts.valid + counts.invalid == 1801 && counts.valid > 300, "few cases: \(counts)")
  }

  private func check(
    name: String, _ test: TransactionVector, against expected: TransactionVector.Expectation, rules: ForkRules
  ) {
    do {
      let bytes = try Hex.decode(test.txbytes)
      let transaction = try Transaction(encoded: bytes.rawSpan)
      let sender = try transaction.sender(chainID: 1, rules: rules)
      let gas = try transaction.checkStateless(rules: rules).intrinsic
      #expect(expected.exception == nil, "\(name) is accepted")
      #expect(transaction.hash.description == expected.hash, "\(name)")
      #expect(sender.description == expected.sender, "\(name)")
      #expect(UInt256(gas) == UInt256(expected.intrinsicGas), "\(name)")
    } catch let error as TransactionError {
      guard let exception = expected.exception else {
        Issue.record("\(name) is refused: \(error)")
        return
      }
      #expect(error.isMeant(by: exception), "\(name): \(error), expected \(exception)")
    } catch {
      Issue.record("\(name): \(error)")
    }
  }
}

private struct TransactionVector: Decodable {
  struct Expectation: Decodable {
    let exception: String?
    let hash: String?
    let sender: String?
    let intrinsicGas: String
  }

  let txbytes: String
  let result: [String: Expectation]
}

extension TransactionError {
  /// Whether the published name of the exception can mean this error.
  fileprivate func isMeant(by exception: String) -> Bool {
    let name = exception.replacingOccurrences(of: "TransactionException.", with: "")
    switch self {
    case .malformed:
      return name.hasPrefix("RLP_") || name.hasSuffix("_OVERFLOW") || name == "NONCE_TOO_BIG"
        || name == "INVALID_SIGNATURE_VRS" || name == "TYPE_NOT_SUPPORTED"
    case .recipientLength: return name.hasPrefix("ADDRESS_TOO") || name == "RLP_INVALID_TO"
    case .unsupportedType: return name == "TYPE_NOT_SUPPORTED" || name.hasPrefix("RLP_")
    case .unknownV, .wrongChainID: return name == "INVALID_CHAINID" || name == "INVALID_SIGNATURE_VRS"
    case .signatureOutOfRange, .signatureNotLowS: return name == "INVALID_SIGNATURE_VRS"
    case .noSuchSignature: return name == "EC_RECOVERY_FAIL" || name == "INVALID_SIGNATURE_VRS"
    case .nonceExhausted: return name == "NONCE_TOO_BIG"
    case .gasBelowIntrinsic: return name == "INTRINSIC_GAS_TOO_LOW"
    case .priorityFeeAboveFee: return name.hasPrefix("PRIORITY_GREATER_THAN_MAX_FEE_PER_GAS")
    case .initcodeTooLarge: return name == "INITCODE_SIZE_EXCEEDED"
    case .costOverflows: return name == "GASLIMIT_PRICE_PRODUCT_OVERFLOW"
    default: return false
    }
  }
}
