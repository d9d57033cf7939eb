import Evidence
import Foundation
import Hashing
import Primitives
import StateTransition
import StateTrie

/// The JSON object of an EIP-1186 proof.
struct AccountProofObject: Codable {
  struct Slot: Codable {
    let key: String
    let value: String
    let proof: [String]
  }

  let address: String
  let accountProof: [String]
  let balance: String
  let codeHash: String
  let nonce: String
  let storageHash: String
  let storageProof: [Slot]

  init(_ proof: AccountProof) {
    address = "\(proof.address)"
    accountProof = proof.nodes.map { Hex.encode($0) }
    balance = proof.account.balance.hex
    codeHash = "\(proof.account.codeHash)"
    nonce = UInt256(proof.account.nonce).hex
    storageHash = "\(proof.account.storageRoot)"
    storageProof = proof.slots.map { slot in
      Slot(key: slot.number.hex, value: slot.value.hex, proof: slot.nodes.map { Hex.encode($0) })
    }
  }

  /// A JSON-RPC response that holds the object.
  private struct Response: Decodable {
    let result: AccountProofObject
  }

  /// A JSON-RPC response that says why there is no proof.
  private struct Refusal: Decodable {
    struct Reason: Decodable {
      let code: Int
      let message: String
    }
    let error: Reason
  }

  /// Reads a proof.
  ///
  /// - Parameter file: its name, for the error.
  static func read(_ data: Data, file: String) throws(Failure) -> AccountProof {
    let decoder = JSONDecoder()
    if let response = try? decoder.decode(Response.self, from: data) { return try response.result.proof(file) }
    if let refusal = try? decoder.decode(Refusal.self, from: data) {
      throw Failure(
        .disagreement,
        "\(file) is no proof but the error \(refusal.error.code) of whoever was asked: "
          + refusal.error.message)
    }
    do {
      let object = try decoder.decode(AccountProofObject.self, from: data)
      return try object.proof(file)
    } catch let failure as Failure {
      throw failure
    } catch let error as DecodingError {
      throw Failure(.disagreement, "\(file) is no proof: \(error.reason)")
    } catch { throw Failure(.disagreement, "\(file) is no proof") }
  }

  private func proof(_ file: String) throws(Failure) -> AccountProof {
    func need<T>(_ value: T?, _ name: String) throws(Failure) -> T {
      guard let value else { throw Failure(.disagreement, "\(file) is no proof: '\(name)' is not what it should be") }
      return value
    }
    func nodes(_ texts: [String], _ name: String) throws(Failure) -> [[UInt8]] {
      var nodes: [[UInt8]] = []
      for text in texts { nodes.append(try need(try? Hex.decode(text), name)) }
      return nodes
    }
    let wideNonce = try need(UInt256(nonce), "nonce")
    var account = Account(
      nonce: try need(UInt64(exactly: wideNonce), "nonce"), balance: try need(UInt256(balance), "balance"),
      storageRoot: try need(Hash256(hex: storageHash), "storageHash"),
      codeHash: try need(Hash256(hex: codeHash), "codeHash"))
    // Some clients give zeros for what an account that is not there does not have.
    if account.codeHash == .zero { account.codeHash = Keccak256.emptyHash }
    if account.storageRoot == .zero { account.storageRoot = Trie.emptyRoot }
    var slots: [AccountProof.Slot] = []
    for slot in storageProof {
      slots.append(
        AccountProof.Slot(
          number: try need(UInt256(slot.key), "key"), value: try need(UInt256(slot.value), "value"),
          nodes: try nodes(slot.proof, "storageProof")))
    }
    return AccountProof(
      address: try need(Address(hex: address), "address"), account: account,
      nodes: try nodes(accountProof, "accountProof"),
      slots: slots)
  }
}

extension DecodingError {
  /// What is wrong, in a few words.
  fileprivate var reason: String {
    switch self {
    case .keyNotFound(let key, _): "'\(key.stringValue)' is missing"
    case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
      context.codingPath.last.map { "'\($0.stringValue)' is not what it should be" } ?? "it is no JSON object"
    @unknown default: "it is no JSON object of that kind"
    }
  }
}
