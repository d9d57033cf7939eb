import EventStore
import Foundation
import Hashing
import Primitives
import Rollup
import SystemPackage
import TestSupport
import Testing

@testable import varve

@Suite("Questions about outputs and the safe head")
struct OutputCommandTests {
  /// The one transaction of what `ledger` has; no bytes of any.
  private static let transaction: [UInt8] = [0xc1, 1]

  /// L1 has a block of a rollup, and a block of its own behind it.
  private static func ledger() throws -> RollupLedger {
    var ledger = try RollupLedger()
    try ledger.beginL1Block()
    try ledger.beginL1Block()
    try ledger.deliverBatch([ledger.block(transactions: [transaction])])
    try ledger.beginL1Block()
    return ledger
  }

  @Test("of an imported chain every output is listed, and judged again from the log alone")
  func imported() throws {
    try DemoWorld.withStore { world in
      try world.expect(3, ["output", "list"])
      try world.expect(0, ["replay"])
      let listed = try world.json(["output", "list", "--from", "0", "--count", "1000"])[0]
      let outputs = try #require(listed["outputs"] as? [[String: Any]])
      let head = try #require((listed["asOf"] as? [String: Any])?["number"] as? Int)
      #expect(outputs.count == head + 1 && outputs.allSatisfy { $0["verdict"] as? String == "agrees" })
      #expect(outputs.allSatisfy { $0["postedRoot"] as? String == $0["computedRoot"] as? String })
      let newest = try world.json(["output", "list", "--count", "2"])[0]["outputs"] as? [[String: Any]]
      #expect(newest?.map { $0["output"] as? Int } == [head - 1, head])
      #expect((try world.json(["output", "show", "7"])[0]["output"] as? [String: Any])?["l2Block"] as? Int == 7)
      try world.expect(3, ["output", "show", "100000"])
      let verified = try world.json(["output", "verify"])[0]
      #expect(verified["verified"] as? Int == head + 1 && verified["agreed"] as? Int == head + 1)
      #expect(try world.json(["output", "verify", "3", "5"])[0]["verified"] as? Int == 2)
      try world.expect(3, ["output", "verify", "100000"])
    }
  }

  @Test("what was derivable at an L1 block is told with canonicalAcc, and each record that it rests on is proven")
  func safeHead() throws {
    try DemoWorld.withStore { world in
      try world.expect(0, ["replay"])
      let key = try #require(try world.json(["log", "stats"])[0]["vkey"] as? String)
      let place = "\(world.directory)/proofs"
      let found = try world.json(["safe-head", "--at-l1", "7", "--proof", place])[0]
      let block = try #require(found["safeHead"] as? [String: Any])
      #expect(block["number"] as? Int == 7)
      let account = try world.json(["log", "list", "--count", "1000"]).first {
        $0["kind"] as? String == "L1BlockAppended" && $0["l1Block"] as? Int == 8
      }
      let next = try world.json(["log", "show", "\(account?["position"] as? Int ?? 0)"])[0]["event"] as? [String: Any]
      #expect(next?["canonicalAccBefore"] as? String == found["canonicalAcc"] as? String)
      let proof = try #require(found["proof"] as? [String: Any])
      let records = try #require(proof["records"] as? [[String: Any]])
      #expect(records.map { $0["kind"] as? String } == ["L1BlockAppended", "BlockSequenced", "L1BlockAppended"])
      #expect(records.map { $0["l1Block"] as? Int } == [7, 7, 8])
      for record in records {
        let (file, payload) = (record["proof"] as? String ?? "", record["payload"] as? String ?? "")
        let check = ["log", "check-proof", file, "--key", key, "--payload", payload]
        #expect(try Tool.run(check).exitCode == 0)
        var bytes = try Data(contentsOf: URL(fileURLWithPath: payload))
        bytes[bytes.count / 2] ^= 1
        try bytes.write(to: URL(fileURLWithPath: payload))
        #expect(try Tool.run(check).exitCode == 1)
      }
      let newest = try #require((found["asOf"] as? [String: Any])?["number"] as? Int)
      try world.expect(0, ["safe-head", "--at-l1", "\(newest)"])
      let beyond = try world.expect(3, ["safe-head", "--at-l1", "\(newest + 1)"])
      #expect(beyond.errors.contains("it has come to \(newest)"))
    }
  }

