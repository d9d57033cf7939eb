import EventStore
import Foundation
import Primitives
import StoreFiles
import SystemPackage

/// System calls that fail: for each kind, each time it is called and each error, a short run of `append`, `upkeep`,
/// `rebuild` or `repair` in which it does, once or from then on. The process may give up, saying why; what it acknowledged
/// must be there. A rebuild and a repair are killed at each call as well.
///
/// `strace` counts the calls of each thread by itself. So at each time several threads' calls fail, and where the first
/// thread's makes the process give up, those of its write thread are never reached: each sync and write of that one is failed
/// by the unit tests' disk faults.
///
/// `index` alone is the case of rows that are set aside: its calls are those about their files.
struct SystemCallLoop {
  let work: FilePath
  let seed: UInt64

  /// How many runs are wanted at most. They are spread over all kinds of calls.
  let limit: Int

  /// The work that is done, if not all of it but `index`.
  let alone: Work?

  /// Whether it takes each failure for success; else what fails gives up.
  let isCareless: Bool

  /// A kind of call that is made to fail.
  private struct Fault {
    let work: Work
    let call: String

    /// The error's name, or that of the signal which ends the process at the call.
    let error: String

    /// Only calls about the files of the work count: others are the loader's and the run-time system's.
    let isLimitedToFiles: Bool

    var name: String { "\(call) \(error)\(work == .append ? "" : " of \(work)")" }

    var isKill: Bool { error == SystemCallLoop.killing }

    /// Whether it can happen from some time on; else only once. Who is interrupted tries again, rightly without end.
    var canStay: Bool { error != "EINTR" && !isKill }
  }

  /// Calls and errors, and whether only those about the work's files count.
  private static let calls: [(calls: [String], errors: [String], isLimitedToFiles: Bool)] = [
    (
      ["pwrite64", "pwritev", "writev", "fdatasync", "fsync", "syncfs", "ftruncate"], ["EIO", "ENOSPC", "EINTR"], false
    ),
    (["fallocate"], ["EIO", "ENOSPC", "EINTR"], false),
    (["link", "unlink", "mkdir", "rmdir", "flock", "rename", "renameat2"], ["EIO", "EACCES"], false),
    (["openat"], ["EMFILE", "EIO"], true),
    (["pread64", "read", "getdents64"], ["EIO"], true),
    (["newfstatat"], ["EIO", "EACCES"], true),
    (["write"], ["EIO", "ENOSPC"], true),
    (["mmap"], ["ENOMEM"], true),
    (["fcntl"], ["EAGAIN"], true),
  ]

  /// As `calls`, about rows that are set aside.
  private static let callsOfIndex: [(calls: [String], errors: [String], isLimitedToFiles: Bool)] = [
    (["openat"], ["EMFILE", "EIO"], true),
    (["pwrite64"], ["EIO", "ENOSPC", "EINTR"], true),
    (["pread64"], ["EIO", "EINTR"], true),
    (["unlink"], ["EIO", "EACCES"], true),
  ]

  private static let killing = "SIGKILL"

  private static func faults(of work: Work) -> [Fault] {
    let isKilled = work != .append && work != .upkeep
    return (work == .index ? callsOfIndex : calls).flatMap { row in
      row.calls.flatMap { call in
        (row.errors + (isKilled ? [killing] : [])).map {
          Fault(work: work, call: call, error: $0, isLimitedToFiles: row.isLimitedToFiles)
        }
      }
    }
  }

  private static let commits = 4
  private static let secondsPerRun = 20.0

  /// What became of the runs.
  private struct Counts {
    var finished = 0
    var gaveUp = 0
    var killed = 0
    var violations: [String] = []
    /// How often each call was made that failed each time.
    var times: [String: Int] = [:]
    var total: Int { finished + gaveUp + killed + violations.count }
  }

  /// What runs begin with.
  private struct Sources {
    let rebuilds: RebuildSource

    /// Of a store whose ledger is damaged: the records that were in it, and the hash of the damaged file.
    let leaves: [Hash256]
    let damaged: Hash256

