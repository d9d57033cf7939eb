import ArgumentParser
import Foundation
import TestSupport
import Testing

@testable import varve

/// One command of the tool, with the words that call it.
struct CommandPath: CustomTestStringConvertible, Sendable {
  let words: [String]
  let type: any ParsableCommand.Type

  var testDescription: String { words.joined(separator: " ") }

  /// The tool's root and every command below it that help shows.
  static let all: [CommandPath] = collect(CommandPath(words: ["varve"], type: Varve.self))

  private static func collect(_ path: CommandPath) -> [CommandPath] {
    [path]
      + path.type.configuration.subcommands.filter { $0.configuration.shouldDisplay }.flatMap { type in
        collect(CommandPath(words: path.words + [type.configuration.commandName ?? "?"], type: type))
      }
  }
}

@Suite("Help and examples")
struct ExampleTests {
  /// What follows `varve` on each line of `text` that begins with it, comments and prompts taken off.
  private func commands(in text: String) -> [[String]] {
    text.split(separator: "\n").compactMap { line in
      let words = line.prefix { $0 != "#" }.split(separator: " ").map(String.init).filter { $0 != "$" }
      return words.first == "varve" ? Array(words.dropFirst()) : nil
    }
  }

  private func expectParses(_ arguments: [String], _ place: String) {
    #expect(throws: Never.self, "\(place): varve \(arguments.joined(separator: " "))") {
      _ = try Varve.parseAsRoot(arguments)
    }
  }

  @Test("each command has a summary, and examples that are commands", arguments: CommandPath.all)
  func help(path: CommandPath) throws {
    let configuration = path.type.configuration
    #expect(!configuration.abstract.isEmpty)
    let parts = configuration.discussion.components(separatedBy: "EXAMPLES\n")
    try #require(parts.count == 2, "no EXAMPLES")
    let examples = commands(in: parts[1])
    #expect(!examples.isEmpty)
    for example in examples { expectParses(example, path.testDescription) }
    #expect(configuration.discussion.split(separator: "\n").allSatisfy { $0.count <= 80 }, "help is for 80 columns")
  }

  @Test("each command's --help ends with 0 on standard output", arguments: CommandPath.all)
  func helpRuns(path: CommandPath) throws {
    let run = try Tool.run(Array(path.words.dropFirst()) + ["--help"])
    #expect(run.exitCode == 0)
    #expect(run.output.contains("USAGE: \(path.testDescription)"))
    #expect(run.errors.isEmpty)
  }

  @Test("each command in the README is one")
  func readme() throws {
    let text = try String(contentsOfFile: "\(packageRoot)/README.md", encoding: .utf8)
    let blocks = text.components(separatedBy: "```").enumerated().filter { !$0.offset.isMultiple(of: 2) }
    let examples = blocks.flatMap { commands(in: $0.element) }
    #expect(examples.count > 5)
    for example in examples { expectParses(example, "README.md") }
  }

  @Test("every shell gets its completions", arguments: ["bash", "zsh", "fish"])
  func completions(shell: String) throws {
    let run = try Tool.run(["--generate-completion-script", shell])
    #expect(run.exitCode == 0)
    #expect(run.output.contains("data-dir"))
  }
}
