import Foundation
@testable import LMDB
import SystemPackage
import TestSupport
import Testing

@Suite("The check before LMDB opens a file")
final class PreflightTests {
  static let pageSize = Int(sysconf(Int32(_SC_PAGESIZE)))
  /// The bytes of a meta page that carry something: page header and meta record.
  static let metaBytes = 0..<152

  let scratch: Scratch

  init() throws {
    // In memory if there is such a place: these tests write and open thousands of small files.
    let memory = "/dev/shm"
    scratch = try FileManager.default.isWritableFile(atPath: memory) ? Scratch(in: FilePath(memory)) : Scratch()
    scratch.isDamaged = true
  }

  /// What became of an attempt to open a damaged file.
  enum Outcome: Equatable {
    case refused
    case sameContent
    case otherContent
  }

  /// Opens the file with these bytes, reads everything, appends, reads again.
  private func outcome(of bytes: [UInt8], expecting content: [[UInt8]]) throws -> Outcome {
    try scratch.write(bytes)
    let environment: Environment
    do throws(OpenError) {
      environment = try scratch.open(.readWrite)
    } catch .preflight {
      return .refused
    }
    guard try environment.content() == content else { return .otherContent }
    try environment.append(50)
    guard try environment.content().prefix(content.count).elementsEqual(content) else { return .otherContent }
    return .sameContent
  }

  /// A file after so many commits, with its content.
  private func sound(commits: Int) throws -> (bytes: [UInt8], content: [[UInt8]]) {
    let environment = try scratch.open()
    for _ in 1..<commits { try environment.append(60) }
    return (try scratch.bytes(), try environment.content())
  }

  @Test("a byte of a meta page, flipped in any bit, is refused or changes nothing", arguments: [2, 7])
  func metaFlips(commits: Int) throws {
    let (bytes, content) = try sound(commits: commits)
    #expect(try outcome(of: bytes, expecting: content) == .sameContent)
    var refused = 0
    var harmless: Set<Int> = []
    for page in 0...1 {
      for offset in Self.metaBytes {
        for pattern in [1, 2, 4, 8, 16, 32, 64, 128, 255] as [UInt8] {
          var damaged = bytes
          damaged[page * Self.pageSize + offset] ^= pattern
          switch try outcome(of: damaged, expecting: content) {
          case .refused: refused += 1
          case .sameContent: harmless.insert(offset)
          case .otherContent:
            Issue.record("page \(page), byte \(offset), pattern \(pattern): opened with other content")
          }
        }
      }
    }
    #expect(refused > 1000)
    // Magic, version, page size and transaction are never let through.
    for offset in Array(16..<24) + Array(40..<44) + Array(144..<152) { #expect(!harmless.contains(offset)) }
  }

  @Test("a meta page that was written in part, whatever words of it, is refused or gives one of the two last commits")
  func tornMeta() throws {
    for commits in 2...7 {
      let (before, acknowledged) = try sound(commits: commits)
      let (after, next) = try commitOnce()
      let meta = newer(of: after)
      // What a commit writes of its page, in words of eight bytes; only those that change can be torn.
      let words = stride(from: 32, to: 152, by: 8).filter { offset in
        (offset..<offset + 8).contains { before[meta + $0] != after[meta + $0] }
      }
      #expect((4...12).contains(words.count))
      var refused = 0
      for written in 0..<(1 << words.count) {
        var torn = after
        for (bit, offset) in words.enumerated() where written >> bit & 1 == 0 {
          torn.replaceSubrange(meta + offset..<meta + offset + 8, with: before[meta + offset..<meta + offset + 8])
        }
        switch try outcome(of: torn, expecting: acknowledged) {
        case .refused: refused += 1
        case .sameContent: break
        case .otherContent:
          #expect(
            try outcome(of: torn, expecting: next) == .sameContent,
            "after \(commits) commits, words \(String(written, radix: 2)) of \(words)")
        }
      }
      #expect(refused < 1 << words.count, "the whole page and none of it are no fault")
      try FileManager.default.removeItem(atPath: scratch.data.string)
    }
  }

  /// One more commit, and the file and content after it.
  private func commitOnce() throws -> (bytes: [UInt8], content: [[UInt8]]) {
    let environment = try scratch.open()
    try environment.append(60)
    return (try scratch.bytes(), try environment.content())
  }

  @Test("the older meta page's transaction raised above the newer one's is refused, not taken for the last commit")
  func olderPromoted() throws {
    let (bytes, content) = try sound(commits: 6)
    let transaction = { (page: Int) in bytes[page * Self.pageSize + 144] }
    let older = transaction(0) < transaction(1) ? 0 : 1
    var damaged = bytes
    damaged[older * Self.pageSize + 144] += 2
    #expect(try outcome(of: damaged, expecting: content) == .refused)
  }

