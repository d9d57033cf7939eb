import Foundation
import Primitives
import Roles
import Rollup
import SystemPackage
import TestSupport
import Testing

@testable import Node

@Suite("Files of lines")
struct LineFileTests {
  @Test("wherever a crash has cut the last line, the lines before it stand, and the next one stands alone")
  func tornTail() throws {
    try withTemporaryDirectory { directory in
      let path = FilePath("\(directory)/a/b/lines")
      try LineFile(path).append("first")
      let whole = Array("first\n".utf8)
      for count in 0..<40 {
        let torn = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }.filter { $0 != 10 }
        try Data(whole + torn).write(to: URL(fileURLWithPath: path.string))
        let file = try LineFile(path)
        #expect(try file.lines() == ["first"])
        try file.append("second")
        #expect(try LineFile(path).lines() == ["first", "second"], "\(count) bytes of a line")
      }
      try Data("no line".utf8).write(to: URL(fileURLWithPath: path.string))
      #expect(try LineFile(path).lines().isEmpty)
    }
  }

  @Test("a line that cannot be written whole leaves nothing behind")
  func refusedWrite() throws {
    try withTemporaryDirectory { directory in
      let file = try LineFile(FilePath("\(directory)/lines"))
      try file.append("first")
      try FileManager.default.removeItem(atPath: file.path.string)
      #expect(throws: NodeError.self) { try file.append("second") }
      #expect(!FileManager.default.fileExists(atPath: file.path.string), "a file that went is not begun anew")
    }
  }

  @Test("other lines take the place of all, and what is left of an earlier draft does not matter")
  func replacement() throws {
    try withTemporaryDirectory { directory in
      let file = try LineFile(FilePath("\(directory)/lines"))
      for line in ["a", "b", "c"] { try file.append(line) }
      try Data("draft of a process that was killed".utf8).write(to: URL(fileURLWithPath: "\(directory)/lines.tmp"))
      try file.replace(with: ["b"])
      try file.append("d")
      #expect(try LineFile(file.path).lines() == ["b", "d"])
    }
  }
}

@Suite("What a sequencer was permitted to sign")
struct SignerStoreTests {
  @Test("after a torn last line a sequencer signs on, and starts again and again")
  func tornPermission() async throws {
    try await withTemporaryDirectory { (path: String) async throws in
      let permissions = URL(fileURLWithPath: "\(path)/signer/permissions")
      var count = 0
      for round in 0..<4 {
        var devnet = try Devnet(directory: FilePath(path))
        for _ in 0..<3 { try await devnet.tick() }
        let stored = try SignerStore(directory: FilePath("\(path)/signer")).permissions()
        #expect(stored.count > count, "start \(round)")
        #expect(devnet.sequencer.signingGuard.permissions.values.map(\.count).reduce(0, +) == stored.count)
        count = stored.count
        let bytes = try Data(contentsOf: permissions)
        try (bytes + bytes.prefix(200)).write(to: permissions)
      }
    }
  }

  @Test("what a key cannot sign is not permitted")
  func badPrivateKey() async throws {
    try await withTemporaryDirectory { (path: String) async throws in
      var devnet = try Devnet(directory: FilePath("\(path)/devnet"))
      for _ in 0..<3 { try await devnet.tick() }
      let store = try SignerStore(directory: FilePath("\(path)/signer"))
      var sequencer = devnet.sequencer
      let view = devnet.view
      let block = try #require(sequencer.signingGuard.permissions.values.first?.first?.block)
      #expect(throws: NodeError.self) {
        _ = try store.sign(block, for: &sequencer, view, privateKey: .zero)
      }
      #expect(try store.permissions().isEmpty)
    }
  }

  @Test("a whole line that is damaged is told by its number, and nothing is signed")
  func damagedPermission() async throws {
    try await withTemporaryDirectory { (path: String) async throws in
      do {
        var devnet = try Devnet(directory: FilePath(path))
        for _ in 0..<3 { try await devnet.tick() }
      }
      let permissions = URL(fileURLWithPath: "\(path)/signer/permissions")
      var bytes = try Data(contentsOf: permissions)
      bytes[0] ^= 1
      try bytes.write(to: permissions)
      let error = #expect(throws: NodeError.self) { _ = try Devnet(directory: FilePath(path)) }
      #expect(error.map { "\($0)".contains("line 1 is damaged") } ?? false)
    }
  }
}
