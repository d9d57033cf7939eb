// Ctrl-C, turned into a question that long work asks.

import Foundation
import Synchronization

/// Catches the first SIGINT or SIGTERM, so that work can end at a good place. A second one ends the process at once, which is
/// safe too: a commit is whole or it is not there.
struct Interruption {
  private static let requested = Atomic<Bool>(false)

  init() {
    var signals = sigset_t()
    unsafe sigemptyset(&signals)
    for number in [SIGINT, SIGTERM] {
      signal(number) { number in
        Interruption.requested.store(true, ordering: .relaxed)
        signal(number, SIG_DFL)
      }
      unsafe sigaddset(&signals, number)
    }
    // Whoever started this process may have blocked them: the mask is inherited.
    unsafe pthread_sigmask(SIG_UNBLOCK, &signals, nil)
  }

  /// Whether the work should end.
  var isRequested: Bool { Self.requested.load(ordering: .relaxed) }
}