  /// What LMDB leaves of a commit whose meta page could not be written, with that page's place: the last page and the
  /// transaction are taken back, the roots stay. And the content before.
  private func takenBack(after commits: Int) throws -> (bytes: [UInt8], failed: Int, content: [[UInt8]]) {
    let (before, content) = try sound(commits: commits)
    try scratch.open().append(60)
    var bytes = try scratch.bytes()
    let failed = newer(of: bytes)
    bytes.replaceSubrange(failed + 136..<failed + 152, with: before[failed + 136..<failed + 152])
    return (bytes, failed, content)
  }

  @Test("what LMDB leaves of a meta page that could not be written is no fault, and the next commit replaces it")
  func takenBack() throws {
    for commits in 2...7 {
      let (bytes, _, content) = try takenBack(after: commits)
      #expect(try outcome(of: bytes, expecting: content) == .sameContent, "after \(commits) commits")
      try scratch.open().append(60)
      #expect(try scratch.open().content().starts(with: content))
      try FileManager.default.removeItem(atPath: scratch.data.string)
    }
  }

  @Test("over what LMDB leaves of a failed meta page, the good one flipped in any bit is refused or changes nothing")
  func takenBackAndFlipped() throws {
    for commits in 2...7 {
      let (bytes, failed, content) = try takenBack(after: commits)
      let good = Self.pageSize - failed
      var refused = 0
      for bit in Self.metaBytes.lowerBound * 8..<Self.metaBytes.upperBound * 8 {
        var damaged = bytes
        damaged[good + bit / 8] ^= 1 << UInt8(bit % 8)
        switch try outcome(of: damaged, expecting: content) {
        case .refused: refused += 1
        case .sameContent: break
        case .otherContent: Issue.record("after \(commits) commits, bit \(bit): opened with other content")
        }
      }
      #expect(refused > 300, "after \(commits) commits")
      try FileManager.default.removeItem(atPath: scratch.data.string)
    }
  }

