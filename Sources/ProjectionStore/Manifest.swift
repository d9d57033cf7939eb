import FoundationEssentials
import Projections
import SystemPackage

/// What lies beside a version's environment and says whether it may be opened at all.
///
/// An environment is *dirty* from before its first unsynced write until everything is on disk. A dirty environment of
/// another boot is never opened: LMDB would read pages of which only some were written, and most often end the process.
struct Manifest: Codable, Equatable, Sendable {
  /// How this file is laid out.
  var format = 1
  var projection: String
  var schemaVersion: UInt32
  /// The identity of the environment.
  var uuid: String
  /// The boot in which it was last opened for unsynced writing.
  var bootID: String
  var isDirty: Bool
  /// The store whose log the rows come from.
  var storeID: String

  static let fileName = "manifest.json"

  init(projection: String, schemaVersion: UInt32, boot: BootIdentity, storeID: String) {
    self.projection = projection
    self.schemaVersion = schemaVersion
    self.uuid = UUID().uuidString.lowercased()
    self.bootID = boot.text
    self.isDirty = true
    self.storeID = storeID
  }

  /// Reads the manifest of a version directory; nil when there is none or it is not one of this format.
  static func read(in directory: FilePath) -> Manifest? {
    guard let bytes = Files.read(directory.appending(fileName)),
      let manifest = try? JSONDecoder().decode(Manifest.self, from: Data(bytes)), manifest.format == 1
    else { return nil }
    return manifest
  }

  /// Puts the manifest into a version directory, durably.
  func write(in directory: FilePath) throws(ProjectionError) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    guard let data = try? encoder.encode(self) else { preconditionFailure("a manifest is strings and numbers") }
    try Files.replace(directory.appending(Self.fileName), with: Array(data) + [0x0A])
  }

  /// Whether the version is one of `projection`'s, of this program's schema and of this store.
  func belongs<P: Projection>(to projection: P.Type, storeID: String) -> Bool {
    self.projection == P.name && schemaVersion == P.schemaVersion && self.storeID == storeID
  }

  /// Whether the environment's pages can be trusted to be whole: everything was synced, or only the process died.
  func mayBeOpened(in boot: BootIdentity) -> Bool {
    !isDirty || BootIdentity(bootID).isSameBoot(as: boot)
  }
}
