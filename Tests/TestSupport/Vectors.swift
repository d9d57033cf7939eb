// Published test suites, unpacked on first use.

import Foundation

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Where the published test suites are.
///
/// The suites are no part of this repository. A folder that holds them as `NAME.tar.zst`, with a script `unpack DEST NAME`
/// beside them, is named by `VARVE_VECTORS`; without it `../shared/vectors` is looked for next to the package. A suite is
/// unpacked once, into a folder below the temporary directory that all test runs share.
///
/// Without the suites a test that needs one is skipped, loudly; in CI (`CI` is set) it fails.
public enum Vectors {
  /// Whether a test on `suite` should run: yes where the suite can be found, and always in CI. For `.enabled(if:)`.
  public static func isExpected(_ suite: String) -> Bool {
    isContinuousIntegration || pack(of: suite) != nil
  }

  /// The folder of the unpacked `suite`; nil, with a word on standard error, when it is missing and this is not CI.
  ///
  /// Unpacking takes a lock, so test processes that start together do not disturb each other.
  public static func directory(_ suite: String) throws -> String? {
    guard let folder = pack(of: suite) else {
      if isContinuousIntegration { throw VectorsError.missing(suite: suite, lookedIn: packFolder) }
      say("SKIPPED, published suite '\(suite)' not found in \(packFolder); set VARVE_VECTORS to the folder that has it")
      return nil
    }
    let cache = FileManager.default.temporaryDirectory.appendingPathComponent("varve-vectors-\(getuid())").path
    try FileManager.default.createDirectory(atPath: cache, withIntermediateDirectories: true)
    try withLock(on: "\(cache)/.lock") { try unpack(suite, from: folder, into: cache) }
    return "\(cache)/\(suite)"
  }

  /// The folder of packed suites that is looked in.
  private static let packFolder: String =
    ProcessInfo.processInfo.environment["VARVE_VECTORS"] ?? "\(packageRoot)/../shared/vectors"

  private static let isContinuousIntegration = ProcessInfo.processInfo.environment["CI"] != nil

  private static func pack(of suite: String) -> String? {
    FileManager.default.fileExists(atPath: "\(packFolder)/\(suite).tar.zst") ? packFolder : nil
  }

  private static func unpack(_ suite: String, from folder: String, into cache: String) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "\(folder)/unpack")
    process.arguments = [cache, suite]
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw VectorsError.cannotUnpack(suite: suite, status: process.terminationStatus)
    }
  }

  private static func withLock(on path: String, _ body: () throws -> Void) throws {
    let descriptor = unsafe open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
    guard descriptor >= 0, flock(descriptor, LOCK_EX) == 0 else {
      throw VectorsError.cannotLock(path: path, errno: errno)
    }
    defer { close(descriptor) }
    try body()
  }

  private static func say(_ line: String) {
    FileHandle.standardError.write(Data((line + "\n").utf8))
  }
}

/// Why a published suite cannot be used.
public enum VectorsError: Error, CustomStringConvertible {
  case missing(suite: String, lookedIn: String)
  case cannotUnpack(suite: String, status: Int32)
  case cannotLock(path: String, errno: Int32)

  public var description: String {
    switch self {
    case .missing(let suite, let folder):
      "published suite '\(suite)' is not in \(folder), and this is CI; set VARVE_VECTORS to the folder that has it"
    case .cannotUnpack(let suite, let status):
      "unpacking suite '\(suite)' ended with exit code \(status); is zstd installed? (Tools/setup does that)"
    case .cannotLock(let path, let code):
      "cannot lock \(path): error \(code)"
    }
  }
}
