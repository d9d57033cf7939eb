// Standard output and standard error, and what is at their other end.

import Foundation

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// One of the two streams the tool writes to.
struct StandardStream {
  static let output = StandardStream(handle: .standardOutput)
  static let error = StandardStream(handle: .standardError)

  private let handle: FileHandle

  /// Writes all of `text`. A reader that has gone away ends the tool by SIGPIPE, as usual on Unix.
  func write(_ text: String) {
    try? handle.write(contentsOf: Data(text.utf8))
  }

  /// Whether a person is looking.
  var isTerminal: Bool {
    isatty(handle.fileDescriptor) == 1 && ProcessInfo.processInfo.environment["TERM"] != "dumb"
  }

  /// Whether colour is wanted: on a terminal, unless `NO_COLOR` is set (no-color.org).
  var wantsColour: Bool {
    isTerminal && (ProcessInfo.processInfo.environment["NO_COLOR"] ?? "").isEmpty
  }
}

/// Ends the process. Here, where a command type's own `exit(withError:)` is not in the way.
func endProcess(_ exitCode: Int32) -> Never {
  exit(exitCode)
}
