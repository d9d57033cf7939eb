/// Which file it is, under whatever path.
package struct FileIdentity: Hashable, Sendable {
  package let device: UInt64
  package let inode: UInt64
}

/// The environments open in this process, by data file.
///
/// Two LMDB handles on one file in one process would share POSIX file locks, and closing either drops them.
final class EnvironmentRegistry: Sendable {
  static let shared = EnvironmentRegistry()

  /// Who may take an entry out again. The one who made it, and only while it is that entry that stands there.
  struct Claim: Hashable, Sendable {
    let identity: FileIdentity
    fileprivate let number: UInt64
  }

  /// What a file's entry says.
  enum Answer {
    /// The file is open.
    case open(Environment)
    /// It was not; the caller now must ``add(_:_:)`` or ``remove(_:)``.
    case claimed(Claim)
  }

  private struct Entry {
    var number: UInt64
    /// Nil while it is being opened, or closed after its last reference went.
    weak var environment: Environment?
  }

  private struct State {
    var entries: [FileIdentity: Entry] = [:]
    var claims: UInt64 = 0
  }

  private let state = Monitor(State())

  /// The open environment of the file, or the right to open it. Waits while another caller opens or closes it.
  func claim(_ identity: FileIdentity) -> Answer {
    state.wait { state in
      guard let entry = state.entries[identity] else {
        state.claims += 1
        state.entries[identity] = Entry(number: state.claims)
        return .claimed(Claim(identity: identity, number: state.claims))
      }
      return entry.environment.map { .open($0) }
    }
  }

  /// Makes known the environment of a claimed file.
  func add(_ claim: Claim, _ environment: Environment) {
    state.withLock { $0.entries[claim.identity] = Entry(number: claim.number, environment: environment) }
  }

  /// Gives up a claim, or tells that the environment is closed. Does nothing the second time: another caller may have
  /// claimed the file since.
  func remove(_ claim: Claim) {
    state.withLock { state in
      if state.entries[claim.identity]?.number == claim.number { state.entries[claim.identity] = nil }
    }
  }

  /// Whether the file is open, or being opened or closed.
  func holds(_ identity: FileIdentity) -> Bool {
    state.withLock { $0.entries[identity] != nil }
  }
}
