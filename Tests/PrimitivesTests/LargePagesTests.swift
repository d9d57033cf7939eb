import Foundation
import Primitives
import Testing

@Suite("Arrays in large pages")
struct LargePagesTests {
  @Test("an array keeps its elements while it grows, and has room for those that come")
  func contents() {
    var numbers: [UInt64] = []
    var moves = 0
    for number in 0..<600_000 as Range<UInt64> {
      numbers.reserveLargePages(for: 1)
      let capacity = numbers.capacity
      numbers.append(number)
      if numbers.capacity != capacity { moves += 1 }
    }
    #expect(moves == 0)
    #expect(numbers.elementsEqual(0..<600_000))
  }

  @Test("what appending costs does not grow with the array")
  func doubling() {
    let more = [UInt8](repeating: 7, count: 100_000)
    var bytes: [UInt8] = []
    var growths = 0
    for _ in 0..<1000 {
      let capacity = bytes.capacity
      bytes.reserveLargePages(for: more.count)
      bytes += more
      growths += bytes.capacity == capacity ? 0 : 1
    }
    #expect(growths < 15)
  }

  @Test(
    "the system is asked for large pages for a large array",
    .enabled(if: FileManager.default.fileExists(atPath: "/sys/kernel/mm/transparent_hugepage/enabled")))
  func advice() throws {
    var bytes: [UInt8] = [1]
    bytes.reserveLargePages(for: 64 << 20)
    let address = unsafe bytes.withUnsafeMutableBytes { UInt(bitPattern: $0.baseAddress) }
    #expect(try wantsLargePages(address + (32 << 20)))
  }

  /// Whether the mapping at an address is marked for large pages.
  private func wantsLargePages(_ address: UInt) throws -> Bool {
    // Its size is not known before it has been read.
    let file = try #require(FileHandle(forReadingAtPath: "/proc/self/smaps"))
    let maps = String(decoding: try file.readToEnd() ?? Data(), as: UTF8.self)
    var isHere = false
    for line in maps.split(separator: "\n") {
      let words = line.split(separator: " ")
      let ends = words[0].split(separator: "-").map { UInt($0, radix: 16) }
      if ends.count == 2, let start = ends[0], let end = ends[1] { isHere = (start..<end).contains(address) }
      if isHere, words[0] == "VmFlags:" { return words.contains("hg") }
    }
    Issue.record("no mapping holds \(address)")
    return false
  }
}
