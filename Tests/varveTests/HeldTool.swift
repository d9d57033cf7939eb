import Foundation
import TestSupport

/// A run of the tool that stands still where it first writes to one of its streams: a pipe that is full until it is drained.
final class HeldTool {
  enum Stream {
    case output, errors
  }

  let process = Process()
  private let pipe = Pipe()

  init(_ arguments: [String], holding stream: Stream) throws {
    let end = pipe.fileHandleForWriting.fileDescriptor
    let flags = fcntl(end, F_GETFL)
    _ = fcntl(end, F_SETFL, flags | O_NONBLOCK)
    let page = [UInt8](repeating: UInt8(ascii: " "), count: 4096)
    while unsafe page.withUnsafeBytes({ unsafe write(end, $0.baseAddress, $0.count) }) > 0 {}
    _ = fcntl(end, F_SETFL, flags)
    process.executableURL = URL(fileURLWithPath: Tool.path)
    process.arguments = arguments
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = stream == .output ? pipe.fileHandleForWriting : FileHandle.nullDevice
    process.standardError = stream == .errors ? pipe.fileHandleForWriting : FileHandle.nullDevice
    try process.run()
    try pipe.fileHandleForWriting.close()
  }

  /// Waits until it has a child whose command line has these words in it; the child's number, nil after a minute.
  func child(_ words: [String]) -> Int32? {
    let end = Date(timeIntervalSinceNow: 60)
    while Date() < end {
      let numbers = (try? FileManager.default.contentsOfDirectory(atPath: "/proc"))?.compactMap { Int32($0) } ?? []
      let line = words.joined(separator: "\0")
      for number in numbers where Self.parent(of: number) == process.processIdentifier {
        let found = (try? Data(contentsOf: URL(fileURLWithPath: "/proc/\(number)/cmdline"))) ?? Data()
        if String(decoding: found, as: UTF8.self).contains(line) { return number }
      }
      usleep(20_000)
    }
    return nil
  }

  /// Waits until a process is no more; false after a minute.
  static func hasEnded(_ number: Int32) -> Bool {
    let end = Date(timeIntervalSinceNow: 60)
    while Date() < end {
      // A process that nobody has waited for is a zombie, with this letter for its state.
      guard let state = fields(of: number)?.first, state != "Z" else { return true }
      usleep(20_000)
    }
    return false
  }

  /// Lets it go on, and gives back its exit code.
  func finish() throws -> Int32 {
    _ = try pipe.fileHandleForReading.readToEnd()
    process.waitUntilExit()
    return process.terminationStatus
  }

  private static func parent(of number: Int32) -> Int32? {
    fields(of: number).flatMap { $0.count > 1 ? Int32($0[1]) : nil }
  }

  /// State, parent and so on: what stands behind the name, which is in parentheses.
  private static func fields(of number: Int32) -> [Substring]? {
    guard let text = try? String(contentsOfFile: "/proc/\(number)/stat", encoding: .utf8) else { return nil }
    return text.split(separator: ")").last?.split(separator: " ")
  }
}
