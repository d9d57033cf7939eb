import Foundation
import SystemPackage

/// A process that appends, and what it says until it is killed.
struct Victim: ~Copyable {
  let process: pid_t
  private let pipe: FileDescriptor
  private var text: [UInt8] = []

  /// Starts this same program as `append DIRECTORY SEED`.
  init(directory: FilePath, seed: UInt64, errors: FileDescriptor? = nil) throws {
    let ends = try makePipe()
    let child = try spawn(["append", directory.string, "\(seed)"], output: ends.writeEnd, errors: errors)
    try ends.writeEnd.close()
    process = child
    pipe = ends.readEnd
  }

  /// Kills it `milliseconds` after it started, or after it said that the log is open. Gives what it said.
  ///
  /// - Parameter other: a process that is killed in the same moment.
  consuming func kill(after milliseconds: Double, ofOpening: Bool, with other: pid_t? = nil) throws -> Report {
    defer { try? pipe.close() }
    var deadline = ofOpening ? nil : Self.now() + milliseconds
    let limit = Self.now() + 30_000
    var hasEnded = false
    while !hasEnded, Self.now() < deadline ?? limit {
      hasEnded = try !listen(until: deadline ?? limit)
      if deadline == nil, text.contains(UInt8(ascii: "\n")) { deadline = Self.now() + milliseconds }
    }
    Glibc.kill(process, SIGKILL)
    if let other { Glibc.kill(other, SIGKILL) }
    var status: Int32 = 0
    unsafe waitpid(process, &status, 0)
    while try listen(until: Self.now() + 1000) {}
    return Report(text, wasKilled: status & 0x7F == SIGKILL, exitCode: status >> 8 & 0xFF)
  }

  /// Reads what comes before `deadline`. False at the end.
  private mutating func listen(until deadline: Double) throws -> Bool {
    var request = pollfd(fd: pipe.rawValue, events: Int16(POLLIN), revents: 0)
    let ready = unsafe poll(&request, 1, Int32(max(0, (deadline - Self.now()).rounded(.up))))
    guard ready > 0 else { return true }
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    let count = try unsafe buffer.withUnsafeMutableBytes { bytes in unsafe try pipe.read(into: bytes) }
    text += buffer.prefix(count)
    return count > 0
  }

  /// Milliseconds of a clock that only goes forward.
  static func now() -> Double {
    Double(DispatchTime.now().uptimeNanoseconds) / 1e6
  }
}

/// What a victim said.
struct Report {
  /// Whether it lived until it was killed.
  let wasKilled: Bool
  /// What it ended with, if it ended by itself.
  let exitCode: Int32
  /// The records that it was told are durable, with their leaf hashes in hexadecimal.
  let acknowledged: [(position: UInt64, leafHash: Substring)]

  /// Reads the whole lines; the kill may have cut the last one.
  init(_ bytes: [UInt8], wasKilled: Bool, exitCode: Int32 = 0) {
    let text = String(decoding: bytes, as: UTF8.self)
    let end = text.lastIndex(of: "\n") ?? text.startIndex
    self.wasKilled = wasKilled
    self.exitCode = exitCode
    acknowledged = text[..<end].split(separator: "\n").compactMap { line in
      let words = line.split(separator: " ")
      guard words.count == 3, words[0] == "ack", let position = UInt64(words[1]) else { return nil }
      return (position, words[2])
    }
  }
}
