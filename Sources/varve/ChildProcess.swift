// Runs this tool in a process of its own.

import Foundation
import SystemPackage

/// How a child process ended.
enum ChildOutcome {
  case exit(Int32)

  /// What it read ended it, by this signal: LMDB's asserts, and reads beyond a file's end, come to that.
  case fault(signal: Int32)

  /// Somebody ended it.
  case stopped(signal: Int32)

  /// The signals that a process gets for what it does itself.
  static let faults = [SIGABRT, SIGBUS, SIGSEGV, SIGILL, SIGFPE, SIGTRAP]

  init(of process: Process) {
    let status = process.terminationStatus
    if process.terminationReason == .exit {
      self = .exit(status)
    } else if Self.faults.contains(status) {
      self = .fault(signal: status)
    } else {
      self = .stopped(signal: status)
    }
  }
}

/// A parent and a child have a socket between them, the child's standard input. The child sends words on it, and ends when
/// the parent's end is closed, which the system does however the parent ends.
enum ChildProcess {
  /// Runs this executable with `arguments` and waits for its end. The child shares both output streams, unless it is silent.
  ///
  /// The child is started with `posix_spawn`: an LMDB environment must not cross a fork. It has a process group of its own, so
  /// a terminal's Ctrl-C reaches only this process.
  ///
  /// - Returns: how it ended, the last word that it sent, and what a silent one would have said on standard error, as far as
  ///   a pipe holds it.
  static func runSelf(
    _ arguments: [String], isSilent: Bool = false
  ) throws -> (outcome: ChildOutcome, word: String?, said: String) {
    let program = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    return try run(arguments, program: program, isSilent: isSilent)
  }

  /// As `runSelf`, of any program.
  static func run(
    _ arguments: [String], program: String, isSilent: Bool
  ) throws -> (outcome: ChildOutcome, word: String?, said: String) {
    let (socket, other) = try socketPair()
    defer { try? socket.close() }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    // That it may end by a fault is why there is a child. Where in the code it did is told to those who ask for it.
    let quiet = ["SWIFT_BACKTRACE": "enable=no"]
    process.environment = ProcessInfo.processInfo.environment.merging(quiet) { own, _ in own }
    process.standardInput = FileHandle(fileDescriptor: other.rawValue, closeOnDealloc: false)
    let errors = isSilent ? Pipe() : nil
    if let errors {
      process.standardOutput = FileHandle.nullDevice
      process.standardError = errors
      // What is more than the pipe holds is lost, and holds nobody up.
      let end = errors.fileHandleForWriting.fileDescriptor
      _ = fcntl(end, F_SETFL, fcntl(end, F_GETFL) | O_NONBLOCK)
    }
    do {
      defer { try? other.close() }
      try process.run()
    }
    try errors?.fileHandleForWriting.close()
    let word = lastMessage(from: socket)
    process.waitUntilExit()
    let said = try errors?.fileHandleForReading.readToEnd() ?? Data()
    return (ChildOutcome(of: process), word, String(decoding: said, as: UTF8.self))
  }

  /// In the child: sends the parent a word, of which the last one counts. 64 bytes at most.
  static func send(_ word: String) {
    _ = try? FileDescriptor.standardInput.writeAll(word.utf8)
  }

  /// In the child: ends this process when the parent ends. At once, as by a kill: a commit is whole or it is not there.
  static func endWithParent() {
    Thread.detachNewThread {
      _ = lastMessage(from: .standardInput)
      kill(getpid(), SIGKILL)
    }
  }

  /// Reads until the other end is closed.
  private static func lastMessage(from socket: FileDescriptor) -> String? {
    var last: String?
    var buffer = [UInt8](repeating: 0, count: 64)
    while let count = try? unsafe buffer.withUnsafeMutableBytes({ bytes in try unsafe socket.read(into: bytes) }),
      count > 0
    {
      last = String(decoding: buffer.prefix(count), as: UTF8.self)
    }
    return last
  }

  /// Two ends that keep messages apart, neither of which another process inherits.
  private static func socketPair() throws -> (FileDescriptor, FileDescriptor) {
    var ends: [Int32] = [-1, -1]
    let type = Int32(SOCK_SEQPACKET.rawValue | SOCK_CLOEXEC.rawValue)
    guard unsafe socketpair(AF_UNIX, type, 0, &ends) == 0 else {
      throw Failure(.cannot, "no socket for a child process: \(Errno(rawValue: errno))", remedy: "raise `ulimit -n`")
    }
    return (FileDescriptor(rawValue: ends[0]), FileDescriptor(rawValue: ends[1]))
  }
}
