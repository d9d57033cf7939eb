import Foundation
import SystemPackage

/// System calls that fail: for each kind, each time it is called and each error, a short run of `append` in which it does,
/// once or from then on. The process may give up, saying why; what it acknowledged must be there.
struct SystemCallLoop {
  let work: FilePath
  let seed: UInt64

  /// How many runs are wanted at most.
  let limit: Int

  /// A kind of call that is made to fail.
  private struct Fault {
    let call: String
    let error: String

    /// Only calls about files below the log's directory count: others are the loader's and the run-time system's.
    var isLimitedToLog = false
  }

  private static let faults: [Fault] =
    ["pwrite64", "pwritev", "writev", "fdatasync", "fsync", "ftruncate"].flatMap { call in
      ["EIO", "ENOSPC", "EINTR"].map { Fault(call: call, error: $0) }
    }
    + ["link", "unlink", "mkdir", "flock"].flatMap { call in
      ["EIO", "EACCES"].map { Fault(call: call, error: $0) }
    }
    + [
      Fault(call: "openat", error: "EMFILE", isLimitedToLog: true),
      Fault(call: "openat", error: "EIO", isLimitedToLog: true),
      Fault(call: "mmap", error: "ENOMEM", isLimitedToLog: true),
      Fault(call: "fcntl", error: "EAGAIN", isLimitedToLog: true),
    ]

  private static let commits = 4
  private static let secondsPerRun = 20.0

  /// What became of the runs.
  private struct Counts {
    var finished = 0
    var gaveUp = 0
    var violations: [String] = []
    var total: Int { finished + gaveUp + violations.count }
  }

  /// Runs until every call has failed, and prints what was found. False when something was violated.
  func run() throws -> Bool {
    let start = Victim.now()
    var counts = Counts()
    var place = 0
    for fault in Self.faults {
      var count = 1
      var wasHit = true
      while wasHit, counts.total < limit {
        // Who is interrupted tries again, rightly without end; so it happens once.
        for suffix in fault.error == "EINTR" ? [""] : ["", "+"] {
          place += 1
          wasHit = try runOnce(fault, when: "\(count)\(suffix)", in: work.appending("run-\(place)"), &counts)
          // A call that is not made a second time fails from then on as it fails once.
          if !wasHit { break }
        }
        count += 1
      }
    }
    guard counts.total > 0 else { throw RecordedRun.Unusable(reason: "strace made no call fail: may it trace here?") }
    for violation in counts.violations.prefix(20) { print("VIOLATION \(violation)") }
    print(
      """
      \(counts.total) runs with failing system calls (seed \(seed)) in \(Int((Victim.now() - start) / 1000)) s
      \(counts.finished) went on to the end, \(counts.gaveUp) gave up with an error, \(counts.violations.count) violations
      """)
    return counts.violations.isEmpty
  }

  /// Whether the call was made often enough to fail.
  private func runOnce(_ fault: Fault, when: String, in place: FilePath, _ counts: inout Counts) throws -> Bool {
    try FileManager.default.createDirectory(atPath: place.string, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: place.string) }
    let log = place.appending("log")
    let trace = place.appending("trace").string
    let pipe = try makePipe()
    // What the process has to say about its failure is its exit code here.
    let silence = try FileDescriptor.open(FilePath("/dev/null"), .writeOnly)
    defer { try? silence.close() }
    var arguments = ["-f", "-qq", "-o", trace, "-e", "trace=\(fault.call)"]
    if fault.isLimitedToLog {
      for path in [log, log.appending("data.mdb"), log.appending("writer.lock")] { arguments += ["-P", path.string] }
    }
    arguments += ["-e", "inject=\(fault.call):error=\(fault.error):when=\(when)"]
    arguments += [try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")]
    arguments += ["append", log.string, "\(seed)", "\(Self.commits)"]
    let process = try spawn(arguments, program: "/usr/bin/strace", output: pipe.writeEnd, errors: silence)
    try pipe.writeEnd.close()
    let (said, isInTime) = try listen(pipe.readEnd, to: process)
    let end = wait(for: process)
    guard try String(contentsOfFile: trace, encoding: .utf8).contains("(INJECTED)") else { return false }
    let name = "\(fault.call) fails with \(fault.error), time \(when), seed \(seed)"
    guard isInTime, end == (0, 0) || end == (3, 0) else {
      let what = isInTime ? "ended with code \(end.code), signal \(end.signal)" : "did not end"
      counts.violations.append("\(name): the process \(what)")
      return true
    }
    do {
      try check(log, Report(said, wasKilled: false))
      if end.code == 0 { counts.finished += 1 } else { counts.gaveUp += 1 }
    } catch { counts.violations.append("\(name): \(error)") }
    return true
  }

  /// What the process says until it ends, and whether it did in time; else it is killed.
  private func listen(_ output: FileDescriptor, to process: pid_t) throws -> (said: [UInt8], isInTime: Bool) {
    defer { try? output.close() }
    let limit = Victim.now() + Self.secondsPerRun * 1000
    var text: [UInt8] = []
    var isInTime = true
    var part = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      var request = pollfd(fd: output.rawValue, events: Int16(POLLIN), revents: 0)
      if unsafe poll(&request, 1, 1000) > 0 {
        let count = try unsafe part.withUnsafeMutableBytes { bytes in unsafe try output.read(into: bytes) }
        if count == 0 { return (text, isInTime) }
        text += part.prefix(count)
      } else if Victim.now() > limit {
        isInTime = false
        kill(process, SIGKILL)
      }
    }
  }

  /// A restart finds what was acknowledged, and takes more.
  private func check(_ log: FilePath, _ report: Report) throws {
    guard FileManager.default.fileExists(atPath: log.appending("data.mdb").string) else {
      guard report.acknowledged.isEmpty else { throw Checker.Violation(description: "the data file is gone") }
      return
    }
    var checker = Checker(directory: log)
    try checker.check(report)
    try checker.checkAll()
  }
}
