// c-kzg-4844's verify_kzg_proof cases.

import Foundation
import Primitives
import TestSupport
import Testing

@testable import Curves

@Suite("Published KZG proofs")
struct PublishedProofTests {
  private static let suite = "crypto-vectors"

  /// Every how-manieth case a debug build takes; `varve conformance precompile` takes them all.
  private static let step = 13

  @Test("proofs are true, false or refused as published", .enabled(if: Vectors.isExpected(suite)))
  func proofs() throws {
    guard let directory = try Vectors.directory(Self.suite) else { return }
    let folder = "\(directory)/c-kzg-4844/tests/verify_kzg_proof/kzg-mainnet"
    let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    var outcomes: [String: Int] = [:]
    for name in names.enumerated().filter({ $0.offset.isMultiple(of: Self.step) }).map(\.element) {
      let text = try String(contentsOfFile: "\(folder)/\(name)/data.yaml", encoding: .utf8)
      var fields: [Substring: String] = [:]
      for line in text.split(separator: "\n") {
        let parts = line.split(separator: ":").map { $0.trimmingCharacters(in: CharacterSet(charactersIn: " '")) }
        if parts.count == 2 { fields[Substring(parts[0])] = parts[1] }
      }
      let expected = try #require(fields["output"])
      outcomes[expected, default: 0] += 1
      #expect(judge(fields) == expected, "\(name)")
    }
    #expect(outcomes.count == 3, "true, false and null all occur: \(outcomes)")
  }

  private func judge(_ fields: [Substring: String]) -> String {
    do {
      let parts = try ["z", "y", "commitment", "proof"].map { try Hex.decode(fields[$0] ?? "") }
      let zAndY = parts[0].count == 32 ? parts[0] + parts[1] : []
      let (commitment, proof) = (parts[2], parts[3])
      let isProof = try PointEvaluation.isProof(proof.rawSpan, of: commitment.rawSpan, at: zAndY.rawSpan)
      return isProof ? "true" : "false"
    } catch { return "null" }
  }
}
