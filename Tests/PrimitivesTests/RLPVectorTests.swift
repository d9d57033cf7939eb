// The published RLP tests of ethereum/tests.

import Foundation
import Primitives
import TestSupport
import Testing

struct RLPVectorTests {
  private static let suite = "ethereum-tests-misc"

  @Test("published values have the published encodings, and read back", .enabled(if: Vectors.isExpected(suite)))
  func valid() throws {
    let cases = try cases(in: "rlptest.json")
    #expect(cases.count == 20)
    for (name, value, encoded) in cases {
      let item = try #require(self.item(value), "\(name)")
      #expect(item.encoded == encoded, "\(name)")
      #expect(try RLPItem.decode(encoded) == item, "\(name)")
    }
  }

  @Test("published bad encodings are refused", .enabled(if: Vectors.isExpected(suite)))
  func invalid() throws {
    let cases = try cases(in: "invalidRLPTest.json")
    #expect(cases.count == 18)
    for (name, _, encoded) in cases {
      #expect(decodingError(encoded) != nil, "\(name)")
    }
  }

  @Test("published random encodings are judged as published", .enabled(if: Vectors.isExpected(suite)))
  func random() throws {
    for (name, verdict, encoded) in try cases(in: "RandomRLPTests/example.json") {
      #expect((decodingError(encoded) == nil) == (verdict as? String == "VALID"), "\(name)")
    }
  }

  private func cases(in file: String) throws -> [(name: String, value: Any, encoded: [UInt8])] {
    guard let directory = try Vectors.directory(RLPVectorTests.suite) else { return [] }
    let data = try Data(contentsOf: URL(fileURLWithPath: "\(directory)/RLPTests/\(file)"))
    let tests = try #require(try JSONSerialization.jsonObject(with: data) as? [String: [String: Any]])
    return try tests.sorted { $0.key < $1.key }.map { name, test in
      let text = try #require(test["out"] as? String, "\(name)")
      return (name, try #require(test["in"], "\(name)"), try Hex.decode(text))
    }
  }

  /// Strings stand for their bytes, `#` begins a number too large for JSON.
  private func item(_ value: Any) -> RLPItem? {
    switch value {
    case let text as String where text.hasPrefix("#"):
      UInt256(String(text.dropFirst())).map { .bytes($0.minimalBigEndianBytes) }
    case let text as String: .bytes([UInt8](text.utf8))
    case let number as NSNumber: .bytes(UInt256(number.uint64Value).minimalBigEndianBytes)
    case let values as [Any]: .list(values.compactMap(item))
    default: nil
    }
  }
}
