/// The name of a version directory, `v3-s1`: the third version made, of schema 1.
///
/// A fold whose schema version differs never reads another's rows, as it never looks into its directory.
package struct VersionName: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// Counts the versions made of this projection in this store, from 1.
  package let sequence: Int
  package let schemaVersion: UInt32

  package init(sequence: Int, schemaVersion: UInt32) {
    self.sequence = sequence
    self.schemaVersion = schemaVersion
  }

  /// Reads `v3-s1`; nil for any other text.
  package init?(_ text: String) {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 2, parts[0].first == "v", parts[1].first == "s",
      let sequence = Int(parts[0].dropFirst()), let schema = UInt32(parts[1].dropFirst()), sequence > 0
    else { return nil }
    self.init(sequence: sequence, schemaVersion: schema)
    guard description == text else { return nil }
  }

  package var description: String { "v\(sequence)-s\(schemaVersion)" }

  package static func < (left: VersionName, right: VersionName) -> Bool {
    (left.sequence, left.schemaVersion) < (right.sequence, right.schemaVersion)
  }
}
