import Foundation
import SystemPackage

/// A process that examines logs, one after the other; another one takes its place when a log has ended it.
final class Examiner {
  private var process: pid_t = 0
  private var requests: FileDescriptor?
  private var answers: FileDescriptor?
  private var buffer: [UInt8] = []

  /// The directory of a `Truth`.
  private let truth: FilePath

  init(truth: FilePath) {
    self.truth = truth
  }

  deinit { stop() }

  /// What is to be said of what is in a directory, when the process had said so many bytes.
  func examine(_ directory: FilePath, _ way: Examination.Way, said: Int) throws -> Examination.Finding {
    if requests == nil { try start() }
    let request = "\(way.rawValue) \(directory) \(said) \(truth)\n"
    _ = try? requests?.writeAll(Array(request.utf8))
    if let line = readLine(), let finding = Examination.Finding(line: line) { return finding }
    let end = stop()
    guard end.signal != SIGKILL else {
      return .wrong("the process that looked was killed: it gave no answer in \(Self.patience / 1000) s")
    }
    guard Self.endsByDamage.contains(end.signal) else {
      return .wrong("the process that looked ended by itself: code \(end.code), signal \(end.signal)")
    }
    return .died(end.signal)
  }

  /// How a damaged page ends a process: LMDB's asserts, and reads beyond the file's end or by a damaged offset. A trap
  /// of Swift code is another signal, and none of our code may trap on what a file holds.
  private static let endsByDamage = [SIGABRT, SIGBUS, SIGSEGV]

  private func start() throws {
    let incoming = try makePipe()
    let outgoing = try makePipe()
    // A page that ends the process is a finding, and needs no words of its own.
    let silence = try FileDescriptor.open(FilePath("/dev/null"), .writeOnly)
    defer { try? silence.close() }
    process = try spawn(
      ["examine"], environment: ["SWIFT_BACKTRACE": "enable=no"], input: incoming.readEnd, output: outgoing.writeEnd,
      errors: silence)
    try incoming.readEnd.close()
    try outgoing.writeEnd.close()
    requests = incoming.writeEnd
    answers = outgoing.readEnd
    buffer = []
  }

  /// How long a look may take, in milliseconds: far longer than any does that comes to an end.
  private static let patience: Int32 = 30_000

  /// The next line. Nil when the process has ended, and when it has not answered in time, which ends it: a damaged tree may
  /// have no end.
  private func readLine() -> String? {
    while true {
      if let end = buffer.firstIndex(of: 0x0A) {
        defer { buffer.removeSubrange(...end) }
        return String(decoding: buffer[..<end], as: UTF8.self)
      }
      guard let answers else { return nil }
      var ready = pollfd(fd: answers.rawValue, events: Int16(POLLIN), revents: 0)
      guard unsafe poll(&ready, 1, Self.patience) != 0 else {
        kill(process, SIGKILL)
        return nil
      }
      var part = [UInt8](repeating: 0, count: 4096)
      let count = unsafe part.withUnsafeMutableBytes { bytes in unsafe (try? answers.read(into: bytes)) ?? 0 }
      guard count > 0 else { return nil }
      buffer += part.prefix(count)
    }
  }

  /// Ends the process, if there is one. How it ended, or had ended before.
  @discardableResult
  private func stop() -> (code: Int32, signal: Int32) {
    guard requests != nil else { return (0, 0) }
    try? requests?.close()
    try? answers?.close()
    requests = nil
    answers = nil
    return wait(for: process)
  }
}

/// How findings are counted, and which of them must not be.
struct Tally {
  /// How many were of each kind.
  private(set) var sound = 0
  private(set) var refused = 0
  private(set) var died = 0

  /// How many of the sound ones were restored elsewhere as well.
  private(set) var restored = 0

  /// How many there were while each thing was done.
  private(set) var phases: [String: Int] = [:]

  /// At how many moments there was nothing more to be.
  private(set) var exhausted = 0

  /// What must never happen, with where it did.
  private(set) var violations: [String] = []

  var total: Int { sound + refused + died + violations.count }

  /// - Parameters:
  ///   - mayRefuse: whether a typed error is an answer here.
  ///   - mayDie: whether the end of the examining process is.
  ///   - restores: whether what is sound was restored elsewhere.
  ///   - phase: what was being done.
  mutating func count(
    _ finding: Examination.Finding, mayRefuse: Bool, mayDie: Bool, restores: Bool = false, phase: String = "",
    _ place: @autoclosure () -> String
  ) {
    phases[phase, default: 0] += 1
    switch finding {
    case .sound:
      sound += 1
      if restores { restored += 1 }
    case .refused where mayRefuse: refused += 1
    case .died where mayDie: died += 1
    default: violations.append("\(place()): \(finding.line)")
    }
  }

  mutating func countExhausted() { exhausted += 1 }

  mutating func add(_ other: Tally) {
    exhausted += other.exhausted
    sound += other.sound
    refused += other.refused
    died += other.died
    restored += other.restored
    phases.merge(other.phases, uniquingKeysWith: +)
    violations += other.violations
  }
}
