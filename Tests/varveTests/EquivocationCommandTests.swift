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
      try backup(store, "\(directory)/backup")
      let lines = try run(1, ["equivocation", "scan", "--json", "--data-dir", store]).output.split(separator: "\n")
      let proven = try lines.map { try object($0) }.filter { $0["verdict"] as? String == "proven" }
      let accusation = try #require(proven.first { $0["kind"] as? String == "doubleSign" })
      let number = try #require(accusation["number"] as? Int)
      let file = "\(directory)/evidence"
      let shown = try object(
        try run(0, ["equivocation", "show", "\(number)", "--out", file, "--json", "--data-dir", store]).output)
      // What the logs say and what the file alone does stand side by side.
      #expect(shown["fileVerdict"] as? String == "proven")
      #expect((shown["accusation"] as? [String: Any])?["verdict"] as? String == "proven")
      #expect(try run(0, ["equivocation", "show", "\(number)", "--data-dir", store]).output.contains("the file alone"))
      try verify(file, shown)
      _ = try run(0, ["projection", "rebuild", "equivocation-view", "--data-dir", store])
      _ = try run(0, ["projection", "verify", "equivocation-view", "--data-dir", store])
      _ = try run(3, ["equivocation", "receipt", "9999", "0", "--out", "\(directory)/receipt", "--data-dir", store])
      _ = try run(3, ["equivocation", "show", "9999", "--data-dir", store])
    }
  }

  /// Both logs, one after the other, and the testimony put back from there.
  private func backup(_ store: String, _ backup: String) throws {
    let (of, testimony) = (["--data-dir", store], ["--log", "testimony"])
    func root() throws -> String? {
      try object(run(0, ["log", "stats", "--json"] + testimony + of).output)["root"] as? String
    }
    let before = try #require(try root())
    _ = try run(0, ["log", "backup", backup] + testimony + of)
    _ = try run(3, ["log", "backup", backup] + testimony + of)
    #expect(try run(3, ["log", "restore", backup, "--data-dir", "\(backup)-2"]).errors.contains("a log in ledger/"))
    _ = try run(0, ["log", "backup", backup] + of)
    _ = try run(3, ["log", "restore", backup] + testimony + of)
    try FileManager.default.removeItem(atPath: "\(store)/testimony")
    #expect(try run(0, ["log", "restore", backup] + testimony + of).output.contains(before))
    #expect(try root() == before)
    _ = try run(0, ["log", "verify", "--data-dir", backup])
    _ = try run(0, ["log", "verify", "--data-dir", backup] + testimony)
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
      // Without a trusted hash nothing says whose key it is, but the reader.
      let words = try run(1, ["equivocation", "verify", copy]).output
      #expect(words.contains("for the reader to know") && words.contains("would be refuted by"))
      #expect(words.split(separator: "\n").first?.contains("whether that is the sequencer's key") == true)
      let signer = try #require(finding["signer"] as? String)
      let named = try object(try run(0, ["equivocation", "verify", copy, "--signer", signer, "--json"]).output)
      #expect(named["isAuthorityKnown"] as? Bool == true)
      let other = "0x" + String(repeating: "1", count: 40)
      _ = try run(1, ["equivocation", "verify", copy, "--signer", other])
      let document = try object(try run(0, ["equivocation", "show", copy, "--json"]).output)
      #expect((document["evidence"] as? [String: Any])?["limits"] as? [String] == [])
      _ = try run(1, ["equivocation", "verify", copy, "--trust", "0x" + String(repeating: "1", count: 64)])
      var bytes = [UInt8](try #require(FileManager.default.contents(atPath: copy)))
      bytes[bytes.count / 2] ^= 1
      try Data(bytes).write(to: URL(fileURLWithPath: copy))
      #expect(try run(1, ["equivocation", "verify", copy]).errors.contains("are not those that were written"))
      _ = try run(3, ["equivocation", "verify", "\(elsewhere)/nothing"])
    }
  }

  /// A receipt that a devnet gave out, as its name has it, and the line of the feed with what was signed.
  private struct Promise {
    var height, index, order: String
    var line: Int

    /// By the place of their lines.
    static func all(in devnet: String, feed: [Substring]) throws -> [Promise] {
      try FileManager.default.contentsOfDirectory(atPath: "\(devnet)/receipts").map { name in
        // HEIGHT-INDEX-ORDER.receipt
        let parts = name.split(whereSeparator: { "-.".contains($0) }).map(String.init)
        let line = try #require(feed.firstIndex { $0.contains(parts[2]) })
        return Promise(height: parts[0], index: parts[1], order: parts[2], line: line)
      }.sorted { ($0.line, $0.index) < ($1.line, $1.index) }
    }
  }

  @Test("the receipts that a devnet gave out are promises; what L1 stored since keeps them, or shows them broken")
  func receipts() throws {
    try withTemporaryDirectory { directory in
      for scenario in ["wrong-output", "double-sign"] {
        _ = try run(0, ["devnet", "--scenario", scenario, "--quiet", "--data-dir", directory])
        let store = "\(directory)/\(scenario)"
        let feed = try String(contentsOfFile: "\(store)/devnet/feed.jsonl", encoding: .utf8).split(separator: "\n")
        let promises = try Promise.all(in: "\(store)/devnet", feed: feed)
        for promise in promises {
          let file = "\(store)/devnet/receipts/\(promise.height)-\(promise.index)-\(promise.order).receipt"
          let given = try object(try run(0, ["equivocation", "verify", file, "--json"]).output)
          #expect(given["status"] as? String == "notYet" && given["height"] as? Int == Int(promise.height))
          #expect((given["orderCommitment"] as? String)?.hasPrefix("0x\(promise.order)") == true)
        }
        if scenario == "wrong-output" {
          #expect(promises.count > 2)
          for promise in promises { #expect(try fate(of: promise, toldBy: feed, store) == "kept") }
        } else {
          // Of the two orders of one block the second is the lie.
          let twice = promises.filter { promise in
            promises.contains { $0.height == promise.height && $0.line != promise.line }
          }
          #expect(twice.count == 2)
          let lie = try #require(twice.last)
          #expect(try fate(of: lie, toldBy: feed, store) == "broken")
          // Between the old key and the new one nobody's word counts: there no receipts are given out.
          for promise in promises where promise.line > lie.line {
            #expect(try fate(of: promise, toldBy: feed, store) != "refused")
          }
        }
      }
    }
  }

  /// What has become of a promise, which alone was heard, as a file tells it elsewhere.
  private func fate(of promise: Promise, toldBy feed: [Substring], _ devnet: String) throws -> String {
    try withTemporaryDirectory { directory in
      let (store, file) = ("\(directory)/store", "\(directory)/receipt")
      try FileManager.default.copyItem(atPath: devnet, toPath: store)
      try "\(feed[promise.line])\n".write(toFile: "\(directory)/heard", atomically: true, encoding: .utf8)
      _ = try run(0, ["import", "feed", "\(directory)/heard", "--data-dir", store])
      _ = try Tool.run(["equivocation", "scan", "--data-dir", store])
      let made = try object(
        try run(
          0,
          [
            "equivocation", "receipt", promise.height, promise.index, "--out", file, "--json", "--data-dir", store,
          ]
        ).output)
      let status = try #require(made["status"] as? String)
      let trusted = try ["l1Head", "logRoot"].flatMap { ["--trust", try #require(made[$0] as? String)] }
      let isBroken = status == "broken"
      let checked = try object(
        try run(isBroken ? 1 : 0, ["equivocation", "verify", file, "--json"] + trusted).output)
      #expect(checked["status"] as? String == status)
      #expect((checked["equivocation"] is String) == isBroken)
      return status
    }
  }

  @Test("a short drill comes out as it must, twice alike")
  func drill() throws {
    let first = try object(try run(0, ["equivocation", "drill", "--cases", "64", "--json"]).output)
    #expect(first["unexpected"] as? Int == 0 && first["honestAccused"] as? Int == 0 && first["cases"] as? Int == 64)
    #expect(try run(0, ["equivocation", "drill", "--cases", "32"]).output.contains("; 0 honest histories accused"))
    #expect(first["storedCases"] as? Int ?? 0 >= 48)
    _ = try run(2, ["equivocation", "drill", "--cases", "0"])
    _ = try run(2, ["equivocation", "drill", "--from", "\(UInt64.max)", "--cases", "2"])
  }

  @Test(
    "a drill with a planted error ends with 1, and names the case and its seed, which alone comes to the same",
    arguments: ["endlessSlashing", "recordedAgain"])
  func plantedError(bug: String) throws {
    let arguments = ["equivocation", "drill", "--bug", bug, "--seed", "5"]
    let report = try object(try run(1, arguments + ["--cases", "96", "--json"]).output)
    #expect(report["unexpected"] as? Int ?? 0 > 0 && report["bug"] as? String == bug)
    let fault = try #require((report["faults"] as? [String])?.first)
    let words = fault.split(separator: " ")
    #expect(fault.hasPrefix("case ") && fault.contains(" with seed ") && words.count > 4)
    let number = String(words[1].dropLast())
    let alone = try run(1, arguments + ["--from", number, "--cases", "1"]).output
    #expect(alone.contains(fault) && alone.contains("1 cases, 1 otherwise than they must"))
    _ = try run(0, ["equivocation", "drill", "--seed", "5", "--from", number, "--cases", "1"])
  }

  @Test("a drill takes its headers and transactions from a chain export, and refuses one that is none")
  func drillOverChain() throws {
    try withTemporaryDirectory { directory in
      _ = try run(0, ["demo-chain", "\(directory)/demo", "--quiet"])
      let file = "\(directory)/demo/chain.rlp"
      let arguments = ["equivocation", "drill", "--cases", "40", "--json", "--chain"]
      let report = try object(try run(0, arguments + [file]).output)
      #expect(report["chain"] as? String == file && report["blocks"] as? Int ?? 0 > 20)
      #expect(report["unexpected"] as? Int == 0 && report["cases"] as? Int == 40)
      var bytes = [UInt8](try #require(FileManager.default.contents(atPath: file)))
      bytes[bytes.count / 2] ^= 1
      let damaged = "\(directory)/damaged.rlp"
      try Data(bytes).write(to: URL(fileURLWithPath: damaged))
      #expect(try run(1, arguments + [damaged]).errors.contains("damaged.rlp, byte"))
      try Data(bytes.prefix(700)).write(to: URL(fileURLWithPath: damaged))
      _ = try run(3, arguments + [damaged])
    }
  }

  @Test("a drill takes its headers and transactions from a store, and refuses one that has too few")
  func drillOverStore() throws {
    try withTemporaryDirectory { directory in
      let arguments = ["equivocation", "drill", "--stored", "--json", "--cases", "40", "--data-dir"]
      let (imported, devnet) = ("\(directory)/imported", "\(directory)/devnet")
      _ = try run(0, ["demo-chain", "\(directory)/demo", "--quiet"])
      let file = "\(directory)/demo/chain.rlp"
      _ = try run(
        0,
        [
          "import", "chain", "--genesis", "\(directory)/demo/genesis.json", file, "--quiet", "--data-dir", imported,
        ])
      let exported = try object(
        try run(0, ["equivocation", "drill", "--cases", "40", "--json", "--chain", file]).output)
      let stored = try object(try run(0, arguments + [imported]).output)
      #expect(stored["chain"] as? String == imported && stored["unexpected"] as? Int == 0)
      // The store has the genesis besides, or the export has.
      let (one, other) = (try #require(stored["blocks"] as? Int), try #require(exported["blocks"] as? Int))
      #expect(abs(one - other) <= 1)
      _ = try run(0, ["devnet", "--scenario", "double-sign", "--quiet", "--data-dir", devnet])
      // A rollup's own blocks are read; this one has not enough of them.
      let refusal = try run(3, arguments + ["\(devnet)/double-sign"]).errors
      #expect(refusal.contains("it has 2 transactions, and a drill takes 32 at least"))
      _ = try run(2, arguments + [imported, "--chain", file])
      #expect(try run(3, arguments + ["\(directory)/none"]).errors.contains("none"))
    }
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
