import FoundationEssentials
import LMDB
import Projections
import SystemPackage

/// What lies beside a version's environment and says whose it is.
///
/// Whether the environment may be opened at all, after a restart of the machine, is LMDB's marker's to say.
struct Manifest: Codable, Equatable, Sendable {
  /// How this file is laid out, and by it whether rows of the version may be set aside (5) or not (4): programs that
  /// know nothing of such rows take what has format 5 for no version.
  private var format = Manifest.plain
  var projection: String
  var schemaVersion: UInt32
  /// The identity of the environment.
  var uuid: String
  /// The store whose log the rows come from.
  var storeID: String
  /// Whether the rows can be read as they were after any L1 block.
  var keepsHistory: Bool

  /// Hash of the snapshot file that the version was taken from; nil where it was folded from position 0 here. Programs of
  /// before this field, whose format is the same, left it out of what they imported: that, nil does not tell apart.
  var snapshot: String?

  static let fileName = "manifest.json"

  private static let (plain, spilling) = (4, 5)

  var isSpilling: Bool {
    get { format == Self.spilling }
    set { format = newValue ? Self.spilling : Self.plain }
  }

  init(projection: String, schemaVersion: UInt32, storeID: String, keepsHistory: Bool, snapshot: String? = nil) {
    self.projection = projection
    self.schemaVersion = schemaVersion
    self.keepsHistory = keepsHistory
    self.uuid = UUID().uuidString.lowercased()
    self.storeID = storeID
    self.snapshot = snapshot
  }

  /// Reads the manifest of a version directory; nil when there is none or it is not one of these formats.
  static func read(in directory: FilePath) throws(LMDB.OpenError) -> Manifest? {
    guard let bytes = try Files.read(directory.appending(fileName)),
      let manifest = try? JSONDecoder().decode(Manifest.self, from: Data(bytes)),
      [plain, spilling].contains(manifest.format)
    else { return nil }
    return manifest
  }

  /// Puts the manifest into a version directory, durably.
  func write(in directory: FilePath) throws(ProjectionError) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    guard let data = try? encoder.encode(self) else { preconditionFailure("a manifest is strings and numbers") }
    try ProjectionError.files { () throws(LMDB.OpenError) in
      try Files.replace(directory.appending(Self.fileName), with: Array(data) + [0x0A])
    }
  }

  /// Whether the version is one of `projection`'s, of this program's schema and of this store.
  func belongs<P: Projection>(to projection: P.Type, storeID: String) -> Bool {
    self.projection == P.name && schemaVersion == P.schemaVersion && self.storeID == storeID
  }
}
