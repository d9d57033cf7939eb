import Foundation
import LMDB
import Rollup
import TestSupport
import Testing

@testable import varve

@Suite("The doctor")
struct DoctorTests {
  private func statuses(_ found: [[String: Any]]) -> [String: String] {
    let findings = found.first?["findings"] as? [[String: Any]] ?? []
    return Dictionary(findings.map { ($0["check"] as? String ?? "", $0["status"] as? String ?? "") }) { first, _ in
      first
    }
  }

  @Test("a store of an import is well once its state is built; what is missing, unfinished or set aside is told")
  func imported() throws {
    try DemoWorld.withStore { world in
      let missing = try world.expect(1, ["doctor"])
      #expect(missing.output.contains("fail  proposer-state") && missing.errors.contains("varve projection rebuild"))
      try world.expect(0, ["replay"])
      let well = statuses(try world.json(["doctor", "--window"]))
      #expect(well["proposer-state"] == "ok" && well["log's key"] == "ok" && well["window"] == "ok")
      #expect(!well.values.contains("fail"))
      // What an interrupted rebuild leaves, and what was damaged once.
      let projections = "\(world.store)/projections/proposer-state"
      for directory in ["\(projections)/v7-s8", "\(world.store)/quarantine-1"] {
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
      }
      let left = statuses(try world.json(["doctor"]))
      #expect(left["proposer-state"] == "warn" && left["set aside"] == "warn")
      #expect(try world.expect(0, ["doctor"]).output.contains("`varve projection drop proposer-state --unfinished`"))
      // The remedy is one. What is finished and waits is nothing to be warned of; what a killed verification left is.
      try world.expect(0, ["projection", "drop", "proposer-state", "--unfinished"])
      #expect(statuses(try world.json(["doctor"]))["proposer-state"] == "ok")
      try world.expect(0, ["projection", "rebuild", "proposer-state", "--no-switch"])
      #expect(try world.expect(0, ["doctor"]).output.contains("waits for `varve projection switch`"))
      #expect(statuses(try world.json(["doctor"]))["proposer-state"] == "ok")
      try FileManager.default.createDirectory(atPath: "\(projections)/scratch", withIntermediateDirectories: true)
      #expect(statuses(try world.json(["doctor"]))["proposer-state"] == "warn")
      try world.expect(0, ["projection", "drop", "proposer-state", "--unfinished"])
      #expect(statuses(try world.json(["doctor"]))["proposer-state"] == "ok")
      // A key whose log is another one.
      let signer = "\(world.store)/signer"
      let checkpoint = try #require(
        try FileManager.default.contentsOfDirectory(atPath: signer).first { $0.hasSuffix(".checkpoint") })
      try Data("nonsense\n".utf8).write(to: URL(fileURLWithPath: "\(signer)/\(checkpoint)"))
      #expect(statuses(try world.json(["doctor"], exitCode: 1))["log's key"] == "fail")
    }
  }

  @Test("of a devnet's store the window is looked at: history, journal, data, bonds, and the signing guard")
  func devnet() throws {
    try withTemporaryDirectory { directory in
      let store = "\(directory)/live"
      func run(_ code: Int32, _ arguments: [String]) throws -> [[String: Any]] {
        let run = try Tool.run(arguments + ["--json", "--data-dir", store])
        #expect(run.exitCode == code, "\(arguments): \(run.output)\(run.errors)")
        return try run.output.split(separator: "\n").compactMap {
          try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]
        }
      }
      _ = try run(0, ["devnet", "--pace", "0", "--blocks", "14"])
      let found = statuses(try run(0, ["doctor", "--window"]))
      for check in ["log", "history", "journal", "data", "bonds", "signing guard", "query-index", "output 0"] {
        #expect(found[check] == "ok", "\(check) in \(found)")
      }
      // Its L1 is in the past.
      #expect(found["clock"] == "warn")
      // A guard that was restored from an older copy knows less than L1.
      let file = "\(store)/signer/permissions"
      let lines = try String(contentsOfFile: file, encoding: .utf8)
      let older = lines.split(separator: "\n").prefix(3).map { "\($0)\n" }.joined()
      try older.write(toFile: file, atomically: true, encoding: .utf8)
      #expect(statuses(try run(1, ["doctor"]))["signing guard"] == "fail")
      try ("nonsense\n" + lines).write(toFile: file, atomically: true, encoding: .utf8)
      #expect(statuses(try run(1, ["doctor"]))["signing guard"] == "fail")
      try lines.write(toFile: file, atomically: true, encoding: .utf8)
      _ = try run(0, ["doctor"])
    }
  }

  @Test("it writes nothing, and what is broken in one place hides nothing of the others")
  func broken() throws {
    try withTemporaryDirectory { directory in
      let store = "\(directory)/live"
      func json(_ code: Int32, _ arguments: [String]) throws -> [[String: Any]] {
        let run = try Tool.run(arguments + ["--json", "--data-dir", store])
        #expect(run.exitCode == code, "\(arguments): \(run.output)\(run.errors)")
        return try run.output.split(separator: "\n").compactMap {
          try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]
        }
      }
      _ = try json(0, ["devnet", "--pace", "0", "--blocks", "6"])
      _ = try json(0, ["projection", "rebuild", "proposer-state", "--to", "3"])
      func recordsBehind() throws -> Int? {
        let all = try json(0, ["projection", "list"])[0]["projections"] as? [[String: Any]] ?? []
        let live = all.first { $0["name"] as? String == "proposer-state" }?["live"] as? [String: Any]
        return live?["recordsBehind"] as? Int
      }
      let behind = try #require(try recordsBehind())
      #expect(behind > 0)
      _ = try Tool.run(["doctor", "--window", "--data-dir", store])
      #expect(try recordsBehind() == behind, "a doctor brings nothing up")
      // Neither what L1 says of outputs nor the state can be read.
      for name in ["proposer-state", "challenger-view"] {
        let projection = "\(store)/projections/\(name)"
        let version = try String(contentsOfFile: "\(projection)/CURRENT", encoding: .utf8).split(separator: "\n")[0]
        let file = URL(fileURLWithPath: "\(projection)/\(version)/data.mdb")
        try Data(repeating: 7, count: 65_536).write(to: file)
      }
      let found = statuses(try json(1, ["doctor", "--window"]))
      for check in ["proposer-state", "challenger-view", "journal", "data", "outputs"] {
        #expect(found[check] == "fail", "\(check) in \(found)")
      }
      for check in ["log", "history", "bonds"] { #expect(found[check] == "ok", "\(check) in \(found)") }
    }
  }

  @Test("a dispute is well while the right side has the last word; one that is nearly lost, or lost, is told")
  func disputes() {
    func status(isRight: Bool, _ winner: GameStatus, until end: UInt64?) -> DoctorFinding.Status {
      WindowExamination.disputeFinding(
        "output 0", "disputed", isRight: isRight, winner: winner, until: end, now: 1000, answerTime: 60
      ).status
    }
    #expect(status(isRight: true, .defenderWins, until: 1001) == .ok)
    #expect(status(isRight: false, .challengerWins, until: nil) == .ok)
    for (isRight, winner) in [(true, GameStatus.challengerWins), (false, .defenderWins)] {
      #expect(status(isRight: isRight, winner, until: 1060) == .warn)
      #expect(status(isRight: isRight, winner, until: 1059) == .fail)
      #expect(status(isRight: isRight, winner, until: 1000) == .fail)
      #expect(status(isRight: isRight, winner, until: nil) == .fail)
    }
  }

  @Test("every warning about the file is told, each under what it is about")
  func fileWarnings() {
    let (good, bad) = (LibraryVersion(major: 0, minor: 9, patch: 24), LibraryVersion(major: 0, minor: 9, patch: 30))
    func told(_ warnings: [String], _ library: LibraryVersion) -> [String] {
      StoreExamination.fileFindings(warnings, of: library).map { "\($0.check) \($0.status)" }
    }
    #expect(told([], good) == ["LMDB ok"])
    #expect(told(bad.warnings, bad) == ["LMDB warn"])
    #expect(told(["an overlay"], good) == ["LMDB ok", "log's disk warn"])
    #expect(told(["an overlay"] + bad.warnings, bad) == ["LMDB warn", "log's disk warn"])
    let texts = StoreExamination.fileFindings(["an overlay"] + bad.warnings, of: bad).map(\.text)
    #expect(texts[0].contains(bad.warnings[0]) && texts[1] == "an overlay")
  }

  @Test("disk and clock have bounds")
  func bounds() {
    let (mebi, gibi) = (1 << 20, 1 << 30)
    #expect(StoreExamination.diskFinding(free: 10 * gibi, largestProjection: gibi).status == .ok)
    #expect(StoreExamination.diskFinding(free: gibi, largestProjection: gibi).status == .warn)
    #expect(StoreExamination.diskFinding(free: 100 * mebi, largestProjection: 0).status == .fail)
    #expect(StoreExamination.mapFinding(usedBytes: 799, mapSize: 1000).status == .ok)
    #expect(StoreExamination.mapFinding(usedBytes: 800, mapSize: 1000).status == .warn)
    let full = StoreExamination.mapFinding(usedBytes: 950, mapSize: 1000)
    #expect(full.status == .fail && full.remedy?.contains("ulimit -v") == true)
    #expect(StoreExamination.clockFinding(now: 1000, l1Time: 990).status == .ok)
    #expect(StoreExamination.clockFinding(now: 1000, l1Time: 1010).status == .ok)
    #expect(StoreExamination.clockFinding(now: 1000, l1Time: 1100).text.contains("ahead"))
    #expect(StoreExamination.clockFinding(now: 5000, l1Time: 1000).status == .warn)
  }
}