    private let repairs: DataDirectory

    init(in directory: FilePath, seed: UInt64) throws {
      rebuilds = try RebuildSource(making: directory)
      repairs = DataDirectory(directory.appending("damaged"))
      let source = try RepairSource(making: repairs, chainIn: directory)
      leaves = try source.leaves()
      var random = SplitMix64(seed: seed)
      try source.damage(.tree, &random)
      damaged = try source.digest()
    }

    static func store(in place: FilePath) -> DataDirectory { DataDirectory(place.appending("store")) }

    func copyDamaged(to place: FilePath) throws -> DataDirectory {
      let store = Self.store(in: place)
      try FileManager.default.copyItem(atPath: repairs.path.string, toPath: store.path.string)
      return store
    }
  }

  /// Runs until every call has failed, and prints what was found. False when something was violated.
  func run() throws -> Bool {
    let start = Victim.now()
    let sources = try Sources(in: work.appending("source"), seed: seed)
    var counts = Counts()
    var place = 0
    // The first time each kind of call is made, then the second, and so on, as long as it is made that often.
    var left = (alone.map { [$0] } ?? Work.allCases.filter { $0 != .index }).flatMap(Self.faults)
    var time = 1
    while !left.isEmpty, counts.total < limit {
      var next: [Fault] = []
      for (index, fault) in left.enumerated() {
        guard counts.total < limit else {
          next += left[index...]
          break
        }
        place += 1
        guard try runBoth(fault, time: time, in: work.appending("run-\(place)"), sources, &counts) else { continue }
        next.append(fault)
        counts.times[fault.call] = time
      }
      left = next
      time += 1
    }
    guard counts.total > 0 else { throw RecordedRun.Unusable(reason: "strace made no call fail: may it trace here?") }
    for violation in counts.violations.prefix(20) { print("VIOLATION \(violation)") }
    print(
      """
      \(counts.total) runs with failing system calls (seed \(seed)) in \(Int((Victim.now() - start) / 1000)) s
      \(counts.finished) went on to the end, \(counts.gaveUp) gave up with an error, \(counts.killed) were killed, \
      \(counts.violations.count) violations
      """)
    if alone == .index, !requireFilesSetAside(counts) { return false }
    if !left.isEmpty {
      let kinds = left.map(\.name).joined(separator: ", ")
      print("left out, as \(limit) runs were asked for: further times of \(kinds)")
    }
    return counts.violations.isEmpty
  }

  /// Says how often calls about rows that are set aside failed. False when not all was done with them that is to be.
  private func requireFilesSetAside(_ counts: Counts) -> Bool {
    let times = Self.callsOfIndex.flatMap(\.calls).map { (call: $0, count: counts.times[$0, default: 0]) }
    let list = times.map { "\($0.count) of \($0.call)" }.joined(separator: ", ")
    print("of rows.spill and rows.runs each call failed: \(list)")
    // Both files are opened; one is removed before it is made, and both are in the end.
    let least = ["openat": 2, "pwrite64": 4, "pread64": 4, "unlink": 3]
    guard isCareless || counts.total >= limit || times.allSatisfy({ $0.count >= least[$0.call, default: 1] }) else {
      print("VIOLATION: what was to be disturbed did not happen")
      return false
    }
    return true
  }

  /// Fails the call the given time it is made, once and from then on. Whether it was made that often.
  private func runBoth(
    _ fault: Fault, time: Int, in place: FilePath, _ sources: Sources, _ counts: inout Counts
  ) throws -> Bool {
    for suffix in fault.canStay ? ["", "+"] : [""] {
      // A call that is not made so often fails from then on as it fails once.
      guard try runOnce(fault, when: "\(time)\(suffix)", in: place, sources, &counts) else { return false }
    }
    return true
  }

