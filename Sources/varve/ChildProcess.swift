// Runs this tool in a process of its own.

import Foundation

/// How a child process ended.
enum ChildOutcome {
  case exit(Int32)

  /// A signal ended it: what LMDB's asserts and reads beyond a file's end come to.
  case signal(Int32)
}

enum ChildProcess {
  /// Runs this executable with `arguments` and waits for its end. The child shares both output streams, unless it is silent.
  ///
  /// The child is started with `posix_spawn`: an LMDB environment must not cross a fork.
  static func runSelf(_ arguments: [String], isSilent: Bool = false) throws -> ChildOutcome {
    let process = Process()
    process.executableURL = URL(
      fileURLWithPath: try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
    process.arguments = arguments
    if isSilent {
      process.standardOutput = FileHandle.nullDevice
      process.standardError = FileHandle.nullDevice
    }
    try process.run()
    process.waitUntilExit()
    return process.terminationReason == .exit ? .exit(process.terminationStatus) : .signal(process.terminationStatus)
  }
}
