import ArgumentParser
import ProjectionStore
import Projections

/// `varve bench replay`: where the time of a replay goes.
struct BenchReplayCommand: VarveCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay",
    abstract: "Replay the log, and measure each stage.",
    discussion: """
      As `varve replay`, with a look at the clock at each change of stage, which
      adds well under a microsecond a block. Prints one line of JSON for the whole
      and one for each stage.
      """)

  @OptionGroup var options: GlobalOptions

  func execute(_ console: Console) throws {
    let projector = try options.openProjector(ProposerState.self)
    let clock = StageClock()
    let start = ContinuousClock.now
    let report = try projector.replay(.init(clock: clock))
    let whole = ContinuousClock.now - start
    StageTime("all", whole, of: whole, blocks: report.outputs).print()
    for stage in StageClock.Stage.allCases {
      StageTime("\(stage)", clock.total(of: stage), of: whole, blocks: report.outputs).print()
    }
  }
}

/// What one stage took, as a line of JSON.
private struct StageTime: Encodable {
  let figure = "replay"
  let stage: String
  let blocks: UInt64
  let seconds: Double
  /// Of the whole replay's time: 0 to 1.
  let share: Double
  let microsecondsPerBlock: Double
  let blocksPerSecond: Double

  init(_ stage: String, _ time: Duration, of whole: Duration, blocks: UInt64) {
    self.stage = stage
    self.blocks = blocks
    seconds = time / .seconds(1)
    share = time / whole
    microsecondsPerBlock = blocks > 0 ? seconds * 1e6 / Double(blocks) : 0
    blocksPerSecond = seconds > 0 ? Double(blocks) / seconds : 0
  }

  func print() {
    StandardStream.output.write(JSON.line(self) + "\n")
  }
}
