internal import CLMDB

/// A release of the LMDB library.
package struct LibraryVersion: Hashable, Sendable, CustomStringConvertible {
  package let major: Int
  package let minor: Int
  package let patch: Int

  package init(major: Int, minor: Int, patch: Int) {
    self.major = major
    self.minor = minor
    self.patch = patch
  }

  /// The library that this process runs with.
  package static let linked: LibraryVersion = {
    var (major, minor, patch): (Int32, Int32, Int32) = (0, 0, 0)
    unsafe _ = mdb_version(&major, &minor, &patch)
    return LibraryVersion(major: Int(major), minor: Int(minor), patch: Int(patch))
  }()

  package var description: String { "\(major).\(minor).\(patch)" }

  /// Faults of this release that touch us. 0.9.26 brought a change to the reader locks with races between processes
  /// that open and close an environment (ITS#9278), which 0.9.32 took back (ITS#10095).
  package var warnings: [String] {
    guard major == 0, minor == 9, (26...31).contains(patch) else { return [] }
    return [
      "LMDB \(self) can lose its locks when several processes open and close one environment; use 0.9.25 or older, "
        + "or 0.9.32 or newer"
    ]
  }
}
