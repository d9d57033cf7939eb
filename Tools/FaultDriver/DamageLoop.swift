import EventStore
import Foundation
import Primitives
import SystemPackage

/// Damaged files: a sound log with one thing about its data file changed, looked at by somebody who doubts it.
struct DamageLoop {
  let work: FilePath
  let recorder: String
  let seed: UInt64

  /// How many files of the random kinds are wanted; the fixed ones come on top.
  let files: Int

  /// How it is looked at: with all checks, or without one, to see what that is for.
  let way: Examination.Way

  private static let pageSize = 4096

  /// After so many damaged files a backup is restored in the place of one. It divides neither the ways in which a page is
  /// damaged nor the bits of a byte, so that each of them comes.
  private static let filesPerRestore = 5

  /// Bytes of a meta page that are used: its header of 16 and its record of 136.
  private static let metaBytes = 152

  /// One change.
  private struct Change {
    let name: String
    let apply: (inout [UInt8]) -> Void
  }

  /// Damages and looks; prints what was found. False when something was violated.
  func run() throws -> Bool {
    let start = Victim.now()
    let recorded = try RecordedRun(of: .append, in: work.appending("run"), recorder: recorder, seed: seed, commits: 12)
    let original = [UInt8](
      try Data(contentsOf: URL(fileURLWithPath: recorded.directory.appending("data.mdb").string)))
    let earlier = try earlierVersion(of: recorded, size: original.count)
    let examiner = Examiner(truth: recorded.truth)
    let backup = work.appending("backup")
    try EventLog.open(recorded.directory, mode: .readOnly).copy(to: backup)
    let place = work.appending("damaged")
    var random = SplitMix64(seed: seed)
    var tally = Tally()
    var restored = 0
    for change in changes(original, earlier, &random) {
      var bytes = original
      change.apply(&bytes)
      try FileManager.default.createDirectory(atPath: place.string, withIntermediateDirectories: true)
      // A file of its own: the process that looks may not have let go of the one before yet, and would take it for the same.
      try Data(bytes).write(to: URL(fileURLWithPath: place.appending("data.mdb").string), options: .atomic)
      try? FileManager.default.removeItem(atPath: place.appending("lock.mdb").string)
      var finding = try examiner.examine(place, way, said: .max)
      if way == .doubt, tally.total.isMultiple(of: Self.filesPerRestore) {
        do {
          let log = try EventLog.open(backup, mode: .readOnly)
          try Restoring(place: work.appending("restoring")).run(log, inPlaceOf: place)
          restored += 1
        } catch { finding = .wrong("a backup in its place: \(error)") }
      }
      tally.count(finding, mayRefuse: true, mayDie: true, change.name)
    }
    for violation in tally.violations.prefix(5) { print("VIOLATION \(violation)") }
    print(
      """
      \(tally.total) damaged files (seed \(seed)) in \(Int((Victim.now() - start) / 1000)) s
      \(tally.refused) refused or named by the verification, \(tally.died) ended the child that looked, \(tally.sound) \
      harmless (every record as written, before and after more were appended), \(tally.violations.count) violations
      \(restored) times a backup took the place of one, each verified, and refused once more was signed
      """)
    return tally.violations.isEmpty
  }

  /// The data file as it was some commits before, filled up to the same size.
  private func earlierVersion(of run: RecordedRun, size: Int) throws -> [UInt8] {
    var disk = DiskModel(grain: Self.pageSize)
    let operations = run.recording.operations
    for operation in operations.prefix(operations.count * 3 / 4) { disk.apply(operation) }
    let name = "\(RecordedRun.logName)/data.mdb"
    var bytes = disk.image { true }.first { $0.name == name }?.content ?? []
    bytes.append(contentsOf: repeatElement(0, count: max(0, size - bytes.count)))
    return bytes
  }

  /// Every bit of the first bytes of both meta pages flipped, every page in six ways, an end at every page; then random bits.
  private func changes(_ original: [UInt8], _ earlier: [UInt8], _ random: inout SplitMix64) -> [Change] {
    var changes: [Change] = []
    let pages = original.count / Self.pageSize
    for meta in 0..<2 {
      // Without a check nothing but that must be seen which it is for: one bit of each byte will do.
      for bit in stride(from: 0, to: Self.metaBytes * 8, by: way == .doubt ? 1 : 7) {
        changes.append(flip(meta * Self.pageSize + bit / 8, 1 << UInt8(bit % 8)))
      }
    }
    for page in 0..<pages { changes += pageChanges(page, pages, earlier, &random) }
    for page in 0..<pages {
      changes.append(Change(name: "cut off before page \(page)") { $0.removeLast($0.count - page * Self.pageSize) })
    }
    for _ in 0..<files {
      let byte = Int.random(in: 0..<original.count, using: &random)
      changes.append(flip(byte, 1 << UInt8.random(in: 0..<8, using: &random)))
    }
    return changes
  }

  private func flip(_ byte: Int, _ bit: UInt8) -> Change {
    Change(name: "byte \(byte) with bits \(bit) flipped") { $0[byte] ^= bit }
  }

  private func pageChanges(
    _ page: Int, _ pages: Int, _ earlier: [UInt8], _ random: inout SplitMix64
  ) -> [Change] {
    let range = page * Self.pageSize..<(page + 1) * Self.pageSize
    let otherPage = Int.random(in: 0..<pages, using: &random)
    let other = otherPage * Self.pageSize..<(otherPage + 1) * Self.pageSize
    let noise = (0..<Self.pageSize).map { _ in UInt8.random(in: 0...255, using: &random) }
    return [
      Change(name: "page \(page) zeroed") { $0.replaceSubrange(range, with: repeatElement(0, count: range.count)) },
      Change(name: "page \(page) all ones") { $0.replaceSubrange(range, with: repeatElement(255, count: range.count)) },
      Change(name: "page \(page) noise") { $0.replaceSubrange(range, with: noise) },
      Change(name: "page \(page) as some commits before") { $0.replaceSubrange(range, with: earlier[range]) },
      Change(name: "page \(page) in place of page \(otherPage)") { $0.replaceSubrange(other, with: $0[range]) },
      Change(name: "pages \(page) and \(otherPage) exchanged") { bytes in
        let (first, second) = (Array(bytes[range]), Array(bytes[other]))
        bytes.replaceSubrange(range, with: second)
        bytes.replaceSubrange(other, with: first)
      },
    ]
  }
}
