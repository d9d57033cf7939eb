import Conformance
import Foundation
import TestSupport
import Testing

@Suite("Runs of a suite")
struct ConformanceRunTests {
  @Test("a fork and a part of a name choose among the cases")
  func choice() throws {
    let files = ["a/call.json": try Fixtures.state(name: "one"), "b/call.json": try Fixtures.state(name: "other")]
    #expect(try run(.state, files).counts == [4, 0, 0])
    #expect(try run(.state, files, fork: "Berlin").counts == [2, 0, 0])
    #expect(try run(.state, files, filter: "b/").counts == [2, 0, 0])
    #expect(try run(.state, files, filter: "other", fork: "Istanbul").counts == [1, 0, 0])
    let byFork = try run(.state, files, filter: "one").forks
    #expect(byFork.map(\.fork) == ["Berlin", "Istanbul"] && byFork.map(\.counts.passed) == [1, 1])
  }

  @Test("the parts of a share are all cases, each once")
  func share() throws {
    let names = (0..<40).map { #""case \#($0)": {"in": "dog", "out": "0x83646f67"}"# }
    let files = ["rlp.json": "{\(names.joined(separator: ","))}"]
    let passed = try (1...4).map { part in
      try run(.rlp, files, share: ConformanceRun.Share(part: UInt32(part), of: 4)).total.passed
    }
    #expect(passed.reduce(0, +) == 40 && passed.allSatisfy { $0 < 40 })
    #expect(ConformanceRun.Share(part: 0, of: 4) == nil && ConformanceRun.Share(part: 5, of: 4) == nil)
  }

  @Test("what chooses no case is an error that says so, and not a run without failures")
  func nothingChosen() throws {
    let files = ["call.json": try Fixtures.state()]
    for (filter, fork) in [("nosuch", nil), (nil, "Osaka"), ("call", "Osaka")] as [(String?, String?)] {
      let error = #expect(throws: ConformanceError.self) { try run(.state, files, filter: filter, fork: fork) }
      let text = error?.description ?? ""
      #expect(text.contains("no case") && text.contains("'\(filter ?? fork ?? "")'"), "\(text)")
    }
  }

  @Test(
    "a directory of another kind is an error",
    arguments: [
      ConformanceRun.Kind.state, .blockchain, .transaction, .trie, .opcode, .genesis, .mainnet, .witness, .program,
    ])
  func otherKind(kind: ConformanceRun.Kind) throws {
    let error = #expect(throws: ConformanceError.self) { try run(kind, ["rlp.json": Fixtures.rlp()]) }
    #expect(error?.description.hasSuffix("holds no fixture of the suite '\(kind.rawValue)'") == true)
    #expect(throws: ConformanceError.self) { try run(kind, ["notes.txt": "none"]) }
  }

  @Test("among fixtures of its kind, what is of another kind or cannot be read fails")
  func foreign() throws {
    let report = try run(
      .state,
      [
        "call.json": Fixtures.state(), "chain.json": Fixtures.blockchain(), "cut.json": "{", "empty.json": "[]",
      ])
    #expect(report.counts == [2, 3, 0])
    #expect(report.notable.map(\.file) == ["chain.json", "cut.json", "empty.json"])
    #expect(report.reasons[0] == "foreign" && report.reasons[1].hasPrefix("not JSON") && report.reasons[2] == "foreign")
    let opcodes = ["testcases_add.json": Fixtures.opcode(), "testcases_add_more.json": Fixtures.opcode()]
    #expect(try run(.opcode, opcodes).counts == [1, 1, 0])
    let post = try Fixtures.state().replacing(#""post": {"#, with: #""post": {"Frontier": [], "#)
    #expect(try run(.state, ["call.json": post]).counts == [2, 1, 0])
  }

  @Test("what the list of skips names is skipped, with the reason")
  func skips() throws {
    let report = try run(
      .trie, ["trie.json": Fixtures.trie(), "trietestnextprev.json": #"{"basic": {"in": ["a"], "tests": []}}"#])
    #expect(report.counts == [2, 0, 1])
    #expect(report.skips.map(\.count) == [1] && report.skips[0].reason == report.reasons[0])
  }

  @Test("a directory that is not there, one that is a file, and a link to a folder are errors that name it")
  func unreadableDirectory() throws {
    try withTemporaryDirectory { directory in
      try write(["suite/rlp.json": Fixtures.rlp(), "other/rlp.json": Fixtures.rlp(lastByte: "68")], to: directory)
      let run = { (path: String) in try ConformanceRun(kind: .rlp, directory: "\(directory)/\(path)").run() }
      #expect(try run("suite").counts == [2, 0, 0])
      for path in ["nosuch", "suite/rlp.json"] {
        let error = #expect(throws: ConformanceError.self) { try run(path) }
        #expect(error?.description.contains("the directory \(directory)/\(path) cannot be read") == true)
      }
      // What stands behind it would be passed over.
      try FileManager.default.createSymbolicLink(
        atPath: "\(directory)/suite/link", withDestinationPath: "\(directory)/other")
      let error = #expect(throws: ConformanceError.self) { try run("suite") }
      #expect(error?.description.contains("suite/link is a link to a folder") == true)
    }
  }

  @Test("a trace names the file that cannot be read when it finds no case, and asks for one where there are several")
  func traces() throws {
    func trace(_ files: [String: String], _ filter: String?) throws -> [CaseResult] {
      try withTemporaryDirectory { directory in
        try write(files, to: directory)
        return try ConformanceRun(kind: .state, directory: directory, filter: filter).trace { _ in }.notable
      }
    }
    let files = ["call.json": try Fixtures.state(), "cut.json": "{"]
    let unread = #expect(throws: ConformanceError.self) { try trace(files, "nosuch") }
    #expect(unread?.description.hasPrefix("cut.json: not JSON") == true)
    let many = #expect(throws: ConformanceError.self) { try trace(files, nil) }
    #expect(many?.description.contains("2 are chosen: 'call Istanbul 0' and 'call Berlin 0' first") == true)
    #expect(try trace(files, "call Berlin").isEmpty)
  }
}
