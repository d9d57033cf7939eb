import Foundation
import TestSupport
import Testing

@Suite("Repository")
struct RepositoryTests {
  @Test("nothing but the package, its documents and dotfiles lies at the top")
  func topLevel() throws {
    let expected: Set = ["Docs", "Package.swift", "README.md", "Sources", "Tests", "Tools"]
    // What building and running leave behind; git does not see these.
    let leftovers: Set = ["Package.resolved", "varve-data"]
    let found = Set(try Repository.topLevel().filter { !$0.hasPrefix(".") }).subtracting(leftovers)
    #expect(found == expected)
  }

  @Test("each folder of Sources and Tests is a target, and each target has its folder")
  func foldersAreTargets() throws {
    let targets = try ModuleMap.ofManifest()
    for (folder, place) in [("Sources", ModuleMap.ManifestTarget.Place.sources), ("Tests", .tests)] {
      let found = try FileManager.default.contentsOfDirectory(atPath: "\(packageRoot)/\(folder)")
      #expect(Set(found) == Set(targets.filter { $0.place == place }.map(\.name)), "folders of \(folder)")
    }
  }

  @Test("the licence is the whole text of Apache-2.0")
  func licence() throws {
    let text = try Repository.file("Docs/LICENSE").text
    for part in ["Apache License", "Version 2.0, January 2004", "END OF TERMS AND CONDITIONS", "9. Accepting Warranty"]
    {
      #expect(text.contains(part))
    }
  }

  @Test("every relative link of a document leads to a file of the repository")
  func documentLinks() throws {
    let documents = try Repository.files(below: "Docs") { $0.hasSuffix(".md") } + [Repository.file("README.md")]
    for document in documents {
      let folder = document.path.split(separator: "/").dropLast().joined(separator: "/")
      for match in document.text.matches(of: #/\]\(([^)#\s]+)(?:#[^)]*)?\)/#) where !match.output.1.contains("://") {
        let path = folder.isEmpty ? String(match.output.1) : "\(folder)/\(match.output.1)"
        #expect(Repository.exists(path), "\(document.path) links to \(match.output.1)")
      }
    }
  }

  @Test("scripts can be run, and stop at the first failure")
  func scripts() throws {
    let scripts =
      try [Repository.file(".ci/run")]
      + Repository.files(below: "Tools") { !$0.split(separator: "/").last!.contains(".") }
    #expect(scripts.count >= 3)
    for script in scripts where script.text.hasPrefix("#!/usr/bin/env bash") {
      #expect(FileManager.default.isExecutableFile(atPath: "\(packageRoot)/\(script.path)"), "\(script.path)")
      #expect(script.text.contains("set -euo pipefail"), "\(script.path)")
    }
  }
}