  /// Whether the call was made often enough to fail.
  private func runOnce(
    _ fault: Fault, when: String, in place: FilePath, _ sources: Sources, _ counts: inout Counts
  ) throws -> Bool {
    try FileManager.default.createDirectory(atPath: place.string, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: place.string) }
    let trace = place.appending("trace").string
    let pipe = try makePipe()
    // What the process has to say about its failure is its exit code here.
    let silence = try FileDescriptor.open(FilePath("/dev/null"), .writeOnly)
    defer { try? silence.close() }
    let effect = fault.isKill ? "signal" : "error"
    let arguments =
      ["-f", "-qq", "-o", trace, "-e", "trace=\(fault.call)"]
      + ["-e", "inject=\(fault.call):\(effect)=\(fault.error):when=\(when)"] + (try command(fault, in: place, sources))
    let process = try spawn(arguments, program: "/usr/bin/strace", output: pipe.writeEnd, errors: silence)
    try pipe.writeEnd.close()
    let (said, isInTime) = try listen(pipe.readEnd, to: process)
    let end = wait(for: process)
    let isKilled = fault.isKill && end == (0, SIGKILL)
    guard try isKilled || String(contentsOfFile: trace, encoding: .utf8).contains("(INJECTED)") else { return false }
    let name = "\(fault.name) fails, time \(when), seed \(seed)"
    guard isInTime, isKilled || end == (0, 0) || end == (3, 0) else {
      let what = isInTime ? "ended with code \(end.code), signal \(end.signal)" : "did not end"
      counts.violations.append("\(name): the process \(what)")
      return true
    }
    do {
      try check(fault, in: place, said, sources)
      if isKilled { counts.killed += 1 } else if end.code == 0 { counts.finished += 1 } else { counts.gaveUp += 1 }
    } catch { counts.violations.append("\(name): \(error)") }
    return true
  }

  /// The files that count, and the program with its arguments.
  private func command(_ fault: Fault, in place: FilePath, _ sources: Sources) throws -> [String] {
    let places = Upkeep.Places(below: place)
    let program = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    let carelessly = isCareless ? [Appender.Manner.careless.rawValue] : []
    let (watched, arguments) =
      switch fault.work {
      case .append:
        (
          [places.log, places.log.appending("data.mdb"), places.log.appending("writer.lock")],
          ["append", places.log.string, "\(seed)", "\(Self.commits)"] + carelessly
        )
      case .upkeep: (places.watched, ["upkeep", place.string, "\(seed)"] + carelessly)
      case .rebuild:
        (
          Rebuild(directory: place, ledger: sources.rebuilds.ledger).watched,
          ["rebuild", place.string, sources.rebuilds.ledger.string] + carelessly
        )
      case .index:
        (
          Rebuild(directory: place, ledger: sources.rebuilds.ledger).setAside,
          ["index", place.string, sources.rebuilds.ledger.string] + carelessly
        )
      case .repair:
        (Repair(store: try sources.copyDamaged(to: place)).watched, ["repair", Sources.store(in: place).path.string])
      }
    return (fault.isLimitedToFiles ? watched.flatMap { ["-P", $0.string] } : []) + [program] + arguments
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
  private func check(_ fault: Fault, in place: FilePath, _ said: [UInt8], _ sources: Sources) throws {
    if fault.work == .rebuild || fault.work == .index {
      let said = String(decoding: said, as: UTF8.self)
      return try sources.rebuilds.check(place, said: said, indexAlone: fault.work == .index)
    }
    if fault.work == .repair {
      let store = Sources.store(in: place)
      return try RepairCheck(store: store, leaves: sources.leaves, damaged: sources.damaged).run()
    }
    let places = Upkeep.Places(below: place)
    let report = Report(said, wasKilled: false)
    guard FileManager.default.fileExists(atPath: places.log.appending("data.mdb").string) else {
      guard report.acknowledged.isEmpty else { throw Checker.Violation(description: "the data file is gone") }
      return
    }
    var checker = Checker(directory: places.log)
    try checker.check(report)
    try checker.checkAll()
    guard fault.work == .upkeep else { return }
    let log = try EventLog.open(places.log, mode: .create)
    try UpkeepCheck(places: places, said: String(decoding: said, as: UTF8.self)).run(over: log)
  }
}
