import EventStore
import LMDB
import Projections

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

  /// Lends `body` a reader of each, by name, all for as long as it runs.
  static func read<R, E: LMDBFailure>(
    _ upstreams: ArraySlice<Upstream>, _ readers: [String: any TableReader] = [:],
    _ body: ([String: any TableReader]) throws(E) -> R
  ) throws(E) -> R {
    guard let first = upstreams.first else { return try body(readers) }
    return try first.version.read { (reader: any TableReader) throws(E) in
      var readers = readers
      readers[first.name] = reader
      return try read(upstreams.dropFirst(), readers, body)
    }
  }
}

extension EventLog {
  /// How far the projections have come without which a reader cannot be folded: the first record that one of them has not.
  /// Zero while one has not yet taken back what L1 has revoked.
  func reach(of upstreams: [Upstream]) throws(ProjectionError) -> UInt64 {
    var reach = UInt64.max
    for upstream in upstreams where upstream.isRequired {
      let cursor = try upstream.version.cursor() ?? .start
      let revoked: UInt64
      do { revoked = try revokedCount(before: cursor.nextPosition) } catch { throw .log(error) }
      reach = revoked == cursor.skippedRecords ? min(reach, cursor.nextPosition) : 0
    }
    return reach
  }
}

extension Projector {
  /// The live versions of the projections that this one reads. It does without those of its upstreams that cannot be had,
  /// for whatever reason, and says so; and not without its requirements.
  func upstreams(_ preparation: Upstream.Preparation, _ options: Options) throws(ProjectionError) -> [Upstream] {
    var found: [Upstream] = []
    for required in P.requirements { found.append(try openRequired(required, preparation, options)) }
    guard options.usesUpstreams else { return found }
    for upstream in P.upstreams {
      if let version = try openOptional(upstream, preparation, options) {
        found.append(Upstream(name: upstream.name, version: version, isRequired: false))
      }
    }
    return found
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
