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

  @Test("who appends says at its end, if asked, how many callers shared a commit and how long that took")
  func commitTotals() throws {
    try DemoWorld.with { world in
      let told = #/debug.* varve\.log.*appended \d+ records .* in \d+ commits, for \d+ callers; .* ms a commit/#
      let imported = try world.expect(0, world.importing(world.chain) + ["--log-level", "debug"])
      #expect(imported.errors.contains(told), "\(imported.errors)")
      #expect(try world.expect(0, ["log", "list", "--log-level", "debug"]).errors.firstMatch(of: told) == nil)
      let devnet = try Tool.run(
        ["devnet", "--pace", "0", "--blocks", "2", "--log-level", "debug", "--data-dir", "\(world.directory)/live"])
      #expect(devnet.exitCode == 0 && devnet.errors.contains(told), "\(devnet.errors)")
      for quiet in [[], ["--quiet", "--log-level", "debug"]] {
        let run = try Tool.run(
          ["devnet", "--pace", "0", "--blocks", "1", "--data-dir", "\(world.directory)/live"] + quiet)
        #expect(run.exitCode == 0 && run.errors.isEmpty, "\(run.errors)")
      }
      let help = try Tool.run(["log", "stats", "--help"]).output
      #expect(help.contains("--log-level debug") && !help.contains("metrics system"))
    }
  }
}