  @Test("a file whose last page is in use is refused when it is cut, at any page boundary")
  func truncation() throws {
    let (bytes, content) = try sound(commits: 8)
    let pages = bytes.count / Self.pageSize
    #expect(pages > 10)
    for page in 0..<pages {
      #expect(
        try outcome(of: Array(bytes.prefix(page * Self.pageSize)), expecting: content) == .refused, "page \(page)")
    }
  }

  @Test("a file of a few bytes is refused, and not made a new environment", arguments: [0, 1, 100, 4095])
  func stub(length: Int) throws {
    let (bytes, content) = try sound(commits: 3)
    #expect(try outcome(of: Array(bytes.prefix(length)), expecting: content) == .refused)
    #expect(throws: OpenError.self) { try scratch.open(.create) }
    #expect(try scratch.bytes().count == length)
  }

  @Test("a refusal names the file, the page, the field and what to do")
  func message() throws {
    var bytes = try sound(commits: 3).bytes
    bytes[Self.pageSize + 16] ^= 1
    try scratch.write(bytes)
    let error = #expect(throws: OpenError.self) { try scratch.open(.readOnly) }
    let text = error?.description ?? ""
    for part in [scratch.data.string, "page 1", "magic", "restore"] { #expect(text.contains(part), "\(text)") }
  }

  @Test("a last page beyond what a file can have is refused, wherever the roots point")
  func lastPageOverflow() throws {
    let (bytes, content) = try sound(commits: 4)
    for last: UInt64 in [.max, .max - 1, .max / UInt64(Self.pageSize) + 1] {
      for root: UInt64 in [last, last / 2] {
        var damaged = bytes
        damaged.replace(at: newer(of: bytes) + 128, with: root)
        damaged.replace(at: newer(of: bytes) + 136, with: last)
        #expect(try outcome(of: damaged, expecting: content) == .refused, "last page \(last), root \(root)")
      }
    }
  }

  @Test("a free list whose leaves do not all lie at one level is refused")
  func unevenFreeList() throws {
    let (bytes, content) = try sound(commits: 4)
    let first = UInt64(bytes.count / Self.pageSize)
    let list = [UInt64(1), 2].flatMap { $0.bytes }
    let leaf = { (number: UInt64) in self.page(number, flags: 2, nodes: [(UInt32(16), list)]) }
    let damagedPages = [
      page(first, flags: 1, nodes: (1...3).map { (UInt32(first) + $0, []) }),
      leaf(first + 1),
      // As a leaf's entry, this one would be longer than its page.
      page(first + 2, flags: 1, nodes: [(80_000, [])]),
      leaf(first + 3),
    ]
    var damaged = bytes + damagedPages.joined()
    let meta = newer(of: bytes)
    damaged[meta + 46] = 2
    damaged.replace(at: meta + 80, with: first)
    damaged.replace(at: meta + 136, with: first + 3)
    #expect(try outcome(of: damaged, expecting: content) == .refused)
  }

  @Test("a free list that says it has gigabytes, in a file that takes no room for them, is not read whole")
  func hugeFreeList() throws {
    let (bytes, _) = try sound(commits: 4)
    let first = UInt64(bytes.count / Self.pageSize)
    let size = UInt32(3 << 30)
    let pages = UInt32((16 + Int(size) + Self.pageSize - 1) / Self.pageSize)
    // One entry, of the newest transaction, on pages of its own, which are a hole in the file.
    var leaf = page(first, flags: 2, nodes: [(size, (first + 1).bytes)])
    leaf[Int(leaf[16]) + Int(leaf[17]) << 8 + 4] = 1
    leaf.replace(at: leaf.count - 16, with: UInt64(bytes[newer(of: bytes) + 144]))
    var overflow = [UInt8](repeating: 0, count: Self.pageSize)
    overflow.replace(at: 0, with: first + 1)
    overflow[10] = 4
    overflow.replace(at: 12, with: pages)
    var damaged = bytes
    let meta = newer(of: bytes)
    damaged[meta + 46] = 1
    damaged.replace(at: meta + 80, with: first)
    damaged.replace(at: meta + 136, with: first + UInt64(pages))
    try scratch.write(damaged + leaf + overflow)
    #expect(unsafe truncate(scratch.data.string, off_t((Int(first) + 1 + Int(pages)) * Self.pageSize)) == 0)
    let before = try peakMemory()
    try Preflight.check(scratch.data)
    #expect(try peakMemory() - before < 512 << 10, "kilobytes")
  }

  /// The most memory this process has held, in kilobytes.
  private func peakMemory() throws -> Int {
    let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
    let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") })
    return try #require(line.split(separator: " ").dropLast().last.flatMap { Int($0) })
  }

  /// Where the newer meta page begins.
  private func newer(of bytes: [UInt8]) -> Int {
    bytes[144] > bytes[Self.pageSize + 144] ? 0 : Self.pageSize
  }

  /// A page of a tree; each node has an 8-byte key, the low part of a child's number or a value's size, and a value.
  private func page(_ number: UInt64, flags: UInt8, nodes: [(low: UInt32, value: [UInt8])]) -> [UInt8] {
    var page = [UInt8](repeating: 0, count: Self.pageSize)
    page.replace(at: 0, with: number)
    page[10] = flags
    page[12] = UInt8(16 + 2 * nodes.count)
    var offset = Self.pageSize
    for (index, node) in nodes.enumerated() {
      let bytes = node.low.bytes + [0, 0, 8, 0] + UInt64(index + 1).bytes + node.value
      offset -= bytes.count
      page.replace(at: 16 + 2 * index, with: UInt16(offset))
      page.replaceSubrange(offset..<offset + bytes.count, with: bytes)
    }
    page.replace(at: 14, with: UInt16(offset))
    return page
  }

  @Test("pages behind the last one, as a killed writer leaves them, are no fault")
  func trailingPages() throws {
    let (bytes, content) = try sound(commits: 4)
    let longer = bytes + [UInt8](repeating: 0xAA, count: 3 * Self.pageSize + 17)
    #expect(try outcome(of: longer, expecting: content) == .sameContent)
  }

  @Test("a file is never refused while another process commits to it")
  func liveWriter() async throws {
    let environment = try scratch.open(durability: .unsynced)
    try environment.append(10)
    let directory = scratch.path.string
    let writes = Task.detached {
      while !Task.isCancelled { try environment.append(3, size: 700) }
    }
    await #expect(processExitsWith: .success) { [directory = directory as String] in
      for _ in 0..<40 {
        let reader = try Environment.open(
          at: FilePath(directory), options: EnvironmentOptions(mode: .readOnly, tables: ["records"], mapSize: 1 << 26))
        #expect(try reader.content().count >= 10)
      }
    }
    writes.cancel()
    _ = await writes.result
    try environment.makeSynchronous()
  }
}

extension FixedWidthInteger {
  /// The bytes as an LMDB file has them on this machine.
  fileprivate var bytes: [UInt8] { unsafe withUnsafeBytes(of: littleEndian) { unsafe Array($0) } }
}

extension [UInt8] {
  fileprivate mutating func replace(at offset: Int, with value: some FixedWidthInteger) {
    replaceSubrange(offset..<offset + value.bytes.count, with: value.bytes)
  }
}
