import Foundation
import SystemPackage

/// Starts a program, or this same one with other arguments.
///
/// - Parameters:
///   - environment: added to this process's own.
///   - input, output, errors: its standard streams; this process's own otherwise.
func spawn(
  _ arguments: [String], program: String = "/proc/self/exe", environment: [String: String] = [:],
  input: FileDescriptor? = nil, output: FileDescriptor? = nil, errors: FileDescriptor? = nil
) throws -> pid_t {
  var actions = unsafe posix_spawn_file_actions_t()
  unsafe posix_spawn_file_actions_init(&actions)
  defer { unsafe posix_spawn_file_actions_destroy(&actions) }
  if let input { unsafe posix_spawn_file_actions_adddup2(&actions, input.rawValue, 0) }
  if let output { unsafe posix_spawn_file_actions_adddup2(&actions, output.rawValue, 1) }
  if let errors { unsafe posix_spawn_file_actions_adddup2(&actions, errors.rawValue, 2) }
  let merged = ProcessInfo.processInfo.environment.merging(environment) { $1 }
  let words = [program] + arguments
  let argumentPointers = unsafe words.map { unsafe strdup($0) } + [nil]
  let variablePointers = unsafe merged.map { unsafe strdup("\($0.key)=\($0.value)") } + [nil]
  defer { unsafe (argumentPointers + variablePointers).forEach { unsafe free($0) } }
  var identifier: pid_t = 0
  spawning.lock()
  let code = unsafe posix_spawn(
    &identifier, program, &actions, nil, argumentPointers, variablePointers)
  spawning.unlock()
  guard code == 0 else { throw Errno(rawValue: code) }
  return identifier
}

/// Held while a process is started, and while a pipe is made that it must not inherit.
private let spawning = NSLock()

/// A pipe whose ends no child holds open, but as its standard input or output.
func makePipe() throws -> (readEnd: FileDescriptor, writeEnd: FileDescriptor) {
  try spawning.withLock {
    let ends = try FileDescriptor.pipe()
    for end in [ends.readEnd, ends.writeEnd] { _ = fcntl(end.rawValue, F_SETFD, FD_CLOEXEC) }
    return ends
  }
}

/// Waits for a process. Its exit code, or the signal that ended it.
func wait(for process: pid_t) -> (code: Int32, signal: Int32) {
  var status: Int32 = 0
  while unsafe waitpid(process, &status, 0) < 0, errno == EINTR {}
  return (status >> 8 & 0xFF, status & 0x7F)
}
