// The repository as a set of text files, for tests about its shape.

import Foundation
import TestSupport

/// One text file of the repository.
struct TextFile {
  /// Relative to the package, as `Sources/Rollup/Event.swift`.
  let path: String

  let text: String

  var name: String { String(path.split(separator: "/").last ?? "") }

  var lines: [Substring] { text.split(separator: "\n", omittingEmptySubsequences: false) }

  /// The module or test target the file belongs to: `Rollup` in `Sources/Rollup/Event.swift`.
  var target: String { path.split(separator: "/").dropFirst().first.map(String.init) ?? "" }
}

enum Repository {
  /// Reads one file; the test fails when it is not there.
  static func file(_ path: String) throws -> TextFile {
    TextFile(path: path, text: try String(contentsOfFile: "\(packageRoot)/\(path)", encoding: .utf8))
  }

  /// Every file below `folder` that is text and passes `isIncluded`, in path order. Build products are not looked at.
  static func files(below folder: String, where isIncluded: (String) -> Bool = { _ in true }) throws -> [TextFile] {
    let root = "\(packageRoot)/\(folder)"
    guard let enumerator = FileManager.default.enumerator(atPath: root) else { return [] }
    var paths: [String] = []
    for case let path as String in enumerator {
      if path.split(separator: "/").contains(where: { $0.hasPrefix(".build") }) { continue }
      paths.append("\(folder)/\(path)")
    }
    return paths.sorted().compactMap { path in
      guard isIncluded(path), let data = FileManager.default.contents(atPath: "\(packageRoot)/\(path)"),
        let text = String(data: data, encoding: .utf8)
      else { return nil }
      return TextFile(path: path, text: text)
    }
  }

  /// All Swift files of `Sources` and `Tests`, and of the Swift programs under `Tools`.
  static func swiftFiles() throws -> [TextFile] {
    try ["Sources", "Tests", "Tools"].flatMap { folder in try files(below: folder) { $0.hasSuffix(".swift") } }
  }

  /// Names at the top of the repository.
  static func topLevel() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: packageRoot).sorted()
  }

  static func exists(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: "\(packageRoot)/\(path)")
  }
}
