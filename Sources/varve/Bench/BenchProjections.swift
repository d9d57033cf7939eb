import ArgumentParser
import EventStore
import Evidence
import Foundation
import Primitives
import ProjectionStore
import Projections
import Rollup
import StateTransition
import Synchronization

/// `varve bench projections`: what the runtime of projections costs readers, and whoever appends beside it.
struct BenchProjectionsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "projections",
    abstract: "Measure the runtime of projections.",
    subcommands: [BenchSwitch.self, BenchAppender.self, BenchPast.self, BenchIndexLoad.self, BenchQueryIndex.self])
}

/// How long each of many calls took.
private struct Latencies: Encodable {
  let figure: String
  let calls: Int
  let medianMicroseconds: Double
  let p99Microseconds: Double
  let longestMicroseconds: Double

  init(_ figure: String, _ durations: [Duration]) {
    let sorted = durations.sorted()
    func at(_ share: Double) -> Double {
      sorted.isEmpty ? 0 : sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))] / .microseconds(1)
    }
    self.figure = figure
    calls = sorted.count
    medianMicroseconds = at(0.5)
    p99Microseconds = at(0.99)
    longestMicroseconds = at(1)
  }

  func print() { StandardStream.output.write(JSON.line(self) + "\n") }
}

/// A thread that goes on until it is told to stop.
private final class Beside: Sendable {
  private let isOver = Atomic(false)
  private let ended = DispatchSemaphore(value: 0)

  init(_ work: @escaping @Sendable (_ isOver: @escaping () -> Bool) -> Void) {
    let thread = Thread { [self] in
      work { self.isOver.load(ordering: .relaxed) }
      ended.signal()
    }
    thread.stackSize = 8 << 20
    thread.start()
  }

  func stop() {
    isOver.store(true, ordering: .relaxed)
    ended.wait()
  }
}

/// `varve bench projections switch`: what a reader meets while versions are switched.
struct BenchSwitch: VarveCommand {
  static let configuration = CommandConfiguration(
    commandName: "switch",
    abstract: "Readers that open the live version again and again, while it changes and while it does not.",
    discussion: """
      Takes a store whose proposer-state has a version before the live one. Prints a
      line for readers alone, one for readers beside switches, and one for the
      switches, synced as they are.
      """)

  @OptionGroup var options: GlobalOptions

  @Option(help: ArgumentHelp("How often to switch.", valueName: "n"))
  var switches = 100

  func execute(_ console: Console) throws {
    let projector = try options.openProjector(ProposerState.self)
    let alone = try (0..<2000).map { _ in try Self.read(projector) }
    let met = Mutex<[Duration]>([])
    let reader = Beside { isOver in
      while !isOver() {
        guard let time = try? Self.read(projector) else { fatalError("a reader found no version") }
        met.withLock { $0.append(time) }
      }
    }
    let clock = ContinuousClock()
    var times: [Duration] = []
    for _ in 0..<switches {
      times.append(try clock.measure { try projector.rollBack() })
      Thread.sleep(forTimeInterval: 0.002)
    }
    reader.stop()
    Latencies("read", alone).print()
    Latencies("read-beside-switches", met.withLock { $0 }).print()
    Latencies("switch", times).print()
  }

  /// Opens the live version and reads where it stands.
  private static func read(_ projector: Projector<ProposerState>) throws -> Duration {
    try ContinuousClock().measure { try projector.read { _, _ throws(FoldError) in } }
  }
}

/// `varve bench projections appender`: appends beside a rebuild.
struct BenchAppender: VarveCommand {
  static let configuration = CommandConfiguration(
    commandName: "appender",
    abstract: "Appends to the ledger, each waiting for its commit, alone and beside a rebuild of proposer-state.",
    discussion: """
      Appends observations to the store that it is given, which stays sound: they say
      again what is final. Prints a line for each of the two, and how far the rebuild
      came meanwhile.
      """)

  @OptionGroup var options: GlobalOptions

  @Option(help: ArgumentHelp("Appends in each of the two.", valueName: "n"))
  var appends = 2000

  @Option(help: ArgumentHelp("Records a second of the rebuild, at most.", valueName: "n"))
  var rate: Double?

