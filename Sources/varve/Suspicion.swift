// What a process that was ended by what it read leaves for the next one.

import Foundation
import LMDB
import StoreFiles
import SystemPackage

/// A page that is not what it was can end the process that reads it: by LMDB's asserts, or by a read beyond a file's end. A
/// process that such a signal ends leaves an empty file `suspect` in the data directory. The next one that opens a log there
/// has both logs checked in a child first, so that what was ended by damage is not started over it again.
enum Suspicion {
  /// Checks the logs if a process before was ended by what it read, and sees to it that the next one is told if this is.
  ///
  /// One look at a directory; where there is a mark, as long as a check takes.
  static func settle(_ options: GlobalOptions) throws {
    let mark = options.dataPath.appending("suspect")
    if try Files.status(mark) != nil {
      try checkLogs(options)
      try Files.remove(mark)
    }
    markFaults(at: mark)
  }

  private static func checkLogs(_ options: GlobalOptions) throws {
    let console = options.console
    console.note("a process that read this store was ended by a fault, so its logs are checked first")
    for name in LogChoice.Name.allCases {
      let choice = LogChoice(name)
      guard try LogCheck(of: options, choice).isDamaged() else { continue }
      let directory = choice.directory(in: DataDirectory(options.dataPath))
      throw Failure(
        .disagreement, "the log in \(directory) is damaged; it ended a process before, and is not opened",
        remedy: "`varve log verify --log \(name.rawValue)` says where, and what to do")
    }
    console.note("both logs are sound; if it happens again, `varve projection verify` checks what is made of them")
  }

  /// From now on a fault of this process makes the mark; then it ends the process as it would have.
  private static func markFaults(at mark: FilePath) {
    let isFirst = unsafe place == nil
    unsafe mark.withPlatformString { path in unsafe place = strdup(path) }
    guard isFirst else { return }
    unsafe earlier = .allocate(capacity: Int(ChildOutcome.faults.max()! + 1))
    for number in ChildOutcome.faults {
      var action = sigaction()
      unsafe action.__sigaction_handler.sa_handler = { number in
        let file = unsafe open(Suspicion.place!, O_CREAT | O_WRONLY | O_CLOEXEC, 0o644)
        if file >= 0 { close(file) }
        // Whoever had the signal before has it when the instruction is met again.
        unsafe sigaction(number, Suspicion.earlier! + Int(number), nil)
      }
      action.sa_flags = SA_ONSTACK
      unsafe sigaction(number, &action, earlier! + Int(number))
    }
  }

  /// Where the mark is made, as a handler can use it, and what each signal did before.
  private nonisolated(unsafe) static var place: UnsafeMutablePointer<CChar>?
  private nonisolated(unsafe) static var earlier: UnsafeMutablePointer<sigaction>?
}
