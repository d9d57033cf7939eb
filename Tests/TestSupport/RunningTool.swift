// The tool while it runs, for tests that interrupt it.

import Foundation

/// A run of the built `varve` that goes on by itself until it ends or is told to.
public final class RunningTool {
  private let process = Process()
  private let outputPath: String

  /// Starts the tool; its standard output goes to a new file at `outputPath`.
  public init(_ arguments: [String], outputPath: String) throws {
    self.outputPath = outputPath
    _ = FileManager.default.createFile(atPath: outputPath, contents: nil)
    process.executableURL = URL(fileURLWithPath: Tool.path)
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("VARVE_") }
    // Where a fault was is told, and not by name: looking that up takes long in a debug build.
    process.environment?["SWIFT_BACKTRACE"] = "symbolicate=off"
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle(forWritingAtPath: outputPath)
    process.standardError = FileHandle.nullDevice
    try process.run()
  }

  /// What it has printed so far.
  public var output: String { (try? String(contentsOfFile: outputPath, encoding: .utf8)) ?? "" }

  /// Waits until something is in its output; false when it ends first, or a minute goes by.
  public func waitFor(_ text: String) -> Bool {
    let end = Date(timeIntervalSinceNow: 60)
    while Date() < end {
      if output.contains(text) { return true }
      if !process.isRunning { return output.contains(text) }
      usleep(20_000)
    }
    return false
  }

  /// Sends it a signal and waits for its end, after a minute by SIGKILL; the exit code, 128 + the signal's number when a
  /// signal ended it.
  public func end(_ signal: Int32) -> Int32 {
    kill(process.processIdentifier, signal)
    let end = Date(timeIntervalSinceNow: 60)
    while process.isRunning, Date() < end { usleep(20_000) }
    if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    process.waitUntilExit()
    return process.terminationReason == .uncaughtSignal ? 128 + process.terminationStatus : process.terminationStatus
  }
}
