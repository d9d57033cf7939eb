internal import CLMDB
internal import Glibc
package import SystemPackage

extension Environment {
  /// Opens the environment of a directory; if this process has it open, gives that one.
  ///
  /// The data file is checked before LMDB sees it. A new file appears under its name only when it is complete, so that
  /// a kill at any moment leaves either no environment or a sound one.
  ///
  /// - Parameter fileSystem: tells the type of the file system that holds a path.
  package static func open(
    at directory: FilePath, options: EnvironmentOptions,
    fileSystem: (FilePath) throws(OpenError) -> FileSystem = FileSystem.of
  ) throws(OpenError) -> Environment {
    let data = directory.appending(dataFile)
    if options.mode == .create, try Files.status(data) == nil {
      try Files.createDirectory(directory)
      _ = try verdict(on: directory, options, fileSystem)
      try create(in: directory, options)
    }
    guard let status = try Files.status(data) else { throw .missing(data) }
    // Whoever made the file may have been killed before its name was durable.
    if options.mode != .readOnly { try Files.syncDirectory(directory) }
    let claim: EnvironmentRegistry.Claim
    switch try Self.claim(status.identity, options) {
    case .open(let open): return open
    case .claimed(let made): claim = made
    }
    do throws(OpenError) {
      let warnings = try verdict(on: directory, options, fileSystem) + LibraryVersion.linked.warnings
      let environment = try openClaimed(directory, options, claim, warnings)
      EnvironmentRegistry.shared.add(claim, environment)
      return environment
    } catch {
      EnvironmentRegistry.shared.remove(claim)
      throw error
    }
  }

  /// The open environment of the file, if it serves these options; a claim, if the file is not open.
  ///
  /// An environment that does not serve them is given a moment to close: its last reference may be with a job that has
  /// just ended on its write thread.
  private static func claim(
    _ identity: FileIdentity, _ options: EnvironmentOptions
  ) throws(OpenError) -> EnvironmentRegistry.Answer {
    for _ in 0..<50 {
      let answer = EnvironmentRegistry.shared.claim(identity)
      guard case .open(let open) = answer, !open.serves(options) else { return answer }
      usleep(1000)
    }
    let answer = EnvironmentRegistry.shared.claim(identity)
    if case .open(let open) = answer { try open.check(options) }
    return answer
  }

  /// LMDB's name of the data file.
  static let dataFile = "data.mdb"

  /// LMDB's name of the file that its processes share: mutex and reader slots.
  static let lockFile = "lock.mdb"

  private static func openClaimed(
    _ directory: FilePath, _ options: EnvironmentOptions, _ claim: EnvironmentRegistry.Claim, _ warnings: [String]
  ) throws(OpenError) -> Environment {
    let marker = UnsyncedMarker(in: directory)
    if try marker.isStale() { throw .unsyncedRemains(directory) }
    if options.checksFile { try Preflight.check(directory.appending(dataFile)) }
    if options.durability == .unsynced { try marker.set() }
    let opened = try OpenedEnvironment(directory, options)
    if options.mode != .readOnly, options.durability == .synchronous {
      do throws(OpenError) { try opened.settle(directory) } catch {
        unsafe mdb_env_close(opened.handle.pointer)
        throw error
      }
    }
    var writer: JobThread?
    if options.mode != .readOnly {
      writer = JobThread()
      guard writer != nil else {
        unsafe mdb_env_close(opened.handle.pointer)
        throw .system(operation: "pthread_create", directory, errno: EAGAIN)
      }
    }
    let environment = Environment(
      directory: directory, options: options, opened: opened, claim: claim, writer: writer, warnings: warnings)
    if options.durability == .synchronous, options.mode != .readOnly, try marker.exists {
      do throws(LMDBError) { try environment.makeSynchronous() } catch { throw .storage(error, directory) }
    }
    return environment
  }

  private func serves(_ wanted: EnvironmentOptions) -> Bool {
    (try? check(wanted)) != nil
  }

  /// Throws if this open environment cannot serve what `wanted` asks.
  private func check(_ wanted: EnvironmentOptions) throws(OpenError) {
    // It is of no use to anybody, and will be gone with its last reference.
    if condition.withLock({ $0.isStopped }) { throw .storage(.mustReopen, directory) }
    if wanted.mode != .readOnly, options.mode == .readOnly { throw .optionsDisagree(directory, option: "mode") }
    let durability = condition.withLock { $0.durability }
    if wanted.mode != .readOnly, wanted.durability != durability {
      throw .optionsDisagree(directory, option: "durability")
    }
    for name in wanted.tables where tables[name] == nil {
      throw wanted.mode == .readOnly
        ? .missingTable(name, directory) : .optionsDisagree(directory, option: "set of tables")
    }
  }

  /// Refuses a file system that cannot hold an environment; gives the warnings about one that can.
  private static func verdict(
    on directory: FilePath, _ options: EnvironmentOptions, _ fileSystem: (FilePath) throws(OpenError) -> FileSystem
  ) throws(OpenError) -> [String] {
    switch try fileSystem(directory).verdict {
    case .local: return []
    case .warning(let text): return ["\(directory): \(text)"]
    case .network(let name):
      guard options.allowNetworkFileSystem else { throw .networkFileSystem(directory, name: name) }
      return ["\(directory): \(name) is not a local file system, and its locks and maps may lose data"]
    }
  }
}
