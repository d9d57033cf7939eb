import Foundation
import Primitives
import SystemPackage

/// Power cuts: what a disk may hold after one, at every moment of a recorded run, opened as a restart would.
///
/// A moment is an operation that is on its way. What is uncertain then may each be there or not: all combinations where there
/// are few, random ones otherwise; once with pages that are kept or lost as one, once with sectors.
struct CrashLoop {
  let work: FilePath
  let recorder: String
  let seed: UInt64

  /// How many images are wanted, at least.
  let images: Int

  /// Which syncs the disk ignores, as if the store made none. Violations are to be found then.
  let deafness: DiskModel.Deafness

  /// Combinations of at most so many uncertain things are all tried.
  private static let exhaustiveLimit = 6
  private static let imagesPerMoment = 24
  private static let commitsPerRun = 6
  private static let workers = 2

  /// Makes runs and images until there are enough, and prints what was found. False when something was violated.
  func run() throws -> Bool {
    let start = Victim.now()
    var tally = Tally()
    var moments = 0
    var runs: UInt64 = 0
    while tally.total < images, tally.violations.isEmpty {
      let place = work.appending("run-\(runs)")
      let recorded = try RecordedRun(
        in: place, recorder: recorder, seed: seed &+ runs, commits: Self.commitsPerRun, failingMeta: failingMeta(runs))
      for grain in [4096, 512] {
        tally.add(try examine(recorded, in: place, grain: grain, seed: seed &+ runs))
        moments += recorded.recording.operations.count
      }
      try FileManager.default.removeItem(atPath: place.string)
      runs += 1
    }
    for violation in tally.violations.prefix(5) { print("VIOLATION \(violation)") }
    let seconds = Int((Victim.now() - start) / 1000)
    print(
      """
      \(tally.total) power cuts (seed \(seed)) at \(moments) moments of \(runs) runs in \(seconds) s
      \(tally.sound) recovered all that was acknowledged and took more records, \(tally.refused) refused before anything was \
      acknowledged, \(tally.violations.count) violations
      """)
    return tally.violations.isEmpty
  }

  /// In every other run one of the commits is told that its meta page could not be written, after which the process opens
  /// the log again and goes on. The first meta page is that of the making of the log, the second that of the first
  /// records.
  private func failingMeta(_ run: UInt64) -> Int? {
    if deafness != .afterFailedMeta, run.isMultiple(of: 2) { return nil }
    return 3 + Int((seed &+ run) / 2 % UInt64(Self.commitsPerRun - 2))
  }

  private func examine(_ run: RecordedRun, in place: FilePath, grain: Int, seed: UInt64) throws -> Tally {
    var tallies = [Result<Tally, any Error>?](repeating: nil, count: Self.workers)
    let lock = NSLock()
    unsafe withUnsafeMutablePointer(to: &tallies) { results in
      nonisolated(unsafe) let results = unsafe results
      DispatchQueue.concurrentPerform(iterations: Self.workers) { worker in
        let result = Result { try share(worker, of: run, in: place, grain: grain, seed: seed) }
        lock.withLock { unsafe results.pointee[worker] = result }
      }
    }
    var sum = Tally()
    for tally in tallies { if let tally { sum.add(try tally.get()) } }
    return sum
  }

  /// The moments that fall to one worker.
  private func share(
    _ worker: Int, of run: RecordedRun, in place: FilePath, grain: Int, seed: UInt64
  ) throws -> Tally {
    let examiner = Examiner(truth: run.truth)
    let root = place.appending("image-\(worker)")
    var disk = DiskModel(grain: grain, deafness: deafness)
    var acknowledged: UInt64 = 0
    var tally = Tally()
    for (moment, operation) in run.recording.operations.enumerated() {
      if case .acknowledge(let text) = operation {
        acknowledged += UInt64(text.split(separator: "\n").count { $0.hasPrefix("ack ") })
      } else if moment % Self.workers == worker {
        var during = disk
        during.begin(operation)
        var random = SplitMix64(seed: seed &* 0x9E37_79B9 &+ UInt64(moment * 2 + (grain == 512 ? 1 : 0)))
        for keeps in choices(during.uncertainties, &random) {
          try write(during, keeping: keeps, to: root)
          let finding = try examiner.examine(
            root.appending(RecordedRun.logName), .restart, acknowledged: acknowledged)
          tally.count(
            finding, mayRefuse: acknowledged == 0, mayDie: false,
            "seed \(seed), operation \(moment), \(grain) bytes as one, kept \(keeps.map { $0 ? "1" : "0" }.joined())")
        }
      }
      disk.apply(operation)
    }
    return tally
  }

  /// Which of `count` uncertain things are kept: all combinations, or some of them.
  private func choices(_ count: Int, _ random: inout SplitMix64) -> [[Bool]] {
    if count <= Self.exhaustiveLimit {
      return (0..<1 << count).map { mask in (0..<count).map { mask >> $0 & 1 == 1 } }
    }
    var choices = [[Bool](repeating: false, count: count), [Bool](repeating: true, count: count)]
    while choices.count < Self.imagesPerMoment {
      let share = UInt64.random(in: 5...95, using: &random)
      choices.append((0..<count).map { _ in UInt64.random(in: 0..<100, using: &random) < share })
    }
    return choices
  }

  private func write(_ disk: DiskModel, keeping keeps: [Bool], to root: FilePath) throws {
    let manager = FileManager.default
    if manager.fileExists(atPath: root.string) { try manager.removeItem(atPath: root.string) }
    try manager.createDirectory(atPath: root.string, withIntermediateDirectories: true)
    var next = keeps.makeIterator()
    for (name, content) in disk.image({ next.next() ?? true }) {
      let path = root.appending(FilePath(name).components)
      // A name whose directory was lost is lost.
      guard manager.fileExists(atPath: path.removingLastComponent().string) else { continue }
      if let content {
        try Data(content).write(to: URL(fileURLWithPath: path.string))
      } else {
        try manager.createDirectory(atPath: path.string, withIntermediateDirectories: true)
      }
    }
  }
}
