import Foundation
import TestSupport
import Testing

@testable import varve

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// That benches measure what they say.
@Suite("varve bench")
struct BenchCommandTests {
  @Test("a call meets another when both go on at one moment")
  func meeting() {
    let start = ContinuousClock.now
    func calls(_ times: [ClosedRange<Int>]) -> [TimedCall] {
      times.map { TimedCall(begin: start + .seconds($0.lowerBound), end: start + .seconds($0.upperBound)) }
    }
    let reads = calls([0...1, 2...3, 4...9, 10...11, 12...13, 14...15, 20...21])
    func found(_ switches: [ClosedRange<Int>]) -> [Duration] {
      reads.meeting(calls(switches)).map { $0.begin - start }
    }
    #expect(found([]) == [])
    #expect(found([5...6]) == [.seconds(4)])
    #expect(found([5...6, 7...8]) == [.seconds(4)])
    #expect(found([3...10, 13...13, 16...19]) == [2, 4, 10, 12].map { .seconds($0) })
    #expect(found([22...30]) == [])
  }

  private func figures(_ world: DemoWorld, _ command: [String]) throws -> [String: [String: Any]] {
    let lines = try world.expect(0, ["bench", "projections"] + command).output.split(separator: "\n")
    let objects = try lines.map { try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any] ?? [:] }
    return Dictionary(objects.map { ($0["figure"] as? String ?? "", $0) }) { first, _ in first }
  }

  @Test("an appender is measured beside a rebuild that rebuilds, or not at all")
  func appender() throws {
    try DemoWorld.withStore { world in
      try world.expect(0, ["replay"])
      let found = try figures(world, ["appender", "--appends", "2000"])
      #expect(found["append-beside-rebuild"]?["calls"] as? Int == 2000)
      #expect(found["rebuild-beside-appends"]?["records"] as? Int ?? 0 > 0)
      // Somebody else is making a version.
      let lock = unsafe open("\(world.store)/projections/proposer-state/builder.lock", O_RDWR | O_CLOEXEC)
      #expect(flock(lock, LOCK_EX | LOCK_NB) == 0)
      let refused = try world.expect(3, ["bench", "projections", "appender", "--appends", "3"])
      #expect(!refused.output.contains("append-beside-rebuild"))
      close(lock)
    }
  }

  @Test("readers beside switches are those that meet one")
  func switches() throws {
    try DemoWorld.withStore { world in
      for _ in 0..<2 { try world.expect(0, ["projection", "rebuild", "proposer-state", "--restart"]) }
      let found = try figures(world, ["switch", "--switches", "10"])
      #expect(found["read-beside-switches"]?["calls"] as? Int ?? 0 > 0 && found["switch"]?["calls"] as? Int == 10)
      // Where nothing is switched there is nothing to meet.
      let none = try world.expect(3, ["bench", "projections", "switch", "--switches", "0"])
      #expect(none.errors.contains("no reader has met a switch"))
    }
  }

  @Test("proofs of the past are made with storage where there is any")
  func proofs() throws {
    try withTemporaryDirectory { directory in
      let store = ["--data-dir", "\(directory)/store"]
      func run(_ command: [String]) throws -> (exitCode: Int32, output: String) {
        let run = try Tool.run(command + store)
        return (run.exitCode, run.output)
      }
      let chain = ["--load", "tokens", "--accounts", "6", "--blocks", "4", "--transactions", "3", "--quiet"]
      #expect(try run(["bench", "chain"] + chain).exitCode == 0)
      #expect(try run(["projection", "rebuild", "proposer-state", "--archive", "--quiet"]).exitCode == 0)
      let past = ["bench", "projections", "past", "--back", "2", "--calls", "4"]
      let found = try run(past + ["--slots", "2"])
      #expect(found.exitCode == 0 && found.output.contains("\"proof-past\"") && found.output.contains("\"memory\""))
      #expect(try run(past + ["--slots", "7"]).exitCode == 3, "there are six holders")
    }
  }
}
