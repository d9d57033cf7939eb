import Foundation
import TestSupport
import Testing

@Suite("Style")
struct StyleTests {
  /// Hard limits. A file or function that must pass them is named here with its present size, and may only shrink.
  static let fileLimit = 800
  static let functionLimit = 70
  static let largerFiles: [String: Int] = [:]
  static let largerFunctions: [String: Int] = [:]

  @Test("no file is longer than the limit, and no exception is larger or older than needed")
  func fileSizes() throws {
    var stale = Set(Self.largerFiles.keys)
    for file in try Repository.swiftFiles() {
      let length = file.lines.count - 1
      guard length > Self.fileLimit else { continue }
      stale.remove(file.path)
      #expect(length <= Self.largerFiles[file.path] ?? Self.fileLimit, "\(file.path) has \(length) lines")
    }
    #expect(stale.isEmpty, "these fit the limit now, take them off the list: \(stale.sorted())")
  }

  @Test("no function is longer than the limit, and no exception is larger or older than needed")
  func functionSizes() throws {
    var stale = Set(Self.largerFunctions.keys)
    for file in try Repository.swiftFiles() {
      for function in SwiftCode(file.text).functions where function.length > Self.functionLimit {
        let name = "\(file.path) \(function.signature)"
        let key = Self.largerFunctions.keys.first(where: name.hasPrefix)
        if let key { stale.remove(key) }
        let limit = key.flatMap { Self.largerFunctions[$0] } ?? Self.functionLimit
        #expect(
          function.length <= limit, "\(file.path):\(function.line) has \(function.length) lines: \(function.signature)")
      }
    }
    #expect(stale.isEmpty, "these fit the limit now, take them off the list: \(stale.sorted())")
  }

  @Test("the function finder measures bodies, not requirements")
  func functionFinder() {
    let code = SwiftCode(
      """
      protocol P {
        func requirement() -> Int
        init(a: Int)
      }
      struct S {
        func one() { print("{") }
        @inlinable public static func two<T>(
          a: T = .init(), b: () -> Void = {}
        ) -> Int {
          if true { return 1 }
          return 2
        }
        init() {
        }
        let x = S.init()
      }
      """)
    #expect(code.functions.map(\.length) == [1, 6, 2])
    #expect(code.functions.map(\.line) == [6, 7, 13])
  }

  @Test("nothing is marked as unfinished")
  func noUnfinishedMarkers() throws {
    // Put together here, so that this file does not find itself.
    let words = ["TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK", "not imple" + "mented", "unimple" + "mented"]
    let folders = ["Sources", "Tests", "Tools", "Docs", ".ci"]
    for file in try folders.flatMap({ try Repository.files(below: $0) }) + [Repository.file("README.md")] {
      for (number, line) in file.lines.enumerated() {
        let found = words.first { line.firstRange(of: $0).map { !line[$0.upperBound...].hasPrefix("X") } ?? false }
        #expect(found == nil, "\(file.path):\(number + 1) is marked as unfinished: \(line)")
      }
    }
  }

  @Test("`@unchecked Sendable` is rare, and says beside it what serialises access")
  func uncheckedSendable() throws {
    var uses = 0
    for file in try Repository.files(below: "Sources", where: { $0.hasSuffix(".swift") }) {
      let code = SwiftCode(file.text).lines
      let lines = file.lines
      for index in code.indices where code[index].contains("@unchecked Sendable") {
        uses += 1
        let nearby = lines[max(0, index - 12)...index].joined(separator: "\n")
        #expect(
          nearby.contains(#/@unchecked Sendable`?:/#),
          "\(file.path):\(index + 1) needs a comment '`@unchecked Sendable`: why'")
      }
    }
    #expect(uses <= 6, "\(uses) uses; each one is a promise that the compiler cannot check")
  }

  @Test("all Swift files are as swift-format would leave them")
  func formatted() throws {
    let files = try Repository.swiftFiles().map { "\(packageRoot)/\($0.path)" } + ["\(packageRoot)/Package.swift"]
    #expect(throws: Never.self) {
      try Purity.run(
        "swift",
        ["format", "lint", "--strict", "--parallel", "--configuration", "\(packageRoot)/.swift-format"] + files)
    }
  }
}
