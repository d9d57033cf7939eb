import EventStore
import Foundation
import LMDB
import Node
import Primitives
import ProjectionStore
import Projections
import Roles
import Rollup
import StoreFiles
import SystemPackage

/// Looks at a store as it lies there.
struct StoreExamination {
  private let options: GlobalOptions
  private let log: EventLog
  private let directory: DataDirectory
  private let statistics: EventLog.Statistics

  /// Nil for a log without a first record.
  private let configuration: ChainConfiguration?

  init(_ options: GlobalOptions, _ log: EventLog) throws {
    self.options = options
    self.log = log
    directory = DataDirectory(options.dataPath)
    statistics = try log.statistics()
    configuration = statistics.head.size > 0 ? try ChainConfiguration(of: log) : nil
  }

  func findings() throws -> [DoctorFinding] {
    var findings = [logFinding]
    findings += Self.fileFindings(statistics.warnings)
    findings.append(Self.mapFinding(usedBytes: statistics.usedBytes, mapSize: statistics.mapSize))
    findings += [keyFinding(), diskFinding()]
    findings += try clockFindings()
    findings += ProjectionName.allCases.map { projectionFinding($0) }
    findings += try guardFindings()
    findings += leftovers()
    return findings
  }

  private var logFinding: DoctorFinding {
    guard let newest = statistics.newestBlock else {
      return .warn("log", "it has no L1 block yet", "`varve import chain`, or run a node over it")
    }
    let final = statistics.finalizedBlock.map { ", final up to \($0.number)" } ?? ", nothing of it final"
    return .ok(
      "log", "\(Quantity.count(statistics.head.size)) records, L1 block \(Quantity.count(newest.number))\(final)")
  }

  /// What there is to say against the library, and against the file system that the log is on.
  static func fileFindings(_ warnings: [String], of library: LibraryVersion = .linked) -> [DoctorFinding] {
    let version = "version \(library)"
    let ofLibrary = library.warnings.map { DoctorFinding.warn("LMDB", "\(version): \($0)", "install another version") }
    let others = warnings.filter { !library.warnings.contains($0) }
    return (ofLibrary.isEmpty ? [DoctorFinding.ok("LMDB", version)] : ofLibrary)
      + others.map { DoctorFinding.warn("log's disk", $0, "move the store to a local file system") }
  }

  /// The map is address space, of which the log takes what `ulimit -v` leaves it, and more when it is full. It is this
  /// process's, under the limit that the doctor has been started with.
  static func mapFinding(usedBytes: Int, mapSize: Int) -> DoctorFinding {
    let text =
      "\(Quantity.bytes(UInt64(usedBytes))) of \(Quantity.bytes(UInt64(mapSize))) of this process's map of the log"
    let percent = usedBytes * 100 / max(mapSize, 1)
    if percent < 80 { return .ok("map", text) }
    let remedy = "raise the limit of address space (`ulimit -v`) for whatever appends, and start that again"
    return percent < 95 ? .warn("map", text, remedy) : .fail("map", text, remedy)
  }

  /// The key that signs checkpoints, and what it has signed last.
  private func keyFinding() -> DoctorFinding {
    do {
      let manifest = try directory.manifest()
      try directory.ledgerSigner(of: manifest).requireExtension(by: log)
      return .ok("log's key", "the log extends what was signed last")
    } catch SignerError.missing(let path) {
      return .warn("log's key", "there is none: \(path)", "`varve log checkpoint --make-key` makes one")
    } catch SignerError.unreadable(let error) {
      return .fail("log's key", error.summary, "`varve log verify`, then `varve log repair`")
    } catch {
      return .fail("log's key", "\(error)", "do not sign with it; `varve log compare --records` with another copy")
    }
  }

  /// A rebuild lies beside the live version until it is published, and may be somewhat larger.
  private func diskFinding() -> DoctorFinding {
    guard let free = FileSystem.availableBytes(at: options.dataPath) else {
      return .warn("disk", "the system does not say how much is free", "look with df(1)")
    }
    let largest = ProjectionName.allCases.compactMap { liveBytes($0.type) }.max() ?? 0
    return Self.diskFinding(free: free, largestProjection: largest)
  }

  static func diskFinding(free: Int, largestProjection: Int) -> DoctorFinding {
    let text = "\(Quantity.bytes(UInt64(free))) free"
    if free < leastFree {
      return .fail("disk", text, "make room: an append needs some, and is refused without")
    }
    guard free / 2 > largestProjection else {
      return .warn(
        "disk", "\(text), and the largest projection has \(Quantity.bytes(UInt64(largestProjection)))",
        "a rebuild lies beside the live version until it is done: make room, or `varve projection drop` what is not needed"
      )
    }
    return .ok("disk", text)
  }

  private static let leastFree = 256 << 20

  private func liveBytes<P: Projection>(_ type: P.Type) -> Int? {
    (try? options.projector(type, over: log).status())?.live?.byteCount
  }

  private func clockFindings() throws -> [DoctorFinding] {
    guard configuration?.rollup != nil, let newest = statistics.newestBlock else { return [] }
    guard
      case .l1BlockAppended(let event)? = try log.block(newest.number).map({
        try log.record(at: $0.positions.lowerBound)
      })?.event(),
      let header = try? BlockHeader(rlp: event.header.rawSpan)
    else { return [] }
    let now = UInt64(max(0, Date().timeIntervalSince1970))
    return [Self.clockFinding(now: now, l1Time: header.timestamp)]
  }

