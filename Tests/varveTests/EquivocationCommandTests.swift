// A sequencer that signs two orders, caught from the logs alone, and the evidence checked elsewhere.

import Foundation
import TestSupport
import Testing

@Suite("Equivocation, on the command line")
struct EquivocationCommandTests {
  private func run(
    _ exitCode: Int32, _ arguments: [String], location: SourceLocation = #_sourceLocation
  ) throws -> ToolRun {
    let run = try Tool.run(arguments)
    let said = "varve \(arguments.joined(separator: " ")): \(run.output)\(run.errors)"
    #expect(run.exitCode == exitCode, Comment(rawValue: said), sourceLocation: location)
    return run
  }

  private func object(_ text: some StringProtocol) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }

  @Test(
    "a devnet's double sign is found, proven in a file, and verified in an empty directory; a changed file is refused")
  func doubleSign() throws {
    try withTemporaryDirectory { directory in
      let store = "\(directory)/double-sign"
      _ = try run(0, ["devnet", "--scenario", "double-sign", "--quiet", "--data-dir", directory])
      _ = try run(0, ["equivocation", "scan", "--data-dir", store])
      let imported = try object(
        try run(0, ["import", "feed", "\(store)/devnet/feed.jsonl", "--json", "--data-dir", store]).output)
      #expect(imported["recorded"] as? Int ?? 0 > 5)
      let again = try object(
        try run(0, ["import", "feed", "\(store)/devnet/feed.jsonl", "--json", "--data-dir", store]).output)
      #expect(again["recorded"] as? Int == 0 && again["duplicates"] as? Int == imported["messages"] as? Int)
      for command in ["list", "stats", "verify"] {
        _ = try run(0, ["log", command, "--log", "testimony", "--data-dir", store])
      }
      _ = try run(0, ["log", "show", "0", "--log", "testimony", "--data-dir", store])
      let lines = try run(1, ["equivocation", "scan", "--json", "--data-dir", store]).output.split(separator: "\n")
      let proven = try lines.map { try object($0) }.filter { $0["verdict"] as? String == "proven" }
      let accusation = try #require(proven.first { $0["kind"] as? String == "doubleSign" })
      let number = try #require(accusation["number"] as? Int)
      let file = "\(directory)/evidence"
      let shown = try object(
        try run(0, ["equivocation", "show", "\(number)", "--out", file, "--json", "--data-dir", store]).output)
      try verify(file, shown)
      _ = try run(0, ["projection", "rebuild", "equivocation-view", "--data-dir", store])
      _ = try run(0, ["projection", "verify", "equivocation-view", "--data-dir", store])
      try receipt(store, directory)
    }
  }

  private func verify(_ file: String, _ shown: [String: Any]) throws {
    let l1 = try #require(shown["trustL1"] as? String)
    let log = try #require(shown["trustLog"] as? String)
    try withTemporaryDirectory { elsewhere in
      let copy = "\(elsewhere)/evidence"
      try FileManager.default.copyItem(atPath: file, toPath: copy)
      let finding = try object(
        try run(0, ["equivocation", "verify", copy, "--trust", l1, "--trust", log, "--json"]).output)
      #expect(finding["verdict"] as? String == "proven" && finding["isAuthorityKnown"] as? Bool == true)
      #expect(finding["evidenceHash"] as? String == shown["evidenceHash"] as? String)
      let words = try run(0, ["equivocation", "verify", copy]).output
      #expect(words.contains("for the reader to know") && words.contains("would be refuted by"))
      _ = try run(1, ["equivocation", "verify", copy, "--trust", "0x" + String(repeating: "1", count: 64)])
      var bytes = [UInt8](try #require(FileManager.default.contents(atPath: copy)))
      bytes[bytes.count / 2] ^= 1
      try Data(bytes).write(to: URL(fileURLWithPath: copy))
      #expect(try run(1, ["equivocation", "verify", copy]).errors.contains("are not those that were written"))
      _ = try run(3, ["equivocation", "verify", "\(elsewhere)/nothing"])
    }
  }

  private func receipt(_ store: String, _ directory: String) throws {
    let feed = try String(contentsOfFile: "\(store)/devnet/feed.jsonl", encoding: .utf8)
    #expect(feed.split(separator: "\n").count > 5)
    _ = try run(3, ["equivocation", "receipt", "9999", "0", "--out", "\(directory)/receipt", "--data-dir", store])
    _ = try run(3, ["equivocation", "show", "9999", "--data-dir", store])
  }

  @Test("a short drill comes out as it must, twice alike")
  func drill() throws {
    let first = try object(try run(0, ["equivocation", "drill", "--cases", "64", "--json"]).output)
    #expect(first["unexpected"] as? Int == 0 && first["honestAccused"] as? Int == 0 && first["cases"] as? Int == 64)
    #expect(try run(0, ["equivocation", "drill", "--cases", "32"]).output.contains("0 honest histories accused"))
    _ = try run(2, ["equivocation", "drill", "--cases", "0"])
  }

  @Test("a capture that cannot be read names the line")
  func badCapture() throws {
    try withTemporaryDirectory { directory in
      _ = try run(0, ["demo-chain", "\(directory)/demo", "--quiet"])
      _ = try run(
        0,
        [
          "import", "chain", "--genesis", "\(directory)/demo/genesis.json", "\(directory)/demo/chain.rlp", "--quiet",
          "--data-dir", directory,
        ])
      try "{\"raw\":\"0x00\",\"format\":\"varve\"}\n{}\n".write(
        toFile: "\(directory)/capture", atomically: true, encoding: .utf8)
      #expect(
        try run(3, ["import", "feed", "\(directory)/capture", "--data-dir", directory]).errors.contains("line 2"))
      try "{\"raw\":\"0x00\",\"format\":\"varve\"}\n".write(
        toFile: "\(directory)/capture", atomically: true, encoding: .utf8)
      #expect(
        try run(0, ["import", "feed", "\(directory)/capture", "--data-dir", directory]).output.contains(
          "it is no signed commitment"))
    }
  }
}
