import Foundation
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

  @Test("disk and clock have bounds")
  func bounds() {
    let (mebi, gibi) = (1 << 20, 1 << 30)
    #expect(StoreExamination.diskFinding(free: 10 * gibi, largestProjection: gibi).status == .ok)
    #expect(StoreExamination.diskFinding(free: gibi, largestProjection: gibi).status == .warn)
    #expect(StoreExamination.diskFinding(free: 100 * mebi, largestProjection: 0).status == .fail)
    #expect(StoreExamination.clockFinding(now: 1000, l1Time: 990).status == .ok)
    #expect(StoreExamination.clockFinding(now: 1000, l1Time: 1010).status == .ok)
    #expect(StoreExamination.clockFinding(now: 1000, l1Time: 1100).text.contains("ahead"))
    #expect(StoreExamination.clockFinding(now: 5000, l1Time: 1000).status == .warn)
  }
}
