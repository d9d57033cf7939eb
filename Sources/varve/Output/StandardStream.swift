// Standard output and standard error, and what is at their other end.

import Foundation
import SystemPackage

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// One of the two streams the tool writes to.
struct StandardStream {
  static let output = StandardStream(descriptor: .standardOutput)
  static let error = StandardStream(descriptor: .standardError)

  private let descriptor: FileDescriptor

  /// Writes all of `text`. A result that standard output does not take was not given: the tool ends with 3. A reader that has
  /// gone away ends it by SIGPIPE, as usual on Unix, or quietly where that is ignored.
  func write(_ text: String) {
    do { _ = try descriptor.writeAll(text.utf8) } catch {
      guard descriptor == .standardOutput else { return }
      guard error as? Errno != .brokenPipe else { endProcess(Failure.Kind.cannot.rawValue) }
      let console = Console(isJSON: CommandLine.arguments.contains("--json"), isQuiet: false)
      let failure = Failure(
        .cannot, "standard output cannot be written: \(error)",
        remedy: "make room, or send it elsewhere, and run it again")
      endProcess(console.stop(failure).exitCode)
    }
  }

  /// Whether a person is looking.
  var isTerminal: Bool {
    isatty(descriptor.rawValue) == 1 && ProcessInfo.processInfo.environment["TERM"] != "dumb"
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
