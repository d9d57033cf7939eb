// `varve devnet`: a whole rollup in one process.

import ArgumentParser
import Dispatch
import Foundation
import Node
import Synchronization
import SystemPackage

struct DevnetCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "devnet",
    abstract: "Runs a whole rollup in one process: L1, sequencer, proposer, challengers.",
    discussion: """
      Without a scenario it goes on where it was, one L1 block every twelve
      seconds, until it is interrupted. With one it plays a script at full speed
      on virtual time, in a directory of its own below the data directory, and
      says what happened, with the position of the record that holds it.

      EXAMPLES
        varve devnet --scenario honest
        varve devnet --scenario all --json
        varve devnet --data-dir my-devnet
      """)

  @OptionGroup var options: GlobalOptions

  @Option(
    help: ArgumentHelp(
      "Plays a script: \(DevnetScenario.allCases.map(\.rawValue).joined(separator: ", ")), or all.",
      valueName: "name"))
  var scenario: String?

  @Option(help: ArgumentHelp("How many L1 blocks to make before it ends; without it, no end.", valueName: "count"))
  var blocks: Int?

  @Option(help: ArgumentHelp("Seconds of real time between L1 blocks of a live devnet.", valueName: "seconds"))
  var pace: Double = 12

  func validate() throws {
    if let scenario, scenario != "all", DevnetScenario(rawValue: scenario) == nil {
      throw ValidationError("there is no scenario '\(scenario)'")
    }
  }

  func run() throws {
    let failures = try Blocking.run { try await play() }
    if !failures.isEmpty { throw Stop(exitCode: Failure.Kind.disagreement.rawValue) }
  }

  private func play() async throws -> [String] {
    guard let scenario else {
      try await live()
      return []
    }
    let chosen = DevnetScenario(rawValue: scenario).map { [$0] } ?? DevnetScenario.allCases
    var failures: [String] = []
    for scenario in chosen { failures += try await play(scenario) }
    return failures
  }

  private func play(_ scenario: DevnetScenario) async throws -> [String] {
    let directory = FilePath(options.dataDirectory).appending(scenario.rawValue)
    try? FileManager.default.removeItem(atPath: directory.string)
    try FileManager.default.createDirectory(atPath: directory.string, withIntermediateDirectories: true)
    tell(scenario.rawValue, nil, "== \(scenario.rawValue): \(scenario.title)")
    let (console, name) = (options.console, scenario.rawValue)
    do throws(NodeError) {
      var devnet = try Devnet(directory: directory)
      return try await scenario.run(&devnet) { position, text in
        console.line(
          Line(scenario: name, position: position, text: text), text: Line.text(position: position, text))
      }
    } catch {
      throw console.stop(Failure(.cannot, error.description, remedy: "look at \(directory)"))
    }
  }

  private func live() async throws {
    let directory = FilePath(options.dataDirectory)
    try FileManager.default.createDirectory(atPath: directory.string, withIntermediateDirectories: true)
    do {
      var devnet = try Devnet(directory: directory)
      var count = 0
      while count < blocks ?? .max {
        try await devnet.tick()
        tell(nil, nil, devnet.summary)
        for news in devnet.takeNews() {
          if let line = news.line { tell(nil, line.position, line.text) }
        }
        count += 1
        if count < blocks ?? .max { try await Task.sleep(for: .seconds(pace)) }
      }
    } catch let error as NodeError {
      throw options.console.stop(Failure(.cannot, error.description, remedy: "look at \(directory)"))
    }
  }

  private func tell(_ scenario: String?, _ position: UInt64?, _ text: String) {
    options.console.line(
      Line(scenario: scenario, position: position, text: text), text: Line.text(position: position, text))
  }

  private struct Line: Encodable {
    var scenario: String?
    var position: UInt64?
    var text: String

    static func text(position: UInt64?, _ text: String) -> String {
      let place = position.map(String.init) ?? ""
      return String(repeating: " ", count: max(0, 6 - place.count)) + place + "  " + text
    }
  }
}

/// Asynchronous work in a command, which is synchronous.
private enum Blocking {
  static func run<Value: Sendable>(_ body: sending @escaping () async throws -> Value) throws -> Value {
    let outcome = Mutex<Result<Value, any Error>?>(nil)
    let done = DispatchSemaphore(value: 0)
    Task {
      let result: Result<Value, any Error>
      do { result = .success(try await body()) } catch { result = .failure(error) }
      outcome.withLock { $0 = result }
      done.signal()
    }
    done.wait()
    guard let result = outcome.withLock({ $0 }) else { preconditionFailure("the task has ended") }
    return try result.get()
  }
}
