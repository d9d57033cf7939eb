import Foundation
import LMDB
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

  @Test("the older meta page's transaction raised above the newer one's is refused, not taken for the last commit")
  func olderPromoted() throws {
    let (bytes, content) = try sound(commits: 6)
    let transaction = { (page: Int) in bytes[page * Self.pageSize + 144] }
    let older = transaction(0) < transaction(1) ? 0 : 1
    var damaged = bytes
    damaged[older * Self.pageSize + 144] += 2
    #expect(try outcome(of: damaged, expecting: content) == .refused)
  }

  @Test("a file cut at any page boundary is refused")
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