  func execute(_ console: Console) throws {
    let log = try options.openLog(.readWrite)
    guard let final = try log.finalizedBlock() else { throw Failure(.cannot, "the store has no final L1 block") }
    let alone = try append(final, to: log)
    let projector = try options.projector(ProposerState.self, over: log)
    let rate = rate
    let records = Mutex<(done: UInt64, seconds: Double)>((0, 0))
    let rebuild = Beside { isOver in
      while !isOver() {
        var run = Projector<ProposerState>.Options { progress in
          records.withLock { $0 = (progress.position, progress.elapsed / .seconds(1)) }
        }
        run.recordsPerSecond = rate
        let hasEnded = Mutex(false)
        run.isCancelled = {
          if isOver() { hasEnded.withLock { $0 = true } }
          return hasEnded.withLock { $0 }
        }
        _ = try? projector.rebuild(run, resume: false, switches: false)
      }
    }
    let beside = try append(final, to: log)
    rebuild.stop()
    try projector.drop(unfinishedOnly: true)
    Latencies("append", alone).print()
    Latencies("append-beside-rebuild", beside).print()
    let (done, seconds) = records.withLock { $0 }
    Measurement("rebuild-beside-appends", recordBytes: 0, records: done, time: .seconds(seconds)).print()
  }

  private func append(_ final: BlockID, to log: EventLog) throws -> [Duration] {
    let record = NewRecord(.l1Finalized(L1Finalized(block: final)), at: .observed(at: final.number))
    let clock = ContinuousClock()
    return try (0..<appends).map { _ in try clock.measure { try log.append([record]) } }
  }
}

/// `varve bench projections past`: reads of an archive, now and then.
struct BenchPast: VarveCommand {
  static let configuration = CommandConfiguration(
    commandName: "past",
    abstract: "Read accounts of an archive, and prove them, as they are and as they were after some L2 block.",
    discussion: """
      Takes a store whose proposer-state is an archive. Each call opens it, and has a
      snapshot of its own. The last line has what memory the process took at most.
      """)

  @OptionGroup var options: GlobalOptions

  @Option(help: ArgumentHelp("Calls for each figure.", valueName: "n"))
  var calls = 2000

  @Option(help: ArgumentHelp("By how many L2 blocks the past is before the head, at least.", valueName: "n"))
  var back: UInt64 = 1

  @Flag(help: "Only make proofs.")
  var proofsOnly = false

  func execute(_ console: Console) throws {
    let projector = try options.openProjector(ProposerState.self)
    let addresses = try accounts()
    var newest: UInt64 = 0
    try projector.read(afterBlock: nil) { _, place throws(FoldError) in newest = place.block.number }
    guard newest >= back, !addresses.isEmpty else {
      throw Failure(.cannot, "the chain is too short, or has no accounts")
    }
    for (figure, isPast, isProof) in [
      ("read-newest", false, false), ("read-past", true, false), ("proof-newest", false, true),
      ("proof-past", true, true),
    ] where isProof || !proofsOnly {
      var random = SplitMix64(seed: 1)
      let times = try (0..<calls).map { _ in
        let address = addresses[Int(random.next() % UInt64(addresses.count))]
        let block = random.next() % (newest - back + 1)
        return try ContinuousClock().measure {
          try projector.read(afterBlock: isPast ? block : nil) { view, place throws(FoldError) in
            try Self.look(at: address, in: view, place, proving: isProof)
          }
        }
      }
      Latencies(figure, times).print()
    }
    PeakMemory(figure: "memory").print()
  }

  private static func look(
    at address: Address, in view: ProjectionView, _ place: StatePlace, proving isProof: Bool
  ) throws(FoldError) {
    guard isProof else {
      _ = try ProposerState.account(address, in: view)
      return
    }
    do throws(StateTrieError) {
      _ = try AccountProof(of: address, slots: [], root: place.stateRoot, reader: ProposerState.nodes(in: view))
    } catch { throw .trie(block: place.block.number, error) }
  }

  /// Those of genesis.
  private func accounts() throws -> [Address] {
    guard case .chainConfigured(let event) = try options.openLog(.readOnly).record(at: .zero).event() else { return [] }
    return event.configuration.allocation.map(\.address)
  }
}
