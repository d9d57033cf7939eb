// Runs the built `varve`, as a person would.

import Foundation

/// One finished run of the tool.
public struct ToolRun: Sendable {
  /// The exit code; 128 + the signal's number when a signal ended it.
  public let exitCode: Int32

  /// What it printed.
  public let output: String

  /// What it said on standard error.
  public let errors: String
}

/// The tool of the build that the tests belong to.
public enum Tool {
  /// The folder with this build's products.
  public static let products: String = {
    let bundle = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    return URL(fileURLWithPath: bundle).deletingLastPathComponent().path
  }()

  /// The tool itself.
  public static let path = "\(products)/varve"

  /// Runs the tool to its end, or interrupts it as Ctrl-C does when it still runs after so many seconds. Neither stream is
  /// a terminal, and no `VARVE_…` setting of the caller reaches it.
  public static func run(
    _ arguments: [String], environment: [String: String] = [:], interruptedAfter seconds: Double? = nil
  ) throws -> ToolRun {
    let inherited = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("VARVE_") }
    return try withTemporaryDirectory { directory in
      let outputPath = "\(directory)/output"
      let errorsPath = "\(directory)/errors"
      for path in [outputPath, errorsPath] { _ = FileManager.default.createFile(atPath: path, contents: nil) }
      let process = Process()
      process.executableURL = URL(fileURLWithPath: path)
      process.arguments = arguments
      process.environment = inherited.merging(environment) { $1 }
      process.standardInput = FileHandle.nullDevice
      process.standardOutput = FileHandle(forWritingAtPath: outputPath)
      process.standardError = FileHandle(forWritingAtPath: errorsPath)
      try process.run()
      if let seconds {
        Thread.sleep(forTimeInterval: seconds)
        if process.isRunning { process.interrupt() }
      }
      if let seconds {
        Thread.sleep(forTimeInterval: seconds)
        if process.isRunning { process.interrupt() }
      }
      process.waitUntilExit()
      let wasKilled = process.terminationReason == .uncaughtSignal
      return ToolRun(
        exitCode: wasKilled ? 128 + process.terminationStatus : process.terminationStatus,
        output: try String(contentsOfFile: outputPath, encoding: .utf8),
        errors: try String(contentsOfFile: errorsPath, encoding: .utf8))
    }
  }
}
