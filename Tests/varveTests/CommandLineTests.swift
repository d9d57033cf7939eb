import Foundation
import TestSupport
import Testing

@testable import varve

@Suite("The command line")
struct CommandLineTests {
  @Test("help goes to standard output and ends with 0")
  func help() throws {
    let run = try Tool.run(["--help"])
    #expect(run.exitCode == 0)
    #expect(run.output.contains("EXIT CODES"))
    #expect(run.errors.isEmpty)
  }

  @Test("wrong usage ends with 2 and says on standard error what was wrong", arguments: [["nosuch"], ["--nosuch"]])
  func wrongUsage(arguments: [String]) throws {
    let run = try Tool.run(arguments)
    #expect(run.exitCode == 2)
    #expect(run.output.isEmpty)
    #expect(run.errors.hasPrefix("error: "))
    #expect(run.errors.contains("nosuch"))
  }

  @Test("with --json, wrong usage is an error object too")
  func wrongUsageAsJSON() throws {
    let run = try Tool.run(["log", "nosuch", "--json"])
    #expect(run.exitCode == 2)
    let object = try #require(try JSONSerialization.jsonObject(with: Data(run.errors.utf8)) as? [String: [String: Any]])
    #expect(object["error"]?["exitCode"] as? Int == 2)
  }

  @Test("without arguments it prints help")
  func bare() throws {
    let run = try Tool.run([])
    #expect(run.exitCode == 0)
    #expect(run.output.contains("USAGE: varve"))
  }
}
