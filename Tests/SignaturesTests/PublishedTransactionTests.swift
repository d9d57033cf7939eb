// Senders of the published legacy transactions of ethereum/tests.

import Foundation
import Hashing
import Primitives
import Signatures
import TestSupport
import Testing

struct PublishedTransactionTests {
  private static let suite = "ethereum-tests-misc"

  @Test("published transactions have their published senders", .enabled(if: Vectors.isExpected(suite)))
  func senders() throws {
    guard let directory = try Vectors.directory(PublishedTransactionTests.suite) else { return }
    var judged = 0
    for folder in ["ttAddress", "ttData", "ttNonce", "ttRSValue", "ttSignature", "ttVValue", "ttValue", "ttWrongRLP"] {
      for case (let name, let bytes, let sender?) in try transactions(in: "\(directory)/TransactionTests/\(folder)") {
        #expect(try LegacyTransaction(bytes).sender() == sender, "\(folder)/\(name)")
        judged += 1
      }
    }
    #expect(judged >= 25, "only \(judged) transactions had a sender")
  }

  @Test("a high s, refused since Homestead, is recognised", .enabled(if: Vectors.isExpected(suite)))
  func highS() throws {
    guard let directory = try Vectors.directory(PublishedTransactionTests.suite) else { return }
    let tests = try transactions(in: "\(directory)/TransactionTests/ttRSValue")
    let last = try #require(tests.first { $0.name == "TransactionWithSvalueEqual_c_secp256k1n_x05" })
    #expect(try LegacyTransaction(last.bytes).signature.isLowS)
    let high = try #require(tests.first { $0.name == "TransactionWithSvalueLargerThan_c_secp256k1n_x05" })
    #expect(try !LegacyTransaction(high.bytes).signature.isLowS)
  }

  private func transactions(in folder: String) throws -> [(name: String, bytes: [UInt8], sender: Address?)] {
    let files = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    return try files.flatMap { file in
      let data = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(file)"))
      let tests = try #require(try JSONSerialization.jsonObject(with: data) as? [String: [String: Any]])
      return try tests.map { name, test in
        let results = try #require(test["result"] as? [String: [String: Any]])
        let text = try #require(test["txbytes"] as? String)
        let sender = (results["Istanbul"]?["sender"] as? String).flatMap { Address(hex: $0) }
        return (name, try Hex.decode(text), sender)
      }
    }
  }
}

/// Just enough of a legacy transaction to know who signed it (yellow paper, section 4.2; EIP-155).
private struct LegacyTransaction {
  let v: UInt64
  let signature: Signature
  let signingHash: Hash256

  init(_ bytes: [UInt8]) throws(RLPError) {
    var outer = RLPReader(bytes.rawSpan)
    var fields = try outer.readList()
    var signed = RLPWriter()
    for _ in 0..<6 { signed.appendRaw(try fields.readRawItem()) }
    v = try fields.readUInt64()
    let r = try fields.readUInt256()
    let s = try fields.readUInt256()
    if v >= 35 {
      signed.append((v - 35) / 2)
      signed.append(UInt64(0))
      signed.append(UInt64(0))
    }
    var message = RLPWriter()
    message.list { $0.appendRaw(signed.bytes) }
    signingHash = Keccak256.hash(message.bytes)
    let parity = v >= 35 ? (v - 35) % 2 : v &- 27
    signature = Signature(r: r, s: s, recoveryID: UInt8(truncatingIfNeeded: parity))
  }

  func sender() throws(SignatureError) -> Address {
    try Secp256k1.recoverAddress(hash: signingHash, signature: signature)
  }
}
