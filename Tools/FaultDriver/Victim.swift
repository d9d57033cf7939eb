import Foundation
import SystemPackage

/// A process that does something to a log, and what it says until it is killed.
struct Victim: ~Copyable {
  let process: pid_t
  private let pipe: FileDescriptor
  private var text: [UInt8] = []

  /// Starts this same program as `append DIRECTORY SEED`.
  init(directory: FilePath, seed: UInt64, errors: FileDescriptor? = nil) throws {
    try self.init(["append", directory.string, "\(seed)"], errors: errors)
  }

  /// Starts this same program.
  init(_ arguments: [String], environment: [String: String] = [:], errors: FileDescriptor? = nil) throws {
    let ends = try makePipe()
    let child = try spawn(arguments, environment: environment, output: ends.writeEnd, errors: errors)
    try ends.writeEnd.close()
    process = child
    pipe = ends.readEnd
  }

  /// Kills it `milliseconds` after it started, or after its first line. Gives what it said.
  ///
  /// - Parameter other: a process that is killed in the same moment.
  consuming func kill(after milliseconds: Double, ofFirstLine: Bool, with other: pid_t? = nil) throws -> Report {
    defer { try? pipe.close() }
    var deadline = ofFirstLine ? nil : Self.now() + milliseconds
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
  /// How many lines began with each word.
  let lines: [Substring: Int]

  /// Reads the whole lines; the kill may have cut the last one.
  init(_ bytes: [UInt8], wasKilled: Bool, exitCode: Int32 = 0) {
    let text = String(decoding: bytes, as: UTF8.self)
    let end = text.lastIndex(of: "\n") ?? text.startIndex
    self.wasKilled = wasKilled
    self.exitCode = exitCode
    let said = text[..<end].split(separator: "\n").map { $0.split(separator: " ") }
    lines = said.reduce(into: [:]) { counts, words in counts[words.first ?? "", default: 0] += 1 }
    acknowledged = said.compactMap { words in
      guard words.count == 3, words[0] == "ack", let position = UInt64(words[1]) else { return nil }
      return (position, words[2])
    }
  }
}
