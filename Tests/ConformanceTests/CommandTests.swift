import Foundation
import TestSupport
import Testing

@Suite("varve conformance")
struct CommandTests {
  private func varve(_ kind: String, _ files: [String: String], _ options: [String] = []) throws -> ToolRun {
    try withTemporaryDirectory { directory in
      try write(files, to: directory)
      return try Tool.run(["conformance", kind, directory] + options)
    }
  }

  @Test("all passed: counts by fork, the closing line, and exit code 0")
  func passed() throws {
    let run = try varve("state", ["call.json": Fixtures.state()])
    #expect(run.exitCode == 0 && run.errors.isEmpty)
    #expect(
      run.output == """
        Berlin: 1 passed, 0 failed, 0 skipped
        Istanbul: 1 passed, 0 failed, 0 skipped
        2 passed, 0 failed, 0 skipped

        """)
  }

  @Test("one failed: its first difference, and exit code 1")
  func failed() throws {
    let run = try varve("rlp", ["rlp.json": Fixtures.rlp(lastByte: "68")])
    #expect(run.exitCode == 1)
    #expect(
      run.output == """
        failed: rlp.json: dog: encoded as 0x83646f67
        rlp: 1 passed, 1 failed, 0 skipped
        1 passed, 1 failed, 0 skipped

        """)
  }

  @Test("nothing run: a message of its own, and exit code 3")
  func nothing() throws {
    let filtered = try varve("rlp", ["rlp.json": Fixtures.rlp()], ["--filter", "nosuch"])
    #expect(filtered.exitCode == 3 && filtered.output.isEmpty)
    #expect(filtered.errors.contains("no case of the suite 'rlp'") && filtered.errors.contains("filter 'nosuch'"))
    let other = try varve("state", ["rlp.json": Fixtures.rlp()])
    #expect(other.exitCode == 3 && other.errors.contains("holds no fixture of the suite 'state'"))
    #expect(try varve("nosuch", [:]).exitCode == 2)
  }

  @Test("a trace has a line for each instruction of the one case that is chosen")
  func trace() throws {
    let files = ["call.json": try Fixtures.state()]
    let run = try varve("state", files, ["--filter", "call", "--fork", "Berlin", "--trace"])
    #expect(run.exitCode == 0)
    let lines = run.output.split(separator: "\n").map(String.init)
    let expected = [
      (0x7148, 0x3, 0x60, "PUSH1", 0, "[]"), (0x7145, 0x3, 0x60, "PUSH1", 2, #"["0x1"]"#),
      (0x7142, 0x5654, 0x55, "SSTORE", 4, #"["0x1","0x2"]"#), (0x1aee, 0x0, 0x00, "STOP", 5, "[]"),
    ].map { gas, cost, op, name, pc, stack in
      #"{"depth":1,"gas":"0x\#(String(gas, radix: 16))","gasCost":"0x\#(String(cost, radix: 16))","memSize":0,"#
        + #""op":\#(op),"opName":"\#(name)","pc":\#(pc),"refund":0,"stack":\#(stack)}"#
    }
    #expect(Array(lines.prefix(4)) == expected)
    #expect(lines.last == "1 passed, 0 failed, 0 skipped")
    let two = try varve("state", files, ["--trace"])
    #expect(two.exitCode == 3 && two.errors.contains("a trace is of one case, and 2 are chosen"))
    // The blocks of a chain go on in one trace; of the second, which is refused for its state root, all is run.
    let chain = try varve("blockchain", ["chain.json": Fixtures.blockchain()], ["--trace"])
    #expect(chain.exitCode == 0)
    let names = chain.output.split(separator: "\n").compactMap { line -> String? in
      let parts = line.components(separatedBy: #""opName":""#)
      return parts.count == 2 ? String(parts[1].prefix { $0 != "\"" }) : nil
    }
    #expect(names == ["PUSH1", "PUSH1", "SSTORE", "STOP", "PUSH1", "PUSH1", "SSTORE", "STOP"])
    let mainnet = try varve("mainnet", Fixtures.mainnet(), ["--filter", "execution", "--trace"])
    #expect(mainnet.exitCode == 0 && mainnet.output.contains(#""opName":"SSTORE""#))
    let other = try varve("rlp", ["rlp.json": Fixtures.rlp()], ["--filter", "dog", "--trace"])
    #expect(other.exitCode == 3 && other.errors.contains("cannot be traced"))
  }
}
