// What a process that was ended by what it read leaves for the next one.

import Foundation
import LMDB
import StoreFiles
import Synchronization
import SystemPackage

/// A page that is not what it was can end the process that reads it: by LMDB's asserts, or by a read beyond a file's end. A
/// process that such a signal ends leaves an empty file `suspect` beside the data file of each log that it had opened. The
/// next one that opens such a log has it checked in a child first, so that what was ended by damage is not started over it
/// again.
enum Suspicion {
  /// Checks a log if a process before was ended while it had that open, and sees to it that the next one is told if this is.
  ///
  /// One look at a directory; where there is a mark, as long as a check takes. To be called before a log is opened.
  static func settle(_ options: GlobalOptions, _ choice: LogChoice = LogChoice(.ledger)) throws {
    let directory = choice.directory(in: DataDirectory(options.dataPath))
    let mark = directory.appending("suspect")
    try marks.withLock { marks in
      guard !marks.contains(mark) else { return }
      if try Files.status(mark) != nil { try check(directory, choice, options, mark) }
      guard marks.count < placeLimit else { return }
      unsafe mark.withPlatformString { path in unsafe places[marks.count] = strdup(path) }
      marks.append(mark)
      _ = catchFaults
    }
  }

  private static func check(
    _ directory: FilePath, _ choice: LogChoice, _ options: GlobalOptions, _ mark: FilePath
  ) throws {
    let console = options.console
    console.note("a process that had the log in \(directory) open was ended by a fault, so it is checked first")
    guard try !LogCheck(of: options, choice).isDamaged() else {
      throw Failure(
        .disagreement, "the log in \(directory) is damaged; it ended a process before, and is not opened",
        remedy: "`varve log verify --log \(choice.log.rawValue)` says where, and what to do")
    }
    console.note("it is sound; if that happens again, `varve projection verify` checks what is made of it")
    do { try Files.remove(mark) } catch {
      console.note("the mark stays, so that the next command checks again: \(error)")
    }
  }

  /// The marks that a fault makes. One caller at a time looks at a log.
  private static let marks = Mutex<[FilePath]>([])

  /// More logs than a process opens.
  private static let placeLimit = 8

  /// The paths of the marks as a handler can use them, nil behind the last.
  private nonisolated(unsafe) static let places = {
    let places = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>.allocate(capacity: placeLimit + 1)
    unsafe places.initialize(repeating: nil, count: placeLimit + 1)
    return unsafe places
  }()

  /// What was to become of each signal before.
  private nonisolated(unsafe) static let earlier = UnsafeMutablePointer<sigaction>.allocate(
    capacity: Int(ChildOutcome.faults.max() ?? 0) + 1)

  /// Done once: a fault makes the marks, and ends the process. A signal that is ignored stays so.
  private static let catchFaults: Void = {
    for number in ChildOutcome.faults {
      // Known before the handler is there, which reads it.
      unsafe sigaction(number, nil, earlier + Int(number))
      guard unsafe disposition(earlier[Int(number)]) != ignored else { continue }
      var action = sigaction()
      unsafe action.__sigaction_handler.sa_sigaction = { number, information, context in
        var index = 0
        while let path = unsafe Suspicion.places[index] {
          let file = unsafe open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0o644)
          if file >= 0 { close(file) }
          index += 1
        }
        // Who had the signal before tells what it has to tell: of Swift's runtime, where it happened.
        let earlier = unsafe Suspicion.earlier[Int(number)]
        if disposition(earlier) != byDefault, earlier.sa_flags & SA_SIGINFO != 0 {
          unsafe earlier.__sigaction_handler.sa_sigaction(number, information, context)
        }
        // After which a fault would happen again, while a signal that was sent would be gone. Either ends the process.
        signal(number, SIG_DFL)
        raise(number)
      }
      // What a fault starts may come upon further ones, and looks after them: they are not held back meanwhile.
      unsafe sigfillset(&action.sa_mask)
      for other in ChildOutcome.faults { unsafe sigdelset(&action.sa_mask, other) }
      action.sa_flags = SA_ONSTACK | SA_SIGINFO | SA_NODEFER
      unsafe sigaction(number, &action, nil)
    }
  }()

  /// `SIG_DFL` and `SIG_IGN`.
  private static let byDefault = 0
  private static let ignored = 1

  /// The handler's address, or one of the two.
  private static func disposition(_ action: sigaction) -> Int {
    unsafe unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
  }
}
