import Foundation
import TestSupport
import Testing

@Suite("Purity")
struct PurityTests {
  @Test("no pure module asks the linker for a clock, randomness, files, the environment or threads")
  func pureModules() throws {
    for module in try ModuleMap.ofDocument() where module.kind == .pure {
      let objects = try Purity.objects(of: module.name)
      #expect(!objects.isEmpty, "no object files of \(module.name) in this build; the check has nothing to look at")
      guard !objects.isEmpty else { continue }
      let violations = Purity.violations(in: try Purity.undefinedSymbols(of: objects))
      #expect(violations.isEmpty, "\(module.name) is not pure: \(violations)")
    }
  }

  @Test("pure sources have no async, tasks, locks or mutable globals, no hashes of a process and no floating point")
  func pureSources() throws {
    var allowed = Purity.allowedWords.map { "\($0.path) \($0.word)" }
    for module in try ModuleMap.ofDocument() where module.kind == .pure {
      for file in try Repository.files(below: "Sources/\(module.name)", where: { $0.hasSuffix(".swift") }) {
        let violations = Purity.violations(inSource: file.text, at: file.path)
        #expect(violations.isEmpty, "in a pure module: \(violations)")
        // Under another path nothing is allowed: what is left of the list is there for nothing.
        if !Purity.violations(inSource: file.text, at: "").isEmpty { allowed.removeAll { $0.hasPrefix(file.path) } }
      }
    }
    #expect(allowed.isEmpty, "allowed, and not there: \(allowed)")
  }

  @Test(
    "the check of sources finds what it is for, and takes no name for another",
    arguments: [
      ("var hasher = Hasher()", "a hash"), ("let order = key.hashValue", "a hash"),
      ("sorted { ObjectIdentifier($0) < ObjectIdentifier($1) }", "a hash"),
      ("var seen: [ObjectIdentifier: Int] = [:]", "a hash"), ("let share = Double(done) / 3", "floating"),
      ("func fee(_ rate: Float) -> UInt64", "floating"), ("let rates: [Double]", "floating"),
      ("let x = y as Double?", "floating"), ("let half = count * 0.5", "floating"),
      ("func f() async", "threads"), ("Task { }", "threads"),
      ("Task(priority: .high) {}", "threads"), ("nonisolated(unsafe) var count = 0", "threads"),
      ("public func hash(into hasher: inout Hasher) { hasher.combine(limbs) }", ""),
      ("let isDoubleSign = DoubleSign(a, b) // Double", ""), ("let hashValues = tasks.count + $0.0.1 + pair.1.0", ""),
    ])
  func plantedSource(line: String, accusation: String) {
    let violations = Purity.violations(inSource: "import Primitives\n\(line)\n", at: "Sources/EVM/Planted.swift")
    if accusation.isEmpty {
      #expect(violations.isEmpty)
    } else {
      #expect(violations.contains { $0.contains("swift:2 has") && $0.contains(accusation) }, "found only \(violations)")
    }
  }

  @Test("results of other projections are asked for only where the row is held against the block that is folded")
  func results() throws {
    let asking = try Repository.files(below: "Sources", where: { $0.hasSuffix(".swift") }).filter { file in
      SwiftCode(file.text).lines.contains { $0.contains(".result(of: ") && $0.contains(".self,") }
    }
    // Docs/Architecture.md, Decisions: a row of a later block is hidden from nobody.
    let known = ["QueryIndex+Blocks", "SenderIndex"].map { "Sources/Projections/\($0).swift" }
    #expect(Set(asking.map(\.path)) == Set(known))
  }

  /// Each planted function, and what its object file must be accused of.
  @Test(
    "the check finds what it is for, planted in a freshly compiled object",
    arguments: [
      ("import Glibc\nfunc f() -> Int { time(nil) }", "a clock"),
      ("func f() -> ContinuousClock.Instant { ContinuousClock.now }", "a clock"),
      ("func f() -> Int { Int.random(in: 0..<9) }", "randomness"),
      ("func f(_ a: [Int]) -> [Int] { a.shuffled() }", "randomness"),
      ("func f(_ s: String) { print(s) }", "files"),
      ("import Glibc\nfunc f() -> Int32 { unsafe open(\"/etc/passwd\", O_RDONLY) }", "files"),
      ("import Glibc\nfunc f() -> Bool { unsafe getenv(\"HOME\") == nil }", "environment"),
      ("func f() { Task { } }", "threads"),
      ("import Glibc\nfunc f() -> Double { cbrt(2.5) + lgamma(0.5) }", "not known to be pure"),
    ])
  func planted(source: String, accusation: String) throws {
    try withTemporaryDirectory { directory in
      let file = "\(directory)/planted.swift"
      try source.write(toFile: file, atomically: true, encoding: .utf8)
      _ = try Purity.run("swiftc", ["-c", "-parse-as-library", file, "-o", "\(directory)/planted.o"])
      let violations = Purity.violations(in: try Purity.undefinedSymbols(of: ["\(directory)/planted.o"]))
      #expect(violations.contains { $0.contains(accusation) }, "found only \(violations)")
    }
  }

  @Test("an object that only computes is accused of nothing")
  func innocent() throws {
    try withTemporaryDirectory { directory in
      let file = "\(directory)/innocent.swift"
      let source = "struct S { var a: [UInt8: String] = [:]; mutating func f(_ b: [UInt8]) { a[b[0]] = \"\\(b)\" } }"
      try source.write(toFile: file, atomically: true, encoding: .utf8)
      _ = try Purity.run("swiftc", ["-c", "-O", "-parse-as-library", file, "-o", "\(directory)/innocent.o"])
      #expect(Purity.violations(in: try Purity.undefinedSymbols(of: ["\(directory)/innocent.o"])) == [])
    }
  }
}