  /// - Parameters:
  ///   - now: this machine's time, in seconds.
  ///   - l1Time: of the newest L1 block.
  static func clockFinding(now: UInt64, l1Time: UInt64) -> DoctorFinding {
    if l1Time > now + 15 {
      let ahead = Quantity.duration(seconds: Double(l1Time - now))
      return .warn("clock", "the newest L1 block is \(ahead) ahead of this machine's clock", "set the clock (NTP)")
    }
    let age = now > l1Time ? now - l1Time : 0
    let text = "the newest L1 block is \(Quantity.duration(seconds: Double(age))) old"
    if age <= L1Clock.greatestAge { return .ok("clock", text) }
    return .warn("clock", text, "if L1 has newer ones, nobody follows it into this store: start the node")
  }

  private func projectionFinding(_ name: ProjectionName) -> DoctorFinding {
    projectionFinding(name, name.type)
  }

  private func projectionFinding<P: Projection>(_ name: ProjectionName, _ type: P.Type) -> DoctorFinding {
    let check = name.rawValue
    let rebuild = "`varve projection rebuild \(check)`"
    do {
      let status = try options.projector(type, over: log).status()
      guard let live = status.live else {
        if let standstill = status.standstill { return Self.standstillFinding(check, standstill) }
        let isNeeded = name == .proposerState || name == .challengerView && configuration?.rollup != nil
        return isNeeded
          ? .fail(check, "it has not been built", rebuild)
          : .ok(check, "it has not been built, and is only needed for what it answers")
      }
      if let problem = live.problem { return .fail(check, problem, "\(rebuild) --restart") }
      if let standstill = status.standstill { return Self.standstillFinding(check, standstill) }
      if let revoked = live.revoked, revoked > 0 {
        return .warn(
          check, "L1 has left \(Quantity.count(revoked)) records that it has folded, which it can take back",
          "start the node, or ask for anything that it answers")
      }
      if let lag = live.lag, lag > 0 {
        return .warn(check, "it is \(Quantity.count(lag)) records behind the log", "start the node, or \(rebuild)")
      }
      let drop = "`varve projection drop \(check) --unfinished`"
      if let unfinished = status.unfinished, !unfinished.isFinished, !status.isBuilding {
        return .warn(
          check, "version \(unfinished.name) was never finished", "\(rebuild) goes on with it, \(drop) removes it")
      }
      if status.hasScratch {
        return .warn(
          check, "a verification that was killed has left what it had folded", "\(drop), or the next one, removes it")
      }
      let kind = live.keepsHistory ?? false ? "an archive" : "pruned"
      let beside = status.unfinished.map { version in
        "; version \(version.name) beside it \(version.isFinished ? "waits for `varve projection switch`" : "is being made")"
      }
      return .ok(
        check, "at the head of the log, \(kind)\(live.snapshot == nil ? "" : ", imported")\(beside ?? "")")
    } catch { return .fail(check, "\(error)", "\(rebuild) --restart") }
  }

  /// Whoever follows the log tries again with each L1 block; only another record in that place, or another program, changes
  /// anything.
  static func standstillFinding(_ check: String, _ standstill: Standstill) -> DoctorFinding {
    let log = standstill.isTestimony ? " --log testimony" : ""
    return .fail(
      check, "it stands still: \(standstill.text)",
      "look at it with `varve log show \(standstill.position)\(log)`, and no rebuild: it stops there as well")
  }

  /// The guard of the sequencer's key, where this store has signed.
  private func guardFindings() throws -> [DoctorFinding] {
    let permissions: [SigningGuard.Permission]?
    do { permissions = try SignerStore.look(in: options.dataPath.appending("signer")) } catch {
      return [.fail("signing guard", "\(error)", "sign nothing more with this key, and have another one announced")]
    }
    guard let permissions, let newest = permissions.last, configuration?.rollup != nil else { return [] }
    guard let (head, isSequenced) = try? safeHead() else {
      return [.warn("signing guard", "what L1 has cannot be seen", "`varve projection rebuild proposer-state`")]
    }
    if isSequenced,
      !permissions.contains(where: { $0.block.number == head.number && $0.block.order.commitment == head.order })
    {
      return [
        .fail(
          "signing guard",
          "L1 has a block \(head.number) that it knows nothing of: it is older than what was signed, or "
            + "somebody else signs as well",
          "sign nothing more with this key, and have another one announced")
      ]
    }
    return [
      .ok(
        "signing guard",
        "\(Quantity.count(permissions.count)) permissions, the newest for block \(Quantity.count(newest.block.number))")
    ]
  }

  /// The newest block that L1 has, and whether the sequencer made it.
  private func safeHead() throws -> (OrderHead, isSequenced: Bool)? {
    guard let newest = statistics.newestBlock else { return nil }
    let found = try options.projector(ProposerState.self, over: log).read { view, _ throws(FoldError) in
      try ProposerState.derivable(at: newest, isRollup: true, in: view)
    }
    guard let found, let order = found.order else { return nil }
    let record = try log.record(ofBlockAt: found.place, throughL1Block: newest.number)
    return (order.head, record?.kind == .blockSequenced)
  }

  /// What was set aside.
  private func leftovers() -> [DoctorFinding] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: options.dataPath.string)) ?? []
    let aside = names.filter { $0.hasPrefix("quarantine-") }.sorted()
    if aside.isEmpty { return [] }
    return [
      .warn("set aside", aside.joined(separator: ", "), "remove it once nobody wants to look at the damage any more")
    ]
  }
}
