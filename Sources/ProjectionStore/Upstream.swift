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

  /// What keeps it from the head of the log, where its reader can be folded as far as it has come; nil when nothing does.
  var failure: ProjectionError?

  /// How much is done for an upstream before a run begins.
  enum Preparation {
    /// It is brought to the head of the log, and built if there is none that could go on.
    case build
    /// The same, but one that can be done without is not built where there is none.
    case mend
    /// It is brought to the head of the log if there is one that can go on.
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
      try lookAgain(run, .mend, options)
    }
  }

  /// Has a run read the versions that are live now of what it cannot do without.
  func lookAgain(
    _ run: FoldRun<P>, _ preparation: Upstream.Preparation, _ options: Options
  ) throws(ProjectionError) {
    let required = try required(preparation, options)
    try required.requireNoFailure()
    run.upstreams = required + run.upstreams.filter { !$0.isRequired }
  }

  /// What keeps one from following the log that could go on otherwise, such as a record, leaves its reader what it has folded
  /// before.
  private func openRequired<U: Projection>(
    _ required: U.Type, _ preparation: Upstream.Preparation, _ options: Options
  ) throws(ProjectionError) -> Upstream {
    let projector = upstreamProjector(required)
    var failure: ProjectionError?
    do throws(ProjectionError) { try prepare(projector, preparation, isRequired: true, options) } catch {
      if preparation == .build || error.condemnsVersion || error.isInterruption { throw error }
      failure = error
    }
    let version = try projector.openLive(Self.mode(preparation))
    return Upstream(name: U.name, version: version, isRequired: true, failure: failure)
  }

  private func openOptional<U: Projection>(
    _ upstream: U.Type, _ preparation: Upstream.Preparation, _ options: Options
  ) throws(ProjectionError) -> ProjectionVersion? {
    let projector = upstreamProjector(upstream)
    do throws(ProjectionError) {
      try prepare(projector, preparation, isRequired: false, options)
      return try projector.openLive(Self.mode(preparation))
    } catch .notBuilt {
      return nil
    } catch {
      if error.isInterruption { throw error }
      options.onLeftOut(U.name, error)
      return nil
    }
  }

  private func upstreamProjector<U: Projection>(_ upstream: U.Type) -> Projector<U> {
    Projector<U>(dataDirectory: dataDirectory, log: log, testimony: testimony, storeID: storeID)
  }

  /// A process has a file open in one way: whoever brings an upstream up meanwhile, in this process, writes to it.
  private static func mode(_ preparation: Upstream.Preparation) -> EnvironmentOptions.Mode {
    preparation == .none ? .readOnly : .readWrite
  }

  private func prepare<U: Projection>(
    _ projector: Projector<U>, _ preparation: Upstream.Preparation, isRequired: Bool, _ options: Options
  ) throws(ProjectionError) {
    var run = Projector<U>.Options(batchSize: options.batchSize, onProgress: options.onProgress)
    run.isCancelled = options.isCancelled
    run.recordsPerSecond = options.recordsPerSecond
    run.paceClock = options.paceClock
    run.onLeftOut = options.onLeftOut
    do throws(ProjectionError) {
      switch preparation {
      case .build: try projector.bringUp(run)
      case .mend: if isRequired || projector.versions.live != nil { try projector.bringUp(run) }
      case .follow: if projector.versions.live != nil { try projector.catchUp(run) }
      case .none: break
      }
    } catch .locked {
      // Another process is bringing it up: what it has serves.
    }
  }

  /// Brings the live version to the head of the log, and makes one when there is none that could go on; so it does with what
  /// it reads, but makes none of what it can do without.
  package func bringUp(_ options: Options = Options()) throws(ProjectionError) {
    do throws(ProjectionError) {
      try catchUp(.mend, options)
    } catch {
      switch error {
      case .notBuilt(projection: P.name), .rebuildRequired(projection: P.name, reason: _): try rebuild(options)
      default: throw error
      }
    }
  }
}

extension [Upstream] {
  /// Throws what keeps the first of them from the head of the log that something does.
  func requireNoFailure() throws(ProjectionError) {
    for upstream in self {
      if let failure = upstream.failure { throw failure }
    }
  }
}

extension ProjectionError {
  /// Whether nobody waited any more.
  fileprivate var isInterruption: Bool {
    if case .interrupted = self { true } else { false }
  }
}
