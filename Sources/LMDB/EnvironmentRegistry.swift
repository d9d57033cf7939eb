/// Which file it is, under whatever path.
struct FileIdentity: Hashable, Sendable {
  let device: UInt64
  let inode: UInt64
}

/// The environments open in this process, by data file.
///
/// Two LMDB handles on one file in one process would share POSIX file locks, and closing either drops them.
final class EnvironmentRegistry: Sendable {
  static let shared = EnvironmentRegistry()

  private struct Entry {
    /// Nil while it is being opened, or closed after its last reference went.
    weak var environment: Environment?
  }

  private let entries = Monitor<[FileIdentity: Entry]>([:])

  /// The open environment of the file; nil if there is none, and the caller then must ``add(_:_:)`` or
  /// ``remove(_:)``. Waits while another caller opens or closes it.
  func claim(_ identity: FileIdentity) -> Environment? {
    let found: Environment? = entries.wait { entries in
      guard let entry = entries[identity] else {
        entries[identity] = Entry()
        return .some(nil)
      }
      return entry.environment.map { .some($0) } ?? .none
    }
    return found
  }

  /// Makes known the environment of a claimed file.
  func add(_ identity: FileIdentity, _ environment: Environment) {
    entries.withLock { $0[identity] = Entry(environment: environment) }
  }

  /// Gives up a claim, or tells that the environment is closed.
  func remove(_ identity: FileIdentity) {
    entries.withLock { $0[identity] = nil }
  }
}
