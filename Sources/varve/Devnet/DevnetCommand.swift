// `varve devnet`: a whole rollup in one process.

import ArgumentParser
import Dispatch
import Foundation
import Node
import Primitives
import Rollup
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

      Of a live one each L1 block is a line: the newest L2 block that L1 has, the
      newest that the sequencer has signed (unsafe) and executed, and the newest
      that no reorganisation of L1 takes back (finalized).

      With --log-level debug each log says at the end how many callers shared a
      commit, and how long commits took.

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

  /// A day.
  private static let slowestPace: Double = 86_400

  func validate() throws {
    if let scenario, scenario != "all", DevnetScenario(rawValue: scenario) == nil {
      throw ValidationError("there is no scenario '\(scenario)'")
    }
    // Neither what is no number nor an infinity is in the range.
    guard (0...Self.slowestPace).contains(pace) else {
      throw ValidationError("--pace takes seconds from 0 to \(Int(Self.slowestPace)), not \(pace)")
    }
  }

  func run() throws {
    options.startLogging()
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
    let (console, name) = (options.console, scenario.rawValue)
    return try await telling { () async throws(NodeError) in
      try clear(directory)
      tell(name, DevnetLine("== \(name): \(scenario.title)"))
      var devnet = try Devnet(directory: directory)
      return try await scenario.run(&devnet) { console.line(Line(scenario: name, $0), text: $0.description) }
    }
  }

  /// Removes what an earlier run of a script has left. What is there and is no devnet is left alone.
  private func clear(_ directory: FilePath) throws(NodeError) {
    guard FileManager.default.fileExists(atPath: directory.string) else { return }
    guard FileManager.default.fileExists(atPath: directory.appending("devnet").string) else {
      throw .files(path: directory.string, cause: "it is there and no devnet; name another --data-dir")
    }
    do { try FileManager.default.removeItem(atPath: directory.string) } catch {
      throw .files(path: directory.string, cause: error.localizedDescription)
    }
  }

  /// Runs until it is interrupted; everything is durable at every moment, so the next start goes on here.
  private func live() async throws {
    do {
      for log in LogChoice.Name.allCases { try Suspicion.settle(options, LogChoice(log)) }
    } catch { throw options.console.stop(error as? Failure ?? Failure(of: error)) }
    let interruption = Interruption()
    let directory = FilePath(options.dataDirectory)
    try await telling { () async throws(NodeError) in
      var devnet = try Devnet(directory: directory)
      tell(nil, DevnetLine("at \(devnet.summary)"))
      for line in devnet.takeNews().compactMap(\.line) { tell(nil, line) }
      var count = 0
      while count < blocks ?? .max, !interruption.isRequested {
        devnet.userSends()
        try await devnet.tick()
        tell(nil, DevnetLine(devnet.summary))
        for line in devnet.takeNews().compactMap(\.line) { tell(nil, line) }
        count += 1
        if count < blocks ?? .max { await pause(unless: interruption) }
      }
      tell(nil, DevnetLine("stopped at \(devnet.summary); the next start goes on from there"))
    }
  }

  /// Waits for the next L1 block, or for an interruption.
  private func pause(unless interruption: Interruption) async {
    let end = ContinuousClock.now + .seconds(pace)
    while ContinuousClock.now < end, !interruption.isRequested {
      try? await Task.sleep(for: min(.milliseconds(50), end - ContinuousClock.now))
    }
  }

  /// Runs `body`; what ends it is told in the one error style.
  private func telling<R>(_ body: () async throws(NodeError) -> R) async throws -> R {
    do throws(NodeError) { return try await body() } catch { throw options.console.stop(Failure(of: error)) }
  }

  private func tell(_ scenario: String?, _ line: DevnetLine) {
    options.console.line(Line(scenario: scenario, line), text: line.description)
  }

  /// A line as JSON: `position` and `kind` of the record that holds it, or the `row` or the `file`.
  private struct Line: Encodable {
    let scenario: String?
    var position: UInt64?
    var kind: String?
    var row: String?
    var file: String?
    let text: String

    init(scenario: String?, _ line: DevnetLine) {
      self.scenario = scenario
      text = line.text
      switch line.holder {
      case .record(let position, let kind): (self.position, self.kind) = (position.rawValue, kind.name)
      case .row(let row): self.row = row
      case .file(let file): self.file = file
      case .nothing: break
      }
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
