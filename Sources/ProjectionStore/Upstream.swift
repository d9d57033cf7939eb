import EventStore
import LMDB
import Projections

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A projection whose results another one reads, open.
struct Upstream {
  let name: String
  let version: ProjectionVersion

  /// Whether its reader cannot do without, and so is folded no further than it has come.
  let isRequired: Bool

  /// How much is done for an upstream before a run begins.
  enum Preparation {
    /// It is brought to the head of the log, and built if there is none.
    case build
    /// It is brought to the head of the log if there is one.
    case follow
    /// It is taken as it is.
    case none
  }

  /// Lends `body` a reader of each, by name, and where those stand that are required, each of the snapshot that is read; all
  /// for as long as it runs.
  static func read(
    _ upstreams: ArraySlice<Upstream>, _ readers: [String: any TableReader] = [:], _ cursors: [ProjectionCursor] = [],
    _ body: ([String: any TableReader], [ProjectionCursor]) throws(Interruption) -> Void
  ) throws(Interruption) {
    guard let first = upstreams.first else { return try body(readers, cursors) }
    try first.version.environment.read { (transaction: borrowing ReadTransaction) throws(Interruption) in
      var cursors = cursors
      do throws(ProjectionError) {
        if first.isRequired { cursors.append(try first.version.cursor(in: transaction) ?? .start) }
      } catch { throw .failed(error) }
      try first.version.lendRows(of: transaction) { (reader: any TableReader) throws(Interruption) in
        // A reader is lent no longer than this.
        var readers = readers
        readers[first.name] = reader
        try read(upstreams.dropFirst(), readers, cursors, body)
      }
    }
  }
}

extension Projector {
  /// The live versions of the projections that this one reads. It does without those of its upstreams that cannot be had,
  /// for whatever reason, and says so; and not without its requirements.
  func upstreams(_ preparation: Upstream.Preparation, _ options: Options) throws(ProjectionError) -> [Upstream] {
    var found = try required(preparation, options)
    guard options.usesUpstreams else { return found }
    for upstream in P.upstreams {
      if let version = try openOptional(upstream, preparation, options) {
        found.append(Upstream(name: upstream.name, version: version, isRequired: false))
      }
    }
    return found
  }

  /// The live versions of the projections that this one cannot do without.
  private func required(
    _ preparation: Upstream.Preparation, _ options: Options
  ) throws(ProjectionError) -> [Upstream] {
    var found: [Upstream] = []
    for required in P.requirements { found.append(try openRequired(required, preparation, options)) }
    return found
  }

  /// Goes on with a run until it has folded the ledger up to `position`. Whoever writes a projection that it cannot do without
  /// may have to take back what L1 has left first, and may be making another version of it live: as long as it comes no
  /// further for that, it waits, a minute if the options do not say.
  ///
  /// - Throws: `requirementBehind`, and `interrupted`.
  func advance(
    _ run: FoldRun<P>, past position: UInt64, of whole: LogExtent? = nil, _ options: Options,
    to end: () throws(ProjectionError) -> LogExtent
  ) throws(ProjectionError) {
    let patience = options.lockPatience ?? Self.switchPatience
    var (reached, since) = (run.cursor, ContinuousClock.now)
    while true {
      try advance(run, of: whole, to: end)
      if run.cursor.nextPosition >= position { return }
      if run.cursor != reached { (reached, since) = (run.cursor, .now) }
      guard ContinuousClock.now - since < patience else { return try run.requireReached(position) }
      if options.isCancelled() {
        throw .interrupted(projection: P.name, reached: reached.nextPosition, of: position)
      }
      usleep(50_000)
      try lookAgain(run, .follow, options)
    }
  }

  /// Has a run read the versions that are live now of what it cannot do without.
  func lookAgain(
    _ run: FoldRun<P>, _ preparation: Upstream.Preparation, _ options: Options
  ) throws(ProjectionError) {
    run.upstreams = try required(preparation, options) + run.upstreams.filter { !$0.isRequired }
  }

  private func openRequired<U: Projection>(
    _ required: U.Type, _ preparation: Upstream.Preparation, _ options: Options
  ) throws(ProjectionError) -> Upstream {
    guard let version = try open(required, preparation, options) else { throw .notBuilt(projection: U.name) }
    return Upstream(name: U.name, version: version, isRequired: true)
  }

  private func openOptional<U: Projection>(
    _ upstream: U.Type, _ preparation: Upstream.Preparation, _ options: Options
  ) throws(ProjectionError) -> ProjectionVersion? {
    do throws(ProjectionError) { return try open(upstream, preparation, options) } catch {
      if case .interrupted = error { throw error }
      options.onLeftOut(U.name, error)
      return nil
    }
  }

  private func open<U: Projection>(
    _ upstream: U.Type, _ preparation: Upstream.Preparation, _ options: Options
  ) throws(ProjectionError) -> ProjectionVersion? {
    let projector = Projector<U>(
      dataDirectory: dataDirectory, log: log, testimony: testimony, storeID: storeID)
    var run = Projector<U>.Options(batchSize: options.batchSize, onProgress: options.onProgress)
    run.isCancelled = options.isCancelled
    run.recordsPerSecond = options.recordsPerSecond
    run.paceClock = options.paceClock
    run.onLeftOut = options.onLeftOut
    do throws(ProjectionError) {
      switch preparation {
      case .build: try projector.bringUp(run)
      case .follow: if projector.versions.live != nil { try projector.bringUp(run) }
      case .none: break
      }
    } catch .locked {
      // Another process is bringing it up: what it has serves.
    }
    do throws(ProjectionError) {
      // A process has a file open in one way: whoever brings it up meanwhile, in this process, writes to it.
      return try projector.openLive(preparation == .none ? .readOnly : .readWrite)
    } catch .notBuilt {
      return nil
    } catch .rebuildRequired {
      return nil
    }
  }

  /// Brings the live version to the head of the log, and makes one when there is none that could go on.
  package func bringUp(_ options: Options = Options()) throws(ProjectionError) {
    do throws(ProjectionError) {
      try catchUp(options)
    } catch .notBuilt {
      try rebuild(options)
    } catch .rebuildRequired {
      try rebuild(options)
    }
  }
}
