// Checks the log in a child process.

import LMDB
import StoreFiles
import SystemPackage

/// What a child process finds when it verifies the log.
struct LogCheck {
  private var options: GlobalOptions

  private let which: LogChoice?

  /// - Parameter which: the log; without it the ledger.
  init(of options: GlobalOptions, _ which: LogChoice? = nil) {
    self.options = options
    self.which = which
  }

  /// Of a log in another data directory.
  init(of options: GlobalOptions, in directory: DataDirectory, _ which: LogChoice? = nil) {
    self.options = options
    self.which = which
    self.options.dataDirectoryOption = directory.path.string
  }

  /// Where the log is.
  private var directory: FilePath { which?.directory(in: DataDirectory(options.dataPath)) ?? options.ledgerPath }

  /// How the check ended.
  enum Outcome {
    /// The child has said what there is to say, and ended with this exit code; what it said on standard error, if it was
    /// to be silent.
    case exit(Int32, said: String)

    /// A damaged page ended the child: the signal, and the records it had verified before.
    case damagedPage(signal: Int32, verified: String)

    /// Somebody ended the child.
    case stopped(signal: Int32)
  }

  /// Runs `varve log verify` in a child. Damage that LMDB does not survive ends the child, not this process.
  ///
  /// - Parameter resume: the path of a `ResumeFile`.
  func run(isSilent: Bool = false, resume: String? = nil) throws -> Outcome {
    var arguments = ["log", "verify", "--child", "--data-dir", options.dataDirectory]
    if let which { arguments += ["--log", which.log.rawValue] }
    if let resume { arguments += ["--resume", resume] }
    if options.quiet || isSilent { arguments.append("--quiet") }
    if !isSilent {
      if options.json { arguments.append("--json") }
      arguments += ["--log-level", options.logLevel.rawValue]
    }
    let (outcome, verified, said) = try ChildProcess.runSelf(arguments, isSilent: isSilent)
    return switch outcome {
    case .exit(let code): .exit(code, said: said)
    case .fault(let signal): .damagedPage(signal: signal, verified: verified ?? "0")
    case .stopped(let signal): .stopped(signal: signal)
    }
  }

  /// Whether all of the log is as it was written. A check that could not be made to its end says neither, and throws.
  func isSound() throws -> Bool {
    switch try run(isSilent: true) {
    case .exit(0, _): return true
    case .exit(Failure.Kind.disagreement.rawValue, _), .damagedPage: return false
    case .exit(_, let said):
      let cause =
        said.split(separator: "\n").first.map { $0.hasPrefix("error: ") ? $0.dropFirst(7) : $0 } ?? "no reason given"
      throw Failure(.cannot, "the log in \(directory) could not be checked: \(cause)")
    case .stopped(let signal): throw stopped(by: signal)
    }
  }

  /// Whether there is a log, and it is not as it was written.
  func isDamaged() throws -> Bool {
    guard try Files.status(DataDirectory.data(of: directory)) != nil else { return false }
    return try !isSound()
  }

  func stopped(by signal: Int32) -> Failure {
    Failure(.cannot, "the check of \(directory) was stopped by signal \(signal)", remedy: "run it again")
  }
}
