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

  private static let commitsPerRun = 6
  private static let workers = 2

  /// Of so many images of appends one is restored elsewhere as well; of an upkeep each is. It divides no number of images
  /// of a moment, or each time the same choices of what is kept would be restored.
  private static let imagesPerRestore = 5

  /// How much of one kind of work is looked at.
  private struct Sample {
    let work: Work

    /// How it is looked at.
    let way: Examination.Way

    /// Of a hundred images, how many are of this work.
    let share: Int

    /// Combinations of at most so many uncertain things are all tried; else so many images of a moment.
    let exhaustiveLimit, imagesPerMoment: Int

    /// Moments of each phase of a run that are looked at, on average; nil for all. A moment at which names change or are
    /// synced is four times as likely as one of another write.
    let moments: Double?
  }

  /// The work that has long runs of writes to new files is looked at here and there, in more runs.
  private static let samples = [
    Sample(work: .append, way: .restart, share: 75, exhaustiveLimit: 6, imagesPerMoment: 24, moments: nil),
    Sample(work: .upkeep, way: .upkeep, share: 18, exhaustiveLimit: 3, imagesPerMoment: 8, moments: 16),
    Sample(work: .rebuild, way: .rebuild, share: 4, exhaustiveLimit: 3, imagesPerMoment: 6, moments: 24),
    Sample(work: .repair, way: .repair, share: 3, exhaustiveLimit: 3, imagesPerMoment: 6, moments: 8),
  ]

  /// All work; with a disk that is deaf, that of which the syncs are.
  private var samples: [Sample] {
    switch deafness {
    case .none: Self.samples
    case .toEverySync, .afterFailedMeta, .toFiles, .toDirectories: Self.samples.filter { $0.work == .append }
    case .ofSigner, .ofTiles, .ofCopy: Self.samples.filter { $0.work == .upkeep }
    case .ofProjections: Self.samples.filter { $0.work == .rebuild }
    case .ofRepair: Self.samples.filter { $0.work == .repair }
    }
  }

  /// Makes runs and images until there are enough, and prints what was found. False when something was violated.
  func run() throws -> Bool {
    var violations = 0
    for sample in samples where violations == 0 {
      let wanted = samples.count == 1 ? images : (images * sample.share + 99) / 100
      violations += try run(sample, images: wanted)
    }
    return violations == 0
  }

  /// How many violations there were.
  private func run(_ sample: Sample, images: Int) throws -> Int {
    let start = Victim.now()
    var tally = Tally()
    var moments = 0
    var runs: UInt64 = 0
    while tally.total < images, tally.violations.isEmpty {
      let place = work.appending("\(sample.work.rawValue)-\(runs)")
      let isAppend = sample.work == .append
      let recorded = try RecordedRun(
        of: sample.work, in: place, recorder: recorder, seed: seed &+ runs, commits: Self.commitsPerRun,
        failingMeta: isAppend ? failingMeta(runs) : nil)
      for grain in [4096, 512] {
        let chosen = chosenMoments(of: recorded.recording, sample, seed: seed &+ runs &+ UInt64(grain))
        tally.add(try examine(recorded, sample, chosen, in: place, grain: grain, seed: seed &+ runs))
        moments += chosen.count
      }
      try FileManager.default.removeItem(atPath: place.string)
      runs += 1
    }
    for violation in tally.violations.prefix(5) { print("VIOLATION \(violation)") }
    let seconds = Int((Victim.now() - start) / 1000)
    let phases = tally.phases.sorted { $0.key < $1.key }.map { "\($0.value) in \($0.key)" }.joined(separator: ", ")
    print(
      """
      \(tally.total) power cuts of \(sample.work.rawValue) (seed \(seed)) at \(moments) moments of \(runs) runs in \
      \(seconds) s: \(phases)
      at \(tally.exhausted) of the moments every combination of what was uncertain, at \(moments - tally.exhausted) some
      \(tally.sound) recovered all that was acknowledged and took more, \(tally.restored) of these were restored \
      elsewhere too; \(tally.refused) refused before anything was acknowledged, \(tally.violations.count) violations
      """)
    return tally.violations.count
  }

  /// In the first run, and in every other one, a commit is told that its meta page could not be written, after which the
  /// process opens the log again and goes on. The first meta page is that of the making of the log, the second that of the
  /// first records.
  private func failingMeta(_ run: UInt64) -> Int? {
    if deafness != .afterFailedMeta, !run.isMultiple(of: 2) { return nil }
    return 3 + Int((seed &+ run) / 2 % UInt64(Self.commitsPerRun - 2))
  }

  private func examine(
    _ run: RecordedRun, _ sample: Sample, _ moments: Set<Int>, in place: FilePath, grain: Int, seed: UInt64
  ) throws -> Tally {
    var tallies = [Result<Tally, any Error>?](repeating: nil, count: Self.workers)
    let lock = NSLock()
    unsafe withUnsafeMutablePointer(to: &tallies) { results in
      nonisolated(unsafe) let results = unsafe results
      DispatchQueue.concurrentPerform(iterations: Self.workers) { worker in
        let result = Result { try share(worker, of: run, sample, moments, in: place, grain: grain, seed: seed) }
        lock.withLock { unsafe results.pointee[worker] = result }
      }
    }
    var sum = Tally()
    for tally in tallies { if let tally { sum.add(try tally.get()) } }
    return sum
  }

  /// The moments that are looked at: of all work but appends none before the process had said anything, as it may have begun
  /// nothing.
  private func chosenMoments(of recording: Recording, _ sample: Sample, seed: UInt64) -> Set<Int> {
    var weights: [(moment: Int, phase: String, weight: Double)] = []
    var phase = sample.work == .append ? sample.work.rawValue : nil
    for (moment, operation) in recording.operations.enumerated() {
      switch operation {
      case .acknowledge(let text): phase = Self.phase(begunBy: text) ?? phase
      case .write: if let phase { weights.append((moment, phase, 1)) }
      default: if let phase { weights.append((moment, phase, 4)) }
      }
    }
    guard let wanted = sample.moments else { return Set(weights.map(\.moment)) }
    var sums: [String: Double] = [:]
    for entry in weights { sums[entry.phase, default: 0] += entry.weight }
    var random = SplitMix64(seed: seed)
    let chosen = weights.filter { entry in
      Double.random(in: 0..<(sums[entry.phase] ?? 1), using: &random) < wanted * entry.weight
    }
    return Set(chosen.map(\.moment))
  }

  /// What a process that says this begins with.
  private static func phase(begunBy text: String) -> String? {
    text.split(separator: "\n").last { $0.hasPrefix("begin ") }.map { String($0.dropFirst(6)) }
  }

  /// The moments that fall to one worker.
  private func share(
    _ worker: Int, of run: RecordedRun, _ sample: Sample, _ moments: Set<Int>, in place: FilePath, grain: Int,
    seed: UInt64
  ) throws -> Tally {
    let examiner = Examiner(truth: run.truth)
    let root = place.appending("image-\(worker)")
    let directory = sample.work == .append ? root.appending(RecordedRun.logName) : root
    var disk = DiskModel(grain: grain, deafness: deafness)
    var said = ""
    var phase = sample.work.rawValue
    var tally = Tally()
    for (moment, operation) in run.recording.operations.enumerated() {
      if case .acknowledge(let text) = operation {
        said += text
        phase = Self.phase(begunBy: text) ?? phase
      } else if moment % Self.workers == worker, moments.contains(moment) {
        var during = disk
        during.begin(operation)
        var random = SplitMix64(seed: seed &* 0x9E37_79B9 &+ UInt64(moment * 2 + (grain == 512 ? 1 : 0)))
        let mayRefuse = sample.work == .append && !said.contains("ack ")
        if during.uncertainties <= sample.exhaustiveLimit { tally.countExhausted() }
        for keeps in choices(during.uncertainties, sample, &random) {
          try write(during, keeping: keeps, to: root)
          let way = sample.way == .restart && tally.total.isMultiple(of: Self.imagesPerRestore) ? .restore : sample.way
          let finding = try examiner.examine(directory, way, said: said.utf8.count)
          tally.count(
            finding, mayRefuse: mayRefuse, mayDie: false, restores: way.restores, phase: phase,
            "\(phase), seed \(seed), operation \(moment), \(grain) bytes as one, kept "
              + keeps.map { $0 ? "1" : "0" }.joined())
        }
      }
      disk.apply(operation)
    }
    return tally
  }

  /// Which of `count` uncertain things are kept: all combinations, or some of them.
  private func choices(_ count: Int, _ sample: Sample, _ random: inout SplitMix64) -> [[Bool]] {
    if count <= sample.exhaustiveLimit {
      return (0..<1 << count).map { mask in (0..<count).map { mask >> $0 & 1 == 1 } }
    }
    var choices = [[Bool](repeating: false, count: count), [Bool](repeating: true, count: count)]
    while choices.count < sample.imagesPerMoment {
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
      if var content {
        // After a power cut the machine has started anew.
        if path.lastComponent == "unsynced", !content.isEmpty { content[0] ^= 1 }
        try Data(content).write(to: URL(fileURLWithPath: path.string))
      } else {
        try manager.createDirectory(atPath: path.string, withIntermediateDirectories: true)
      }
    }
  }
}
