import Foundation
import TestSupport
import Testing

@Suite("Questions about state and transactions")
struct StateCommandTests {
  /// A funded account of the demo chain's genesis.
  private func address(_ world: DemoWorld) throws -> String {
    let data = try Data(contentsOf: URL(fileURLWithPath: world.genesis))
    let genesis = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    let allocation = try #require(genesis["alloc"] as? [String: Any])
    let name = try #require(allocation.keys.sorted().first)
    return name.hasPrefix("0x") ? name : "0x\(name)"
  }

  private func balance(_ world: DemoWorld, _ address: String, block: Int) throws -> String {
    let account = try world.json(["state", "account", address, "--block", "\(block)"])[0]
    let place = try #require(account["block"] as? [String: Any])
    #expect(place["number"] as? Int == block)
    return try #require(account["balance"] as? String)
  }

  @Test(
    "a pruned store answers for its newest block, and says before which block it is pruned; an archive answers for all")
  func archive() throws {
    try DemoWorld.withStore { world in
      let address = try address(world)
      #expect(try world.expect(3, ["state", "account", address]).errors.contains("varve replay"))
      try world.expect(0, ["replay"])
      let last = try #require(try world.json(["state", "account", address])[0]["block"] as? [String: Any])
      let head = try #require(last["number"] as? Int)
      let refused = try world.expect(3, ["state", "account", address, "--block", "1"])
      #expect(
        refused.errors.contains("pruned before L2 block \(head) (L1 block \(head))")
          && refused.errors.contains("--archive"))
      try world.expect(3, ["state", "account", address, "--block", "\(head + 1)"])

      try world.expect(0, ["projection", "rebuild", "proposer-state", "--archive"])
      let digest = try world.json(["projection", "digest", "proposer-state"])[0]["digest"] as? String
      let listed = try world.json(["projection", "list"])[0]["projections"] as? [[String: Any]]
      let live = listed?.first?["live"] as? [String: Any]
      #expect(live?["history"] as? String == "archive" && live?["changes"] as? Int ?? 0 > head)
      #expect(
        try world.json(["projection", "digest", "proposer-state", "--at-l1", "\(head)"])[0]["digest"] as? String
          == digest)
      let early = try world.json(["projection", "digest", "proposer-state", "--at-l1", "2"])[0]
      #expect(early["l1Block"] as? Int == 2 && early["digest"] as? String != digest)
      let balances = try (0...head).map { try balance(world, address, block: $0) }
      #expect(Set(balances).count > 1, "the account is used")
      // Replays go on as the live version is, and give the same.
      try world.expect(0, ["replay"])
      #expect(try (0...head).map { try balance(world, address, block: $0) } == balances)
      #expect(try world.json(["projection", "digest", "proposer-state"])[0]["digest"] as? String == digest)
      #expect(try world.json(["projection", "verify", "proposer-state"])[0]["agrees"] as? Bool == true)
      try world.expect(0, ["replay", "--prune"])
      try world.expect(3, ["state", "account", address, "--block", "1"])
    }
  }

  @Test("a proof made at any block is checked without a store, and no changed proof is accepted")
  func proofs() throws {
    try DemoWorld.withStore { world in
      let address = try address(world)
      try world.expect(0, ["replay", "--archive"])
      for block in [0, 7, 30] {
        let made = try world.expect(0, ["state", "proof", address, "0x0", "1", "--block", "\(block)"])
        let account = try world.json(["state", "account", address, "--block", "\(block)"])[0]
        let root = try #require((account["block"] as? [String: Any])?["stateRoot"] as? String)
        #expect(made.errors.contains(root))
        let file = "\(world.directory)/proof.json"
        try made.output.write(toFile: file, atomically: true, encoding: .utf8)
        func check(_ arguments: [String]) throws -> ToolRun {
          // Somewhere else: no store is there.
          try Tool.run(["state", "check-proof", file, "--data-dir", "\(world.directory)/none"] + arguments)
        }
        let checked = try check(["--root", root, "--json"])
        #expect(checked.exitCode == 0, "\(checked.errors)")
        #expect(checked.output.contains("\"balance\":\"\(account["balance"] as? String ?? "")\""))
        #expect(try check(["--root", "0x" + String(repeating: "1", count: 64)]).exitCode == 1)
        let unasked = try check(["--json"])
        #expect(unasked.exitCode == 0 && unasked.output.contains(root))
        #expect(unasked.output.contains("\"isRootKnown\":false"))

        var object = try #require(try JSONSerialization.jsonObject(with: Data(made.output.utf8)) as? [String: Any])
        try write(["jsonrpc": "2.0", "id": 1, "result": object], to: file)
        #expect(try check(["--root", root]).exitCode == 0)
        for (field, value) in [
          ("balance", "0x1234567"), ("nonce", "0xffff"), ("address", "0x" + String(repeating: "2", count: 40)),
          ("codeHash", root), ("storageHash", root),
        ] {
          let right = object[field]
          object[field] = value
          try write(object, to: file)
          #expect(try check(["--root", root]).exitCode == 1, "another \(field) at block \(block)")
          object[field] = right
        }
        try write(["jsonrpc": "2.0", "id": 1, "error": ["code": -32000, "message": "header not found"]], to: file)
        let refused = try check([])
        #expect(refused.exitCode == 1 && refused.errors.contains("the error -32000"))
        #expect(refused.errors.contains("header not found"))
        object["nonce"] = nil
        try write(object, to: file)
        let malformed = try check(["--root", root])
        #expect(malformed.exitCode == 1 && malformed.errors.contains("'nonce' is missing"))
      }
    }
  }

  private func write(_ object: [String: Any], to file: String) throws {
    try JSONSerialization.data(withJSONObject: object).write(to: URL(fileURLWithPath: file))
  }

  @Test("what a block changed is told, account by account, with what each was before and after")
  func differences() throws {
    try DemoWorld.withStore { world in
      try world.expect(0, ["replay", "--archive"])
      let difference = try world.json(["state", "diff", "--block", "9"])[0]
      let accounts = try #require(difference["accounts"] as? [[String: Any]])
      #expect(!accounts.isEmpty)
      for account in accounts {
        let (before, after) = (account["before"] as? NSDictionary, account["after"] as? NSDictionary)
        #expect((before != nil || after != nil) && before != after)
      }
      #expect((difference["from"] as? [String: Any])?["number"] as? Int == 8)
      let none = try world.json(["state", "diff", "--from", "9", "--block", "9"])[0]
      #expect((none["accounts"] as? [Any])?.isEmpty == true)
      #expect(try world.expect(2, ["state", "diff", "--block", "0"]).errors.contains("no block before"))
      try world.expect(0, ["state", "diff"])
    }
  }

  @Test("a transaction and an address are looked up, with what became of them and on what that rests")
  func transactions() throws {
    try DemoWorld.withStore { world in
      try world.expect(3, ["tx", "0x" + String(repeating: "1", count: 64)])
      try world.expect(0, ["projection", "rebuild", "query-index"])
      let blocks = try world.json(["log", "list", "--count", "1000"])
        .filter { $0["kind"] as? String == "BlockSequenced" }
      var looked = 0
      for record in blocks.prefix(12) {
        let position = try #require(record["position"] as? Int)
        let shown = try world.json(["log", "show", "\(position)"])[0]
        let fields = try #require(shown["event"] as? [String: Any])
        for (index, hash) in (fields["transactions"] as? [String] ?? []).enumerated().prefix(2) {
          looked += 1
          let answer = try world.json(["tx", hash])[0]
          let inclusion = try #require((answer["inclusions"] as? [[String: Any]])?.first)
          #expect((inclusion["block"] as? [String: Any])?["number"] as? Int == fields["number"] as? Int)
          #expect(inclusion["index"] as? Int == index)
          #expect(["executed", "reverted"].contains(inclusion["outcome"] as? String))
          #expect(["stored", "l1Finalized"].contains(inclusion["finality"] as? String))
          let trust = try #require(inclusion["trust"] as? [String: Any])
          #expect(trust["outputVerdict"] as? String == "agrees")
          #expect(trust["outputVerdictAsOf"] is [String: Any] && answer["asOf"] is [String: Any])
          let sender = try #require(inclusion["from"] as? String)
          let history = try world.json(["address", sender, "--count", "100000"])[0]
          let lines = try #require(history["transactions"] as? [[String: Any]])
          #expect(lines.contains { $0["hash"] as? String == hash && ($0["roles"] as? [String])?.first == "sender" })
          #expect(history["hasOlder"] as? Bool == false)
          let newest = try world.json(["address", sender, "--count", "1"])[0]
          #expect(newest["transactions"] as? NSObject == Array(lines.prefix(1)) as NSObject)
          #expect(newest["hasOlder"] as? Bool == (lines.count > 1))
          let line = try #require(lines.first { $0["hash"] as? String == hash })
          for key in ["block", "index", "outcome", "reason"] {
            #expect(line[key] as? NSObject == inclusion[key] as? NSObject, "\(key) is told alike")
          }
        }
      }
      #expect(looked > 5)
      let missing = try world.expect(3, ["tx", "0x" + String(repeating: "1", count: 64)])
      #expect(missing.errors.contains("not in the order yet"))
    }
  }

  /// A transaction of some block, who sent it, and the block's number, of which L1's is the same.
  private func transaction(_ world: DemoWorld) throws -> (hash: String, sender: String, block: Int) {
    for record in try world.json(["log", "list", "--count", "1000"])
    where record["kind"] as? String == "BlockSequenced" && record["l1Block"] as? Int ?? 0 > 3 {
      let shown = try world.json(["log", "show", "\(record["position"] as? Int ?? 0)"])[0]["event"] as? [String: Any]
      guard let hash = (shown?["transactions"] as? [String])?.first else { continue }
      let inclusion = (try world.json(["tx", hash])[0]["inclusions"] as? [[String: Any]])?.first
      return (
        hash, try #require(inclusion?["from"] as? String), try #require(record["l1Block"] as? Int)
      )
    }
    throw CancellationError()
  }

  @Test("what a user asks is answered as of any L1 block, and as of any record, by archives; a pruned one says so")
  func asOf() throws {
    try DemoWorld.withStore { world in
      try world.expect(0, ["projection", "rebuild", "proposer-state", "query-index", "--archive"])
      let (hash, sender, block) = try transaction(world)
      let (then, before) = (["--at-l1", "\(block)"], ["--at-l1", "\(block - 1)"])
      let answer = try world.json(["tx", hash] + then)[0]
      #expect((answer["asOf"] as? [String: Any])?["number"] as? Int == block)
      let inclusion = (answer["inclusions"] as? [[String: Any]])?.first
      #expect((inclusion?["block"] as? [String: Any])?["number"] as? Int == block)
      #expect((inclusion?["trust"] as? [String: Any])?["outputVerdict"] as? String == "agrees")
      let missing = try world.expect(3, ["tx", hash] + before)
      #expect(missing.errors.contains("up to L1 block \(block - 1)"))

      let next = try world.json(["log", "list", "--count", "1000"]).first {
        $0["kind"] as? String == "L1BlockAppended" && $0["l1Block"] as? Int == block + 1
      }
      let position = ["--at-position", "\(try #require(next?["position"] as? Int))"]
      func same(_ question: [String], _ one: [String], _ other: [String]) throws -> Bool {
        let answers = try [one, other].map { try world.expect(0, question + $0 + ["--json"]).output }
        return answers[0] == answers[1]
      }
      #expect(try same(["tx", hash], then, position))

      let history = try [before, then].map { try world.json(["address", sender] + $0)[0] }
      let counts = history.compactMap { ($0["transactions"] as? [Any])?.count }
      #expect(counts.count == 2 && counts[0] < counts[1])
      for (place, found) in zip([block - 1, block], history) {
        let account = try world.json(["state", "account", sender, "--block", "\(place)"])[0]
        for key in ["nonce", "balance"] { #expect(found[key] as? NSObject == account[key] as? NSObject, "\(key)") }
        #expect(found["block"] as? NSObject == account["block"] as? NSObject)
        #expect((found["asOf"] as? [String: Any])?["number"] as? Int == place)
        #expect(try same(["state", "account", sender], ["--at-l1", "\(place)"], ["--block", "\(place)"]))
      }
      #expect(try same(["state", "diff"], position, ["--block", "\(block)"]))
      #expect(try same(["state", "proof", sender], then, ["--block", "\(block)"]))
      for wrong in [then + ["--block", "1"], position + ["--block", "1"], then + position] {
        try world.expect(2, ["state", "account", sender] + wrong)
      }
      try world.expect(0, ["projection", "rebuild", "query-index", "--prune"])
      for question in [["tx", hash], ["address", sender]] {
        let pruned = try world.expect(3, question + then)
        #expect(pruned.errors.contains("query-index is pruned before L1 block"))
        #expect(pruned.errors.contains("varve projection rebuild query-index --archive"))
      }
    }
  }

  @Test("while the index is behind the state, an address's balance is told, and that transactions may be missing")
  func indexBehind() throws {
    try DemoWorld.withStore { world in
      try world.expect(0, ["projection", "rebuild", "proposer-state", "query-index"])
      let (_, sender, _) = try transaction(world)
      let whole = try world.json(["address", sender])[0]
      #expect(whole["isIndexBehind"] as? Bool == false && whole["trust"] != nil)
      try world.expect(0, ["projection", "rebuild", "query-index", "--to", "2"])
      // Somebody writes it, and has not come further.
      let lock = unsafe open("\(world.store)/projections/query-index/writer.lock", O_RDWR | O_CLOEXEC)
      #expect(flock(lock, LOCK_EX | LOCK_NB) == 0)
      let behind = try world.json(["address", sender])[0]
      #expect(behind["isIndexBehind"] as? Bool == true && behind["trust"] == nil)
      #expect(behind["balance"] as? String == whole["balance"] as? String)
      #expect(try world.expect(0, ["address", sender]).output.contains("query-index is behind proposer-state"))
      close(lock)
      #expect(try world.json(["address", sender])[0]["isIndexBehind"] as? Bool == false)
    }
  }

  @Test("a rebuild can be taken back, and what is kept for that is dropped")
  func versions() throws {
    try DemoWorld.withStore { world in
      try world.expect(0, ["replay"])
      try world.expect(3, ["projection", "rollback", "proposer-state"])
      try world.expect(0, ["projection", "rebuild", "proposer-state", "--archive"])
      #expect(try world.json(["projection", "rollback", "proposer-state"])[0]["live"] as? String == "v1-s8")
      let listed = try world.json(["projection", "list"])[0]["projections"] as? [[String: Any]]
      #expect((listed?.first?["live"] as? [String: Any])?["history"] as? String == "pruned")
      #expect((listed?.first?["previous"] as? [String: Any])?["history"] as? String == "archive")
      #expect(try world.json(["projection", "drop", "proposer-state"])[0]["dropped"] as? [String] == ["v2-s8"])
      try world.expect(3, ["projection", "rollback", "proposer-state"])
      // Whoever follows the log holds the live version, and keeps nobody from verifying.
      let lock = unsafe open("\(world.store)/projections/proposer-state/writer.lock", O_RDWR | O_CLOEXEC)
      #expect(flock(lock, LOCK_EX | LOCK_NB) == 0)
      try world.expect(0, ["projection", "verify", "proposer-state", "--rate", "100000"])
      try world.expect(0, ["output", "verify", "3"])
      close(lock)
      try world.expect(2, ["projection", "verify", "proposer-state", "--rate", "0"])
    }
  }
}
