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

/// When something began, and when it had ended.
struct TimedCall {
  let begin, end: ContinuousClock.Instant

  var duration: Duration { end - begin }

  /// Does something, and notes when.
  static func of(_ body: () throws -> Void) rethrows -> TimedCall {
    let begin = ContinuousClock.now
    try body()
    return TimedCall(begin: begin, end: .now)
  }
}

extension [TimedCall] {
  /// Those that went on while one of the others did. Both are in order, and none of either overlaps another of its own.
  func meeting(_ others: [TimedCall]) -> [TimedCall] {
    var next = others.startIndex
    return filter { call in
      while next < others.endIndex, others[next].end < call.begin { next += 1 }
      return next < others.endIndex && others[next].begin <= call.end
    }
  }
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
      line for readers alone, one for readers beside switches, of which only those
      count that went on while a switch did, and one for the switches, synced as they
      are.
      """)

  @OptionGroup var options: GlobalOptions

  @Option(help: ArgumentHelp("How often to switch.", valueName: "n"))
  var switches = 100

  func execute(_ console: Console) throws {
    let projector = try options.openProjector(ProposerState.self)
    let alone = try (0..<2000).map { _ in try Self.read(projector) }
    let beside = Mutex<Result<[TimedCall], any Error>>(.success([]))
    let reader = Beside { isOver in
      let calls = Result {
        var calls: [TimedCall] = []
        while !isOver() { calls.append(try Self.read(projector)) }
        return calls
      }
      beside.withLock { $0 = calls }
    }
    var renames: [TimedCall] = []
    let failure = Result {
      for _ in 0..<switches {
        renames.append(try TimedCall.of { try projector.rollBack() })
        Thread.sleep(forTimeInterval: 0.002)
      }
    }
    reader.stop()
    try failure.get()
    let met = try beside.withLock { try $0.get() }.meeting(renames)
    guard !met.isEmpty else { throw Failure(.cannot, "no reader has met a switch") }
    Latencies("read", alone.map(\.duration)).print()
    Latencies("read-beside-switches", met.map(\.duration)).print()
    Latencies("switch", renames.map(\.duration)).print()
  }

  /// Opens the live version and reads where it stands.
  private static func read(_ projector: Projector<ProposerState>) throws -> TimedCall {
    try TimedCall.of { try projector.read { _, _ throws(FoldError) in } }
  }
}

/// `varve bench projections appender`: appends beside a rebuild.
struct BenchAppender: VarveCommand {
  static let configuration = CommandConfiguration(
    commandName: "appender",
    abstract: "Appends to the ledger, each waiting for its commit, alone and beside a rebuild of proposer-state.",
    discussion: """
      Appends observations to the store that it is given, which stays sound: they say
      again what is final. Prints a line for each of the two, and how much was rebuilt
      meanwhile. Where that is nothing, or the rebuild fails, so does the command.
      """)

  @OptionGroup var options: GlobalOptions

  @Option(help: ArgumentHelp("Appends in each of the two.", valueName: "n"))
  var appends = 2000

  @OptionGroup var pace: RateOption

  func execute(_ console: Console) throws {
    let log = try options.openLog(.readWrite)
    guard let final = try log.finalizedBlock() else { throw Failure(.cannot, "the store has no final L1 block") }
    let alone = try append(final, to: log)
    let projector = try options.projector(ProposerState.self, over: log)
    // A rebuild would begin with that.
    try options.projector(SenderIndex.self, over: log).bringUp()
    let rate = pace.rate
    let rebuilt = Mutex<Result<UInt64, any Error>>(.success(0))
    let began = ContinuousClock.now
    let rebuild = Beside { isOver in
      let records = Result { try Self.rebuild(projector, rate: rate, until: isOver) }
      rebuilt.withLock { $0 = records }
    }
    let beside = Result { try append(final, to: log) }
    rebuild.stop()
    let time = ContinuousClock.now - began
    let records = try rebuilt.withLock { try $0.get() }
    try projector.drop(unfinishedOnly: true)
    let durations = try beside.get()
    guard records > 0 else { throw Failure(.cannot, "nothing was rebuilt beside the appends: they are too few") }
    Latencies("append", alone).print()
    Latencies("append-beside-rebuild", durations).print()
    Measurement("rebuild-beside-appends", recordBytes: 0, records: records, time: time).print()
  }

  /// Rebuilds, again and again, and says how many records it has folded.
  private static func rebuild(
    _ projector: Projector<ProposerState>, rate: Double?, until isOver: @escaping () -> Bool
  ) throws -> UInt64 {
    var run = Projector<ProposerState>.Options()
    run.recordsPerSecond = rate
    run.isCancelled = isOver
    var records: UInt64 = 0
    while !isOver() { records += try rebuild(projector, run) }
    return records
  }

  /// Rebuilds until it has come to the end, or is stopped.
  private static func rebuild(
    _ projector: Projector<ProposerState>, _ run: Projector<ProposerState>.Options
  ) throws -> UInt64 {
    do throws(ProjectionError) {
      return try projector.rebuild(run, resume: false, switches: false).cursor.nextPosition
    } catch {
      guard case .interrupted(let projection, let reached, _) = error else { throw error }
      // What it reads may have been interrupted in its place.
      return projection == ProposerState.name ? reached : 0
    }
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
      snapshot of its own. With --slots, proofs are of the genesis account that has the
      most storage, and of so many of its slots. The last line has what memory the
      process took at most, once it had chosen of what the proofs are.
      """)

  @OptionGroup var options: GlobalOptions

  @Option(help: ArgumentHelp("Calls for each figure.", valueName: "n"))
  var calls = 2000

  @Option(help: ArgumentHelp("By how many L2 blocks the past is before the head, at least.", valueName: "n"))
  var back: UInt64 = 1

  @Flag(help: "Only make proofs.")
  var proofsOnly = false

  @Option(help: ArgumentHelp("Storage slots in each proof.", valueName: "n"))
  var slots = 0

  func validate() throws {
    guard calls > 0, slots >= 0 else { throw ValidationError("--calls must be at least 1, and --slots not negative") }
  }

  func execute(_ console: Console) throws {
    let projector = try options.openProjector(ProposerState.self)
    let accounts = try accounts()
    PeakMemory.forget()
    var newest: UInt64 = 0
    try projector.read(afterBlock: nil) { _, place throws(FoldError) in newest = place.block.number }
    guard newest >= back, let holder = accounts.max(by: { $0.slots.count < $1.slots.count }),
      holder.slots.count >= slots
    else { throw Failure(.cannot, "the chain is too short, or has no accounts, or none with as many slots") }
    for (figure, isPast, isProof) in [
      ("read-newest", false, false), ("read-past", true, false), ("proof-newest", false, true),
      ("proof-past", true, true),
    ] where isProof || !proofsOnly {
      var random = SplitMix64(seed: 1)
      let times = try (0..<calls).map { _ in
        let account = isProof && slots > 0 ? holder : accounts[Int(random.next() % UInt64(accounts.count))]
        let numbers = (0..<(isProof ? slots : 0)).map { _ in
          holder.slots[Int(random.next() % UInt64(holder.slots.count))]
        }
        let block = random.next() % (newest - back + 1)
        return try ContinuousClock().measure {
          try projector.read(afterBlock: isPast ? block : nil) { view, place throws(FoldError) in
            try Self.look(at: account.address, numbers, in: view, place, proving: isProof)
          }
        }
      }
      Latencies(figure, times).print()
    }
    PeakMemory(figure: "memory").print()
  }

  private static func look(
    at address: Address, _ slots: [UInt256], in view: ProjectionView, _ place: StatePlace, proving isProof: Bool
  ) throws(FoldError) {
    guard isProof else {
      _ = try ProposerState.account(address, in: view)
      return
    }
    do throws(StateTrieError) {
      _ = try AccountProof(of: address, slots: slots, root: place.stateRoot, reader: ProposerState.nodes(in: view))
    } catch { throw .trie(block: place.block.number, error) }
  }

  /// Those of genesis, with the numbers of their slots.
  private func accounts() throws -> [(address: Address, slots: [UInt256])] {
    guard case .chainConfigured(let event) = try options.openLog(.readOnly).record(at: .zero).event() else { return [] }
    return event.configuration.allocation.map { ($0.address, slots > 0 ? $0.storage.map(\.key) : []) }
  }
}
