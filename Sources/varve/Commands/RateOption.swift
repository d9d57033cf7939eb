import ArgumentParser

/// How fast a run may fold, so that others have the disk and the processors.
struct RateOption: ParsableArguments {
  @Option(help: ArgumentHelp("Records a second, at most.", valueName: "n"))
  var rate: Double?

  /// Records a second that a run can be held to: from one in 17 minutes to more than any machine folds.
  static let rates = 0.001...1_000_000_000

  func validate() throws {
    guard let rate, !Self.rates.contains(rate) else { return }
    throw ValidationError("--rate must be from 0.001 to 1,000,000,000 records a second; without it there is no bound")
  }
}
