package import Foundation
package import Primitives

/// What `varve.json` says about a data directory: what is in it, and whose chain.
package struct StoreManifest: Equatable, Sendable {
  /// The version of the data directory's layout that this program writes and reads.
  package static let formatVersion = 1

  /// `ChainConfiguration.hash` of the chain that the store was made for.
  package let chainConfigurationHash: Hash256

  /// 32 hexadecimal digits, drawn when the store was made: tells one store from every other.
  package let storeID: String

  package init(chainConfigurationHash: Hash256, storeID: String) {
    self.chainConfigurationHash = chainConfigurationHash
    self.storeID = storeID
  }

  /// The manifest of a store that is being made.
  package static func new(for chainConfigurationHash: Hash256) -> StoreManifest {
    let digits = UUID().uuidString.filter { $0 != "-" }.lowercased()
    return StoreManifest(chainConfigurationHash: chainConfigurationHash, storeID: digits)
  }
}

extension StoreManifest {
  private struct File: Codable {
    var format: Int
    var chainConfigurationHash: String
    var storeID: String
  }

  /// The text of `varve.json`.
  package func encode() throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    let file = File(
      format: StoreManifest.formatVersion, chainConfigurationHash: "\(chainConfigurationHash)", storeID: storeID)
    return try encoder.encode(file) + Data("\n".utf8)
  }

  /// Whether a text has the form of a store's name.
  static func isStoreID(_ text: String) -> Bool { text.utf8.count == 32 && text.allSatisfy(\.isHexDigit) }

  /// Reads the text of `varve.json`.
  package init(_ data: Data, path: String) throws(DataDirectoryError) {
    let file: File
    do {
      file = try JSONDecoder().decode(File.self, from: data)
    } catch {
      throw .badManifest(path: path, cause: "it is not the JSON object that it should be")
    }
    guard file.format == StoreManifest.formatVersion else {
      throw .unknownFormat(path: path, format: file.format)
    }
    guard let hash = Hash256(hex: file.chainConfigurationHash) else {
      throw .badManifest(path: path, cause: "chainConfigurationHash is no hash")
    }
    guard StoreManifest.isStoreID(file.storeID) else {
      throw .badManifest(path: path, cause: "storeID has not 32 hexadecimal digits")
    }
    self.init(chainConfigurationHash: hash, storeID: file.storeID)
  }
}
