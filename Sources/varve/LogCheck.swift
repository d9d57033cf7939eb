// Checks the log in a child process.

import Foundation
import StoreFiles
import SystemPackage

/// What a child process finds when it verifies the log.
struct LogCheck {
  private var options: GlobalOptions

  init(of options: GlobalOptions) {
    self.options = options
  }

  /// Of the log in another data directory.
  init(of options: GlobalOptions, in directory: DataDirectory) {
    self.options = options
    self.options.dataDirectoryOption = directory.path.string
  }

  /// How the check ended.
  enum Outcome {
    /// The child has said what there is to say, and ended with this exit code.
    case exit(Int32)

    /// A damaged page ended the child: the signal, and the records it had verified before.
    case damagedPage(signal: Int32, verified: String)

    /// Somebody ended the child.
    case stopped(signal: Int32)
  }

  /// Runs `varve log verify` in a child. Damage that LMDB does not survive ends the child, not this process.
  func run(isSilent: Bool = false) throws -> Outcome {
    let progress = FileManager.default.temporaryDirectory.appendingPathComponent("varve-verify-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: progress) }
    var arguments = ["log", "verify", "--child-progress", progress.path, "--data-dir", options.dataDirectory]
    if options.json { arguments.append("--json") }
    if options.quiet { arguments.append("--quiet") }
    arguments += ["--log-level", options.logLevel.rawValue]
    switch try ChildProcess.runSelf(arguments, isSilent: isSilent) {
    case .exit(let code): return .exit(code)
    case .signal(let signal):
      // LMDB's asserts and reads beyond the end of a file end a process in these ways; a person ends it in others.
      guard [SIGABRT, SIGBUS, SIGSEGV, SIGILL, SIGFPE, SIGTRAP].contains(signal) else {
        return .stopped(signal: signal)
      }
      return .damagedPage(signal: signal, verified: (try? String(contentsOf: progress, encoding: .utf8)) ?? "0")
    }
  }

  /// Whether there is a log, and all of it is as it was written.
  func isSound() throws -> Bool {
    if case .exit(0) = try run(isSilent: true) { true } else { false }
  }

  /// Whether there is a log, and it is not as it was written.
  func isDamaged() throws -> Bool {
    switch try run(isSilent: true) {
    case .exit(let code): code == Failure.Kind.disagreement.rawValue
    case .damagedPage: true
    case .stopped(let signal): throw Failure(.cannot, "the check of the log was stopped by signal \(signal)")
    }
  }
}