  @Test("a wrong output is unchallenged while there is time, then disputed, or closed; whoever rests on it is told")
  func wrong() throws {
    var ledger = try Self.ledger()
    try ledger.add(.outputProposed(ledger.wrongOutput(0, block: 1)))
    var disputed = ledger
    try disputed.add(
      .disputeGameCreated(
        DisputeGameCreated(gameId: 0, outputIndex: 0, rootClaim: .zero, challenger: MiniChain.address(61), bond: 1)))
    try disputed.add(
      .move(
        Move(
          gameId: 0, claimIndex: 1, parentIndex: 0, position: .root.left, claim: .zero,
          claimant: MiniChain.address(61), isAttack: true, bond: 1)))
    try disputed.beginL1Block(after: 7)
    var closed = ledger
    try closed.beginL1Block(after: 100)

    try LedgerWorld.with(ledger) { world in
      try world.expect(3, ["output", "list"])
      for name in ["proposer-state", "challenger-view", "query-index"] {
        try world.expect(0, ["projection", "rebuild", name])
      }
      let listing = try world.json(["output", "list"], exitCode: 1)[0]
      // The ledger's time is long ago.
      #expect(listing["l1Age"] as? Int ?? 0 > 1_000_000 && listing["l1Time"] as? Int == Int(ledger.l1Time))
      for command in [["list"], ["show", "0"]] {
        #expect(try world.expect(1, ["output"] + command).output.contains("LESS IS LEFT if L1 has newer blocks"))
      }
      let listed = listing["outputs"] as? [[String: Any]]
      let output = try #require(listed?.first)
      #expect(output["verdict"] as? String == "disagrees" && output["standing"] as? String == "unchallenged")
      #expect(output["secondsLeft"] as? Int == 100)
      #expect(try world.expect(1, ["output", "list"]).output.contains("UNCHALLENGED, 1 m 40 s left"))
      let shown = try world.json(["output", "show", "0"], exitCode: 1)[0]
      let fields = (shown["differences"] as? [[String: Any]])?.map { $0["field"] as? String }
      #expect(fields == ["stateRoot", "blockHash", "outputRoot", "claim"])
      try world.expect(1, ["output", "verify"])
      let head = try world.json(["safe-head", "--at-l1", "3"])[0]
      #expect((head["safeHead"] as? [String: Any])?["number"] as? Int == 1 && head["batch"] as? Int == 1)
      #expect((try world.json(["safe-head", "--at-l1", "1"])[0]["safeHead"] as? [String: Any])?["number"] as? Int == 0)

      let hash = "\(Keccak256.hash(Self.transaction))"
      let inclusion = try #require(
        (try world.json(["tx", hash], exitCode: 1)[0]["inclusions"] as? [[String: Any]])?.first)
      #expect(inclusion["outcome"] as? String == "invalid" && inclusion["reason"] as? String == "malformed")
      #expect(inclusion["nonce"] == nil && inclusion["receipt"] == nil)
      let trust = try #require(inclusion["trust"] as? [String: Any])
      #expect(trust["outputVerdict"] as? String == "disagrees" && trust["challengeableUntil"] != nil)
    }
    try LedgerWorld.with(disputed) { world in
      for name in ["proposer-state", "challenger-view"] { try world.expect(0, ["projection", "rebuild", name]) }
      let shown = try world.json(["output", "show", "0"], exitCode: 1)[0]
      #expect((shown["output"] as? [String: Any])?["standing"] as? String == "disputed")
      let claim = try #require((shown["unanswered"] as? [[String: Any]])?.first)
      #expect(claim["claim"] as? Int == 1 && claim["secondsLeft"] as? Int == 43)
    }
    try LedgerWorld.with(closed) { world in
      for name in ["proposer-state", "challenger-view"] { try world.expect(0, ["projection", "rebuild", name]) }
      #expect(try world.expect(1, ["output", "list"]).output.contains("CANNOT BE CHALLENGED any more"))
    }
  }

  @Test("a record that cannot be folded silences no question: each is answered as of before, with 3 and the record")
  func standstill() throws {
    let ledger = try Self.ledger()
    var wrong = ledger
    try wrong.add(.outputProposed(wrong.wrongOutput(0, block: 1)))
    let tx = ["tx", "\(Keccak256.hash(Self.transaction))"]

    /// Builds what is asked, and appends what the state of a chain cannot take: it begins once.
    func stop(_ world: LedgerWorld, _ log: EventLog) throws -> UInt64 {
      try world.expect(0, ["projection", "rebuild", "proposer-state", "challenger-view", "query-index"])
      let position = try log.head().size
      try log.append([NewRecord(ledger.facts[0].event, at: .block(ledger.l1Head.number))])
      return position
    }
    try LedgerWorld.with(ledger) { world, log in
      let position = try stop(world, log)
      for command in [
        ["output", "list"], ["safe-head", "--at-l1", "3"], tx, ["address", "\(MiniChain.address(50))"],
      ] {
        let run = try world.expect(3, command + ["--json"])
        let answer = try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any]
        #expect((answer?["asOf"] as? [String: Any])?["number"] as? Int == 3, "\(command)")
        #expect(run.errors.contains("projection proposer-state, record \(position) (ChainConfigured"), "\(run.errors)")
        #expect(try world.expect(3, command + ["--quiet"]).errors.contains("record \(position)"))
      }
      // It is not merely behind.
      let list = try world.json(["projection", "list"])[0]["projections"] as? [[String: Any]] ?? []
      for entry in list {
        let standstill = entry["standstill"] as? [String: Any]
        #expect(standstill?["position"] as? Int == (entry["name"] as? String == "proposer-state" ? Int(position) : nil))
      }
      #expect(try world.expect(0, ["projection", "list"]).output.contains("stands still: projection proposer-state, "))
      let doctor = try world.expect(1, ["doctor"])
      #expect(doctor.output.contains("stands still") && doctor.output.contains("`varve log show \(position)`"))
      #expect(doctor.output.contains("fail  proposer-state") && !doctor.output.contains("rebuild proposer-state"))
      // Several failures are told, and the worst is how it ends.
      let lock = unsafe open("\(world.store)/projections/challenger-view/builder.lock", O_RDWR | O_CLOEXEC)
      #expect(flock(lock, LOCK_EX | LOCK_NB) == 0)
      let rebuild = try world.expect(1, ["projection", "rebuild", "--all"])
      close(lock)
      #expect(rebuild.errors.contains("error: proposer-state: projection proposer-state, record \(position)"))
      #expect(rebuild.errors.contains("error: challenger-view: "))
      #expect(rebuild.errors.contains("query-index was left out"))
      #expect(rebuild.output.contains("rebuilt: sender-index"))
    }
    try LedgerWorld.with(wrong) { world, log in
      let position = try stop(world, log)
      for command in [["output", "list"], ["output", "show", "0"], tx] {
        #expect(try world.expect(1, command).errors.contains("record \(position)"), "what is wrong is worse")
      }
    }
  }

  @Test("while another process writes a projection, the answer is from its rows, and says how far these are behind")
  func writtenElsewhere() throws {
    let ledger = try Self.ledger()
    var more = ledger
    try more.add(.outputProposed(more.wrongOutput(0, block: 1)))
    let next = try #require(more.facts.last)
    try LedgerWorld.with(ledger) { world, log in
      try world.expect(0, ["projection", "rebuild", "proposer-state", "challenger-view"])
      let lock = unsafe open("\(world.store)/projections/challenger-view/writer.lock", O_RDWR | O_CLOEXEC)
      #expect(flock(lock, LOCK_EX | LOCK_NB) == 0)
      let whole = try world.expect(0, ["output", "list"])
      #expect(!whole.errors.contains("is writing"), "\(whole)")
      try log.append([NewRecord(next.event, at: next.coordinates)])
      let behind = try world.expect(0, ["output", "list", "--json"])
      #expect(behind.errors.contains(" is writing "), "\(behind)")
      #expect(behind.errors.contains("from its rows as they stand, 1 of the log's records behind"), "\(behind)")
      close(lock)
      let followed = try world.expect(1, ["output", "list"])
      #expect(!followed.errors.contains("is writing") && followed.output.contains("DISAGREE"), "\(followed)")
    }
  }

  @Test("what was imported from a snapshot is told with each answer that rests on it")
  func importedRows() throws {
    let ledger = try Self.ledger()
    let (tx, account) = (["tx", "\(Keccak256.hash(Self.transaction))"], "\(MiniChain.address(50))")
    try LedgerWorld.with(ledger) { world in
      try world.expect(0, ["projection", "rebuild", "proposer-state", "challenger-view", "query-index"])
      func trust() throws -> [String: Any] {
        let inclusions = try world.json(tx)[0]["inclusions"] as? [[String: Any]]
        return try #require(inclusions?.first?["trust"] as? [String: Any])
      }
      #expect(try trust()["executedBy"] as? String == "this store, from the log")
      #expect(try (trust()["imported"] as? [Any])?.isEmpty == true)
      let file = "\(world.store)/state.snapshot"
      let made = try world.json(["projection", "snapshot", "export", "proposer-state", file])[0]
      let hash = try #require(made["hash"] as? String)
      try world.expect(0, ["projection", "snapshot", "import", file, "--hash", hash])
      func expectImported(_ found: Any?, _ what: String) {
        let rows = (found as? [[String: Any]])?.first ?? found as? [String: Any]
        #expect(rows?["projection"] as? String == "proposer-state", Comment(rawValue: what))
        #expect(rows?["snapshot"] as? String == hash, Comment(rawValue: what))
      }
      #expect(try (trust()["executedBy"] as? String)?.contains("snapshot") == true)
      expectImported(try trust()["imported"], "tx")
      expectImported(try world.json(["output", "list"])[0]["imported"], "output list")
      expectImported(try world.json(["safe-head", "--at-l1", "3"])[0]["imported"], "safe-head")
      for command in [["state", "account", account], ["state", "storage", account, "0"], ["address", account]] {
        expectImported((try world.json(command)[0]["block"] as? [String: Any])?["imported"], "\(command)")
      }
      expectImported(
        (try world.json(["state", "diff", "--block", "1", "--from", "1"])[0]["to"] as? [String: Any])?["imported"],
        "state diff")
      #expect(try world.expect(0, tx).output.contains("imported, not folded here: proposer-state"))
      try world.expect(0, ["projection", "rebuild", "proposer-state"])
      #expect(try trust()["executedBy"] as? String == "this store, from the log")
    }
  }

  @Test("the time that is left is told with the age of the L1 block from which it is counted")
  func age() {
    func said(_ clock: L1Clock) -> String {
      var page = Page(hasColour: true)
      clock.render(on: &page)
      return page.text
    }
    #expect(said(L1Clock(time: 5, age: 600)).contains("L1 time 5, 10 m 00 s ago\u{1B}"))
    #expect(said(L1Clock(time: 5, age: 601)).contains("10 m 01 s ago: what is left is counted from there, and LESS"))
    #expect(said(L1Clock(time: 5, isNow: false)).contains("L1 time 5\u{1B}"))
    let now = UInt64(Date().timeIntervalSince1970)
    #expect(L1Clock(time: now - 30, isNow: true).age ?? 0 >= 30)
    #expect(L1Clock(time: now + 3600, isNow: true).age == 0, "a clock that is behind makes no age")
  }

  @Test("how outputs stood at an L1 block is told as it was then, verdict, dispute and time, where both are archives")
  func asOf() throws {
    var ledger = try RollupLedger()
    try ledger.beginL1Block()
    try ledger.beginL1Block()
    try ledger.deliverBatch([ledger.block()])
    try ledger.beginL1Block()
    try ledger.add(.outputProposed(ledger.wrongOutput(0, block: 1)))
    try ledger.beginL1Block(after: 20)
    try ledger.add(
      .disputeGameCreated(
        DisputeGameCreated(gameId: 0, outputIndex: 0, rootClaim: .zero, challenger: MiniChain.address(61), bond: 1)))
    try ledger.beginL1Block()
    try ledger.add(.outputProposed(ledger.wrongOutput(1, block: 1)))
    try ledger.beginL1Block()
    try LedgerWorld.with(ledger) { world in
      try world.expect(0, ["projection", "rebuild", "proposer-state", "challenger-view", "--archive"])
      func standings(_ place: [String], exitCode: Int32 = 1) throws -> [String?] {
        let listed = try world.json(["output", "list"] + place, exitCode: exitCode)[0]
        return (listed["outputs"] as? [[String: Any]] ?? []).map { $0["standing"] as? String }
      }
      #expect(try standings([]) == ["disputed", "unchallenged"])
      #expect(try standings(["--at-l1", "4"]) == ["disputed"])
      #expect(try standings(["--at-l1", "3"]) == ["unchallenged"])
      #expect(try standings(["--at-l1", "2"], exitCode: 0) == [])
      let shown = try world.json(["output", "show", "0", "--at-l1", "3"], exitCode: 1)[0]
      #expect((shown["output"] as? [String: Any])?["secondsLeft"] as? Int == 100)
      #expect((shown["asOf"] as? [String: Any])?["number"] as? Int == 3)
      #expect(shown["l1Age"] == nil && shown["l1Time"] as? Int == Int(ledger.l1Blocks[3].timestamp))
      try world.expect(3, ["output", "show", "0", "--at-l1", "2"])
      try world.expect(2, ["output", "show", "0", "--at-l1", "2", "--at-position", "2"])
      try world.expect(0, ["projection", "rebuild", "challenger-view", "--prune"])
      let pruned = try world.expect(3, ["output", "list", "--at-l1", "3"])
      #expect(pruned.errors.contains("varve projection rebuild challenger-view --archive"))
      try world.expect(0, ["projection", "rebuild", "equivocation-view"])
      let physical = try world.expect(3, ["projection", "digest", "equivocation-view", "--at-l1", "3"])
      #expect(physical.errors.contains("sees what L1 has left, too") && !physical.errors.contains("rebuild"))
    }
  }

  @Test("a dispute is well for who is right as long as their word is the last; else the doctor says what time is left")
  func outlook() throws {
    var ledger = try RollupLedger()
    try ledger.beginL1Block()
    try ledger.deliverBatch([ledger.block()])
    try ledger.beginL1Block()
    try ledger.add(.outputProposed(ledger.wrongOutput(0, block: 1)))
    try ledger.add(
      .disputeGameCreated(
        DisputeGameCreated(gameId: 0, outputIndex: 0, rootClaim: .zero, challenger: MiniChain.address(61), bond: 1)))
    func expect(_ status: String, _ ledger: RollupLedger, after seconds: UInt64) throws {
      var ledger = ledger
      try ledger.beginL1Block(after: seconds)
      try LedgerWorld.with(ledger) { world in
        for name in ["proposer-state", "challenger-view"] { try world.expect(0, ["projection", "rebuild", name]) }
        #expect(try world.status(of: "output 0") == status, "after \(seconds) s")
      }
    }
    // The clock has 50 seconds, and an answer takes 5.
    try expect("warn", ledger, after: 45)
    try expect("fail", ledger, after: 46)
    try expect("fail", ledger, after: 50)
    func move(_ index: UInt64, _ position: GamePosition, by claimant: UInt64) throws {
      try ledger.add(
        .move(
          Move(
            gameId: 0, claimIndex: index, parentIndex: index - 1, position: position, claim: .zero,
            claimant: MiniChain.address(claimant), isAttack: true, bond: 1)))
    }
    try move(1, .root.left, by: 61)
    try expect("ok", ledger, after: 46)
    try move(2, .root.left.left, by: 60)
    try expect("warn", ledger, after: 7)
  }
}

@Suite("Answers of one branch of L1")
struct OneBranchTests {
  @Test("what is read while L1 leaves a branch is read again, and what fails then is no failure")
  func readAgain() throws {
    try withTemporaryDirectory { path in
      let log = try EventLog.open(FilePath(path), mode: .create)
      var ledger = try RollupLedger()
      for _ in 0..<4 { try ledger.beginL1Block() }
      try ledger.write(to: log)
      let blocks = ledger.l1Blocks.map { BlockID(number: $0.number, hash: $0.hash) }
      var seen: [Int] = []
      let found = try log.ofOneBranch {
        seen.append(seen.count)
        guard seen.count < 3 else { return try log.newestBlock()?.id }
        let tip = blocks[5 - seen.count]
        let ancestor = blocks[4 - seen.count]
        try log.appendReorg(oldTip: tip, newTip: ancestor, commonAncestor: ancestor)
        if seen.count == 2 { throw CancellationError() }
        return tip
      }
      #expect(seen.count == 3 && found == blocks[2])
      #expect(throws: CancellationError.self) { try log.ofOneBranch { () throws -> Int in throw CancellationError() } }
    }
  }
}
