import Foundation
import FuzzFormats
import TestSupport
import Testing

/// Inputs that were not made by the code that reads them: kept ones, and mutations of them.
@Suite("Fuzzing")
struct FuzzTests {
  private static let corpus = packageRoot + "/Tests/FuzzTests/Corpus"

  /// Mutations of each format in one run.
  private static let rounds = 4000

  /// Holds that bytes are refused, or are what the format itself writes, or are read alike once they are written.
  private func check(_ format: Format, _ bytes: [UInt8], _ origin: @autoclosure () -> String) {
    if let violation = format.violation(of: bytes) { Issue.record("\(violation); \(origin()): \(bytes)") }
  }

  @Test(
    "the corpus holds the samples, and what it holds is refused or written as it was read", arguments: Format.allCases)
  func kept(format: Format) throws {
    let directory = Self.corpus + "/" + format.rawValue
    for sample in try Samples.of(format) {
      let path = directory + "/" + sample.name
      if ProcessInfo.processInfo.environment["VARVE_TEST_CORPUS"] == "write" {
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        try Data(sample.bytes).write(to: URL(fileURLWithPath: path))
      }
      #expect(try [UInt8](Data(contentsOf: URL(fileURLWithPath: path))) == sample.bytes, "\(path)")
    }
    let names = try FileManager.default.contentsOfDirectory(atPath: directory).sorted()
    #expect(!names.isEmpty)
    for name in names {
      let bytes = try [UInt8](Data(contentsOf: URL(fileURLWithPath: directory + "/" + name)))
      for form in format.forms(of: bytes) { check(format, form, name) }
    }
    #expect(try Samples.of(format).contains { format.written($0.bytes) != nil }, "one at least is sound")
  }

  @Test("each folder of the corpus is a format's, and has its name")
  func folders() throws {
    let names = try FileManager.default.contentsOfDirectory(atPath: Self.corpus)
    #expect(Set(names) == Set(Format.allCases.map(\.rawValue)))
  }

  @Test("mutations of what is kept are refused, or are written as they were read", arguments: Format.allCases)
  func mutated(format: Format) throws {
    var random = SeededGenerator(name: "mutated(\(format.rawValue))")
    let samples = try Samples.of(format).map(\.bytes)
    var (accepted, events) = (0, 0)
    for round in 0..<Self.rounds {
      var bytes = samples[Int.random(in: samples.indices, using: &random)]
      for _ in 0...Int.random(in: 0...3, using: &random) { mutate(&bytes, samples, &random) }
      if round.isMultiple(of: 2) { bytes = format.resealed(bytes) }
      if format.written(bytes) != nil {
        accepted += 1
        if format.event(in: bytes) != nil { events += 1 }
      }
      check(format, bytes, "round \(round), seed \(random.seed)")
    }
    #expect(accepted < Self.rounds)
    guard format == .record else { return }
    // Header and event are decoded behind the checksum.
    #expect(accepted > Self.rounds / 8)
    #expect(events > Self.rounds / 100 && events < accepted)
  }

  /// One change: of a bit, of a byte to an extreme or a digit, of the length, or by a piece of another sample.
  private func mutate(_ bytes: inout [UInt8], _ samples: [[UInt8]], _ random: inout SeededGenerator) {
    let place = Int.random(in: 0...bytes.count, using: &random)
    let end = Int.random(in: place...min(bytes.count, place + 16), using: &random)
    switch Int.random(in: 0..<7, using: &random) {
    case 0 where place < bytes.count: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
    case 1 where place < bytes.count:
      bytes[place] =
        [0, 1, 0x7F, 0x80, 0xB8, 0xBF, 0xC0, 0xF8, 0xFF, 0x0A, 0x20, 0x30].randomElement(using: &random) ?? 0
    case 2: bytes.insert(UInt8.random(in: 0...255, using: &random), at: place)
    case 3: bytes.removeSubrange(place..<end)
    case 4: bytes.insert(contentsOf: bytes[place..<end], at: place)
    case 5: bytes.removeLast(bytes.count - place)
    default:
      let other = samples[Int.random(in: samples.indices, using: &random)]
      let start = Int.random(in: 0...other.count, using: &random)
      bytes.replaceSubrange(place..<end, with: other[start..<min(other.count, start + 40)])
    }
  }
}
