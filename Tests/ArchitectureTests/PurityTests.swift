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

  @Test("pure sources have no async, tasks, locks or mutable globals")
  func pureSources() throws {
    let forbidden = ["async", "await", "Task", "actor", "nonisolated(unsafe)", "Mutex", "Atomic"]
    for module in try ModuleMap.ofDocument() where module.kind == .pure {
      for file in try Repository.files(below: "Sources/\(module.name)", where: { $0.hasSuffix(".swift") }) {
        for (number, line) in SwiftCode(file.text).lines.enumerated() {
          let words = line.split(whereSeparator: { $0.isWhitespace || ":,.<>[]{}".contains($0) }).map(String.init)
          let found = words.first { word in forbidden.contains(word) || word.hasPrefix("Task(") }
          #expect(found == nil, "\(file.path):\(number + 1) has '\(found ?? "")' in a pure module")
        }
      }
    }
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
