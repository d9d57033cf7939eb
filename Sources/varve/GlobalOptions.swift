// Options that every command has.

import ArgumentParser
import Foundation
import Logging

/// Where the data is, and how to print.
struct GlobalOptions: ParsableArguments {
  @Option(
    name: .customLong("data-dir"),
    help: ArgumentHelp(
      "Where the log and the projections are.",
      discussion: "Without it: the environment variable VARVE_DATA_DIR, else ./varve-data.", valueName: "directory"),
    completion: .directory)
  var dataDirectoryOption: String?

  @Flag(help: "Print one JSON object, or JSON Lines, with stable keys.")
  var json = false

  @Flag(help: "Print errors only; with --json, the result too.")
  var quiet = false

  @Option(
    help: ArgumentHelp("How much to log on standard error.", valueName: "level"),
    completion: .list(LogLevel.allCases.map(\.rawValue)))
  var logLevel: LogLevel = .warning

  /// The data directory after the defaults have been applied.
  var dataDirectory: String {
    if let dataDirectoryOption { return dataDirectoryOption }
    let fromEnvironment = ProcessInfo.processInfo.environment["VARVE_DATA_DIR"] ?? ""
    return fromEnvironment.isEmpty ? "varve-data" : fromEnvironment
  }

  var console: Console { Console(isJSON: json, isQuiet: quiet) }

  /// Has what the libraries log written to standard error, at the level asked for. Once for a process, before it opens
  /// anything.
  func startLogging() {
    let level = quiet ? max(logLevel.level, .error) : logLevel.level
    LoggingSystem.bootstrap { label in
      var handler = StreamLogHandler.standardError(label: label)
      handler.logLevel = level
      return handler
    }
  }
}

/// swift-log's levels, as an argument.
enum LogLevel: String, ExpressibleByArgument, CaseIterable {
  case trace, debug, info, notice, warning, error, critical

  var level: Logger.Level { Logger.Level(rawValue: rawValue) ?? .warning }
}
